"""Encodings that a file names for itself: a comment for whoever checks, code for whoever imports."""

from __future__ import annotations

from door_program import BODY, PAYLOAD, Table, programs

_UTF7 = f"# \x2bAAo-{PAYLOAD}\n"
"""A comment that holds a line break for a reader of UTF-7."""
_ESCAPED = f"# \\x0a{PAYLOAD}\n"
_WIDE = f'"""中\\"""\n{PAYLOAD}\n"""\n'
"""In GBK and Big5 the letter's last byte and the backslash are one letter: the quotes behind it are free."""
_END = '# """\n'


def _first(name: str, code: str = _UTF7, comment: str = "# -*- coding: {} -*-\n") -> str:
    return comment.format(name) + code + BODY


_TABLE: Table = {
    "utf_7": ("Name UTF-7, in which a comment holds a line break.", _first("utf-7")),
    "utf_7_upper": ("Spell UTF-7 in capitals.", _first("UTF_7")),
    "utf_7_alias": ("Name UTF-7 by one of its other names.", _first("unicode-1-1-utf-7")),
    "utf_7_short": ("Name UTF-7 by its shortest name.", _first("u7")),
    "utf_7_vim": (
        "Name UTF-7 as an editor's setting.",
        _first("utf-7", _UTF7, "# vim: set fileencoding={} :\n"),
    ),
    "utf_7_bare": ("Name UTF-7 without the usual signs.", _first("utf-7", _UTF7, "#coding={}\n")),
    "utf_7_twice": (
        "Name UTF-8 first and UTF-7 in the next line.",
        _first("utf-8").replace(_UTF7, "# coding: utf-7\n" + _UTF7),
    ),
    "utf_7_second_line": ("Name UTF-7 in the second line.", _first("utf-7", _UTF7, "\n# coding: {}\n")),
    "utf_7_shebang": (
        "Name UTF-7 below a shebang.",
        _first("utf-7", _UTF7, "#!/usr/bin/env python\n# coding: {}\n"),
    ),
    "utf_7_form_feed": ("Name UTF-7 behind a form feed.", _first("utf-7", _UTF7, "\x0c# coding: {}\n")),
    "utf_7_tab": ("Name UTF-7 behind a tab.", _first("utf-7", _UTF7, "\t# coding:\t{}\n")),
    "utf_7_in_docstring": (
        "Name UTF-7 in the second line of the docstring.",
        f'"""\n# coding: utf-7\n{_UTF7}"""\n{BODY}',
    ),
    "utf_7_under_header": (
        "Name UTF-7 in a docstring that begins with its first line.",
        f'"""# coding: utf-7\n# coding: utf-7\n{_UTF7}"""\n{BODY}',
    ),
    "utf_7_carriage_return": (
        "End the naming comment as nobody does.",
        _first("utf-7", _UTF7, "# coding: {}\r"),
    ),
    "unicode_escape": ("Name an encoding that decodes escapes.", _first("unicode_escape", _ESCAPED)),
    "raw_unicode_escape": (
        "Name an encoding that decodes some escapes.",
        _first("raw-unicode-escape", f"# \\u000a{PAYLOAD}\n"),
    ),
    "gbk": ("Name GBK, in which a letter swallows a backslash.", _first("gbk", _WIDE) + _END),
    "big5": ("Name Big5, in which a letter swallows a backslash.", _first("big5", _WIDE) + _END),
    "shift_jis": ("Name Shift JIS, which has two signs for a backslash.", _first("shift_jisx0213", _ESCAPED)),
    "latin_1": ("Name Latin-1, in which two bytes are two letters.", _first("latin-1", "# ü\n")),
    "utf_16": ("Name UTF-16, in which two letters are one.", _first("utf-16", _UTF7)),
    "utf_32": ("Name UTF-32, in which four letters are one.", _first("utf_32_le", _UTF7)),
    "ebcdic": ("Name an encoding in which no letter is what it was.", _first("cp037", _UTF7)),
    "rot_13": ("Name a cipher.", _first("rot13", f"# {PAYLOAD}\n")),
    "punycode": ("Name the encoding of names of hosts.", _first("punycode", f"# {PAYLOAD}\n")),
    "hex": ("Name an encoding of bytes as digits.", _first("hex", f"# {PAYLOAD}\n")),
    "utf_8_sig": ("Name UTF-8 with a byte order mark.", _first("utf-8-sig")),
    "mark_and_name": ("Begin with a byte order mark and name UTF-7.", "\ufeff" + _first("utf-7")),
    "nothing": ("Name an encoding that does not exist.", _first("payload", _UTF7)),
    "path": ("Name a path as encoding.", _first("../../payload", _UTF7)),
}

PROGRAMS = programs("encoding", _TABLE)
