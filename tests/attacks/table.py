"""The table in SECURITY.md: attack, and the layer that stopped it, per mode."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from arena import Outcome
from attack import ATTACKS, Attack
from scene import TOOK_PRIZE

POLICY = Path(__file__).parents[2] / "SECURITY.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"

COLUMNS = {
    ("bubblewrap", "critic"): "critic on",
    ("bubblewrap", "loader"): "critic off",
    ("bubblewrap", "raw"): "executed: bubblewrap and lock-down",
    ("lock-down", "raw"): "executed: lock-down only",
    ("no seccomp", "raw"): "executed: bubblewrap, seccomp left out",
}
"""Mode and way to heading. What critic and loader say does not depend on the mode, and is shown once."""


class Results:
    """What came of every attack so far."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, str, str], Outcome] = {}

    def note(self, attack: Attack, mode: str, way: str, outcome: Outcome) -> None:
        self._outcomes[attack.name, mode, way] = outcome

    def write(self) -> None:
        """Put the table into SECURITY.md, in place of the one that is there."""
        text = POLICY.read_text()
        start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
        POLICY.write_text(f"{text[:start]}{self._table()}{text[stop:]}")

    def _table(self) -> str:
        who = "root" if os.geteuid() == 0 else "an ordinary user"
        lines = [f"Run as {who} on Linux {platform.release().split('-')[0]}, {platform.machine()}.", ""]
        lines += [f"| attack | what it tries | {' | '.join(COLUMNS.values())} |"]
        lines += ["| --- " * (2 + len(COLUMNS)) + "|"]
        for attack in ATTACKS:
            cells = [self._cell(attack, *column) for column in COLUMNS]
            lines.append(f"| `{attack.name}` | {attack.says} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    def _cell(self, attack: Attack, mode: str, way: str) -> str:
        outcome = self._outcomes.get((attack.name, mode, way))
        if outcome is None:
            return "not run"
        if outcome.effects == (TOOK_PRIZE,):
            return "**allowed**"
        return f"**not stopped: {', '.join(outcome.effects)}**" if outcome.effects else outcome.stopped_by


def names_in_table() -> list[str]:
    """Return the attacks that the committed table tells of, in order."""
    table = POLICY.read_text().partition(BEGIN)[2].partition(END)[0]
    return re.findall(r"^\| `([a-z0-9_/]+)` \|", table, re.MULTILINE)
