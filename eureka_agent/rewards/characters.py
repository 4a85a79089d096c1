"""Which characters a reward may hold: what a person reads, what is checked and what Python runs are the same.

Python ends lines at line feeds only, editors and `str.splitlines` at others too; and a file may name an
encoding of its own. Whatever could be read in two ways is refused before anything else looks at it.
"""

from __future__ import annotations

import re
import unicodedata

from eureka_agent.rewards.findings import Finding

_REFUSED = {"Cc": "control", "Cf": "invisible", "Cs": "surrogate", "Zl": "line separator",
            "Zp": "paragraph separator", "Zs": "separator"}  # fmt: skip
"""Unicode categories of what is not allowed, with a word for each."""

_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_COMMENT_OR_BLANK = re.compile(r"[ \t\f]*(#.*)?$")
_UTF8 = frozenset({"utf-8", "utf8"})


def unix_newlines(text: str) -> str:
    """Return `text` with every line ended by a line feed, as a saved reward has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_characters(text: str) -> Finding | None:
    """Return what is wrong with the characters of a reward's text, or None."""
    text = text.replace("\r\n", "\n")
    return _refused_character(text) or _other_encoding(text)


def _refused_character(text: str) -> Finding | None:
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return None
    for line, content in enumerate(text.split("\n"), start=1):
        for letter in content:
            kind = _REFUSED.get(unicodedata.category(letter))
            if kind is not None and letter not in " \t":
                what = f"The source holds the {kind} character U+{ord(letter):04X}."
                why = "What a person reads would not be what runs."
                fix = "Remove it; plain spaces, tabs and line breaks are enough."
                return Finding("syntax", "error", line, what, why, fix)
    return None


def _other_encoding(text: str) -> Finding | None:
    """Find a comment by which Python would read the file as something else than UTF-8 (PEP 263)."""
    for number, line in enumerate(text.split("\n")[:2], start=1):
        named = _COOKIE.match(line)
        if named and named[1].lower().replace("_", "-") not in _UTF8:
            what = f"The source declares the encoding '{named[1][:40]}'."
            why = "Python would read the saved file as other text than what was checked."
            return Finding("syntax", "error", number, what, why, "Remove the comment: rewards are UTF-8.")
        if not _COMMENT_OR_BLANK.match(line):
            break
    return None
