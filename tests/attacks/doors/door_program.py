"""A program of the second corpus: a reward that tries to leave the sandbox in the file that is saved of it.

Many need characters that no editor shows, so they are texts made by functions, and no files of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAYLOAD = "PAYLOAD"
"""Stands for an expression that leaves a mark; it begins and ends no text and holds no `+`."""

REWARD = """

def compute_reward(pole_angle):
    upright = np.cos(pole_angle)
    return upright, {"upright": upright}
"""
BODY = "import numpy as np\n" + REWARD
"""A harmless reward, to which programs add their own."""


@dataclass(frozen=True)
class Program:
    """One reward, and in one sentence what it tries."""

    name: str
    """`<group>/<how>`, e.g. `"docstring/line_separator"`."""
    says: str
    text: str
    impure: bool = False
    """It tries to pay the same rows differently, and not to act when it is imported."""

    def mark(self, drop: Path) -> Path:
        """Return the file that exists once the payload has run."""
        return drop / self.name.replace("/", "-")

    def source(self, drop: Path) -> str:
        """Return the program with a payload that leaves its mark in `drop`."""
        return self.text.replace(PAYLOAD, f"open({str(self.mark(drop))!r}, 'w').close()")


Table = dict[str, tuple[str, str]]
"""Name to what a program tries and its text."""


def programs(group: str, table: Table, *, impure: bool = False) -> list[Program]:
    """Return the programs of one group."""
    return [Program(f"{group}/{name}", says, text, impure) for name, (says, text) in table.items()]
