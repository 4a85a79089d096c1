"""What is typed when it is one's turn to speak: a sentence, or one of a few short commands."""

from __future__ import annotations

import re
from typing import Any

from eureka_agent.store.said import CONCERNS

HELP = (
    "land softly                     a sentence: it stands in every prompt until you take it back",
    "unsafe: it lands on its head    the same, of a kind: unsafe, failed, ugly or slow",
    "2-03 4 it is steady             stars from 1 to 5, and why; or `2-03 up`, `2-03 down`",
    "2-03 > 2-01 it lands            which of two is better; = where neither is",
    "2-03 more forward less effort   more of one component, less of another",
    "veto 2-01, pin 2-03, back 3     never build on it; keep it; take back number 3",
)
_NAME = r"(?P<name>\d+-\d{2,3})"
_FORMS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for kind, pattern in (
        ("withdrawal", r"(?:take )?back\s+(?P<number>\d{1,6})"),
        ("mark", rf"(?P<mark>veto|pin)\s+{_NAME}(?:\s+(?P<why>.+))?"),
        ("preference", rf"{_NAME}\s*(?P<sign>[<>=])\s*(?P<other>\d+-\d{{2,3}})(?:\s+(?P<why>.+))?"),
        ("balance", rf"{_NAME}\s+more\s+(?P<more>\w+)\s+less\s+(?P<less>\w+)"),
        ("stars", rf"{_NAME}\s+(?P<stars>[1-5])(?:\s+(?P<why>.+))?"),
        ("thumb", rf"{_NAME}\s+(?P<thumb>up|down)(?:\s+(?P<why>.+))?"),
        ("comment", rf"(?:(?P<concern>{'|'.join(CONCERNS[1:])}):\s*)?(?:{_NAME}:\s*)?(?P<text>.+)"),
    )
)


def understood(line: str) -> dict[str, Any]:
    """Return what a line says as plain values (see `store/said.py`); there must be something in it.

    Whatever has none of the forms is a sentence.
    """
    for kind, form in _FORMS:
        if found := form.fullmatch(line.strip()):
            return _said(kind, {name: value or "" for name, value in found.groupdict().items()})
    raise ValueError("an empty line says nothing")


def _said(kind: str, parts: dict[str, str]) -> dict[str, Any]:
    why, about = parts.get("why", ""), parts.get("name") or None
    match kind:
        case "withdrawal":
            return {"kind": kind, "number": int(parts["number"])}
        case "mark":
            return {"kind": parts["mark"].lower(), "about": about, "why": why}
        case "preference":
            better = {">": "first", "<": "second", "=": "neither"}[parts["sign"]]
            sides = {"first": {"name": about}, "second": {"name": parts["other"]}}
            return {"kind": kind, **sides, "better": better, "why": why}
        case "balance":
            return {"kind": kind, "about": about, "more": parts["more"], "less": parts["less"]}
        case "stars":
            return {"kind": "rating", "about": about, "value": int(parts["stars"]), "of": 5, "why": why}
        case "thumb":
            up = parts["thumb"].lower() == "up"
            return {"kind": "rating", "about": about, "value": int(up), "of": 1, "why": why}
        case _:
            concern = parts.get("concern", "").lower() or "wish"
            return {"kind": "comment", "text": parts["text"], "about": about, "concern": concern}
