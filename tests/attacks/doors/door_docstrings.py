"""Code in a docstring or a comment, which becomes live where two readers see different lines or texts."""

from __future__ import annotations

from door_program import BODY, PAYLOAD, Table, programs

_SEPARATORS = {
    "line_separator": ("U+2028", "\u2028"),
    "paragraph_separator": ("U+2029", "\u2029"),
    "next_line": ("U+0085", "\x85"),
    "form_feed": ("a form feed", "\x0c"),
    "vertical_tab": ("a vertical tab", "\x0b"),
    "file_separator": ("U+001C", "\x1c"),
    "group_separator": ("U+001D", "\x1d"),
    "record_separator": ("U+001E", "\x1e"),
    "carriage_return": ("a lone carriage return", "\r"),
    "nul": ("NUL", "\0"),
    "byte_order_mark": ("a byte order mark", "\ufeff"),
    "no_break_space": ("a no-break space", "\xa0"),
    "right_to_left": ("a right-to-left override", "\u202e"),
}
"""Letters that some readers take for the end of a line, or do not show at all."""


def _in_docstring(letter: str) -> str:
    return f'"""Keeps the pole up.{letter}{PAYLOAD}; _ = \'\'"""\n# """\n{BODY}'


def _in_comment(letter: str) -> str:
    return f"# Keeps the pole up.{letter}{PAYLOAD}\n{BODY}"


def _hidden() -> Table:
    made = {}
    for name, (shown, letter) in _SEPARATORS.items():
        says = f"Hide live code in the docstring, behind {shown}."
        made[name] = (says, _in_docstring(letter))
    for name in ("line_separator", "next_line", "form_feed", "carriage_return", "nul"):
        shown, letter = _SEPARATORS[name]
        made[f"comment_{name}"] = (f"Hide live code in a comment, behind {shown}.", _in_comment(letter))
    return made


_CLOSED = {
    "semicolon": ("Follow the docstring on its own line.", f'"""Up."""; {PAYLOAD}\n{BODY}'),
    "continued": ("Continue the docstring's line with a call.", f'"""Up.""" \\\n.join([{PAYLOAD}])\n{BODY}'),
    "concatenated": (
        "Join two texts to a docstring, the second of which looks like code.",
        f'"""Up.""" """\n{PAYLOAD}\n"""\n{BODY}',
    ),
    "bracketed": (
        "Put the docstring into brackets, so that it ends lines after its text.",
        f'(\n"""Up.\n{PAYLOAD}"""\n\n)\n{BODY}',
    ),
    "raw": ("End a raw docstring with a backslash.", f'r"""Up.\\"""\n{PAYLOAD}\n"""\n{BODY}'),
    "formatted": ("Use a formatted text as docstring.", f'f"""Up. {{{PAYLOAD}}}"""\n{BODY}'),
    "bytes": ("Use bytes as docstring, which are none.", f'b"""Up."""\n"""{PAYLOAD}"""\n{BODY}'),
    "chosen": ("Choose the docstring by an expression.", f'"""Up.""" if {PAYLOAD} else """Down."""\n{BODY}'),
    "second": (
        "Follow the docstring with another text that would end it.",
        f'"""Up."""\n"""\n{PAYLOAD}\n"""\n{BODY}',
    ),
    "escaped_quotes": (
        "Escape quotes so that a writer who unescapes them ends the text.",
        f'"""Up. \\"\\"\\"\n{PAYLOAD}\n\\"\\"\\" """\n{BODY}',
    ),
    "escaped_newline": (
        "Write line breaks as escapes, so that a writer who decodes them makes lines.",
        f'"Up.\\n\\"\\"\\"\\n{PAYLOAD}\\n\\"\\"\\""\n{BODY}',
    ),
    "trailing_backslash": ("End the words with a backslash.", f'"""Up.\\\\"""\n_ = """{PAYLOAD}"""\n{BODY}'),
    "named_character": (
        "Spell quotes by their names.",
        f'"""Up. \\N{{QUOTATION MARK}}\\x22\\u0022\n{PAYLOAD}\n\\42\\42\\42"""\n{BODY}',
    ),
    "surrogate": ("Put half a character into the docstring.", f'"""Up. \\ud800 {PAYLOAD}"""\n{BODY}'),
    "half_a_character": ("Put half a character into the file.", f'"""Up. \ud800 {PAYLOAD}"""\n{BODY}'),
    "four_quotes": ("End the docstring with a quote of its own.", f"'''Up. {PAYLOAD} \"\"\"'''\n{BODY}"),
    "single_quotes": (
        "Hold three double quotes in a text of single ones.",
        f"'''Up.\n\"\"\"\n{PAYLOAD}\n\"\"\"\n'''\n{BODY}",
    ),
    "of_the_function": (
        "Hide code in a function's docstring, behind U+2028.",
        BODY.replace("    upright =", f'    """Up.\u2028{PAYLOAD}"""\n    upright =', 1),
    ),
    "after_imports": ("Put a text that is no docstring after the imports.", f'{BODY}\n"""\n{PAYLOAD}\n"""\n'),
    "windows_lines": (
        "End lines as Windows does, one of them as nobody does.",
        f'"""Up.\r\n\r{PAYLOAD}\r\n"""\r\n' + BODY.replace("\n", "\r\n"),
    ),
}

PROGRAMS = programs("docstring", _hidden() | _CLOSED)
