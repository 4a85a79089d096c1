"""The second table of SECURITY.md: what came of each program and each foreign run folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from door_corpus import HEADERS, REWARDS
from door_foreign import FOLDERS

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.escaping import code_cell

POLICY = Path(__file__).parents[3] / "SECURITY.md"
BEGIN, END = "<!-- doors: begin -->\n", "<!-- doors: end -->"
HARMLESS = "nothing came of it"
CRITIC, OFF, REPLY, HEADER, RESUME = "critic", "critic off", "in a reply", "header", "resume"

_SIGNS = (
    (r"does not pay what was trained with", "audit"),
    (r"cannot be written as a file", "writer"),
    (r"^(The source (holds|declares)|This is not Python)", "loader: syntax"),
    (r"^MEMORY is not a literal", "loader: memory"),
    (r" is not a signal of ", "loader: signature"),
    (r"Line \d+ of the reward raised|The returned memory", "loader: first call"),
)
"""What a failed candidate's reason says, and who said it."""


class DoorResults:
    """What came of every program so far, by the way it went."""

    def __init__(self) -> None:
        self._came: dict[tuple[str, str], str] = {}

    def note(self, name: str, way: str, came: str) -> None:
        self._came[name, way] = came

    def write(self) -> None:
        """Put the tables into SECURITY.md, in place of those that are there."""
        text = POLICY.read_text()
        start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
        POLICY.write_text(f"{text[:start]}{self._tables()}{text[stop:]}")

    def _tables(self) -> str:
        rewards = {program.name: program.says for program in REWARDS}
        words = {program.name: program.says for program in HEADERS}
        folders = {f"folder/{folder.name}": folder.says for folder in FOLDERS}
        reply = "in a model's reply, saved, imported"
        ways = {CRITIC: "critic on", OFF: "critic off, saved, imported", REPLY: reply}
        return "\n".join(
            (
                self._table("program", rewards, ways),
                self._table("words in a header", words, {HEADER: "saved, imported"}),
                self._table("run folder", folders, {RESUME: "`resume`"}),
            )
        )

    def _table(self, title: str, rows: Mapping[str, str], ways: Mapping[str, str]) -> str:
        lines = [
            f"| {title} | what it tries | {' | '.join(ways.values())} |",
            "| --- " * (2 + len(ways)) + "|",
        ]
        for name, says in rows.items():
            cells = [self._came.get((name, way), "not run") for way in ways]
            lines.append(f"| `{name}` | {code_cell(says)} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"


def stopped_by(candidate: Candidate) -> str:
    """Return who stopped a candidate, or that nothing came of it."""
    if candidate.status is Status.REFUSED:
        return f"critic: {next(f.rule for f in candidate.findings if f.severity == 'error')}"
    if candidate.status in (Status.TRAINED, Status.CONFIRMED, Status.STOPPED):
        return HARMLESS
    for sign, who in _SIGNS:
        if re.search(sign, candidate.reason):
            return who
    rule = re.search(r"\[([a-z-]+)\]", candidate.reason)
    return f"loader: {rule[1]}" if rule else f"**{code_cell(candidate.reason[:60])}**"


def names_in_tables() -> list[str]:
    """Return what the committed tables tell of, in order."""
    tables = POLICY.read_text().partition(BEGIN)[2].partition(END)[0]
    return re.findall(r"^\| `([a-z0-9_/]+)` \|", tables, re.MULTILINE)


Note = Callable[[str, str, str], None]
