"""Rewards with one planted fault each, and twins that do the same thing without it.

`rewards/` holds the sources, which say nothing of faults and may be shown to whoever judges them;
`labels.toml` says which are faulty. Names are drawn so that each half of them holds one twin of every pair:
who judges a half never sees both.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eureka_agent.tasks.task import Task

HERE = Path(__file__).parent
SOURCES = HERE / "rewards"
LABELS = HERE / "labels.toml"

FAMILIES = {
    "sign": "a term, or a direction, has the wrong sign",
    "scale": "a unit or a temperature that silences a term, or lets one drown all others",
    "farming": "a term is collected without doing the task",
    "conflict": "terms cancel or forbid what others ask for",
    "signal": "a term reads the wrong signal, axis or element",
    "consistency": "comment and names say what is right, the code does another thing",
    "memory": "what is remembered is never updated, never reset, or read too late",
    "gate": "a condition or threshold shuts off what should be paid",
    "potential": "a state, or only its gains, are paid in place of its change",
}
KINDS = ("classic control", "locomotion", "asked for in words")


@dataclass(frozen=True)
class Planted:
    """One reward of the corpus."""

    name: str
    twin: str
    """The reward that differs by the fault."""
    task: str
    family: str
    comments: Literal["right", "misleading", "missing"]
    """What the comments of both twins are like; right ones say what the code is meant to do."""
    faulty: bool
    what: str
    """What the faulty twin does."""

    @property
    def path(self) -> Path:
        return SOURCES / f"{self.name}.py"

    @property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")


def load_planted() -> list[Planted]:
    """Return all rewards by name."""
    with LABELS.open("rb") as file:
        pairs = tomllib.load(file)["pairs"]
    rewards = []
    for pair in pairs:
        faulty, sound = pair.pop("faulty"), pair.pop("sound")
        rewards += [Planted(faulty, sound, faulty=True, **pair), Planted(sound, faulty, faulty=False, **pair)]
    return sorted(rewards, key=lambda reward: reward.name)


def kind_of(task: Task) -> str:
    """Return the kind of a shipped task, by its tags."""
    if "classic control" in task.tags:
        return KINDS[0]
    return KINDS[2] if "words only" in task.tags else KINDS[1]
