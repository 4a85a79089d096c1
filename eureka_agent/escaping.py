"""Words that a model, an environment or a service wrote, made fit for the place where they are shown.

Nobody's words may command a terminal, look like other words than they are, or end the cell, line or fence
that they stand in.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

_MARKDOWN = re.compile(r"[\\`*\[\]<|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_STARTS_A_BLOCK = re.compile(r"#|>|[-+*]\s|\d+[.)]\s|==|--|```|~~~|\|")
_TICKS = re.compile(r"`+")


def visible(text: str) -> str:
    """Return text without control and formatting characters; line breaks and tabs stay."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)


def one_line(text: str) -> str:
    """Return text as one visible line."""
    return visible(" ".join(text.split()))


def cell(text: str) -> str:
    """Return text fit for one cell of a Markdown table, for a reader of source: `–` if empty."""
    return one_line(text).replace("|", "\\|") or "–"


def code_cell(text: str) -> str:
    """Return text fit for a code span in a cell of a Markdown table."""
    return cell(text).replace("`", "'")


def item(text: str) -> str:
    """Return text as one line that opens no heading, list, table or fence where it begins a paragraph."""
    line = one_line(text)
    return "\\" + line if _STARTS_A_BLOCK.match(line) else line


def markdown(text: str) -> str:
    """Return text as one line of Markdown that means nothing but its letters."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", one_line(text))
    return "\\" + escaped if _STARTS_A_BLOCK.match(escaped) else escaped


def moment(seconds: float, form: str, zone: tzinfo | None = None) -> str:
    """Return a time since 1970 as `strftime` writes it; empty where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, zone).strftime(form)
    except (ValueError, OverflowError, OSError):
        return ""


def fence(text: str) -> str:
    """Return backticks enough to fence `text`, whatever it holds."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)
