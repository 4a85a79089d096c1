"""What the analysis says: a sentence about recorded episodes or curves, and where it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ObservationKind(StrEnum):
    """What an observation is about; the most telling come first, and findings are sorted by it."""

    REWARD_HACKING = "reward hacking"
    """The reward, or a component, rose while the fitness fell."""
    WORSE_THAN_RANDOM = "worse than random"
    """The trained policy scores below random play: the reward pays against the fitness."""
    REWARD_WITHOUT_FITNESS = "reward without fitness"
    """The reward rose, and the fitness stayed at what random play gets, or where it began."""
    ENDING_PAYS = "ending pays"
    """Every step costs, and episodes end sooner than random play ends them."""
    IDLING = "idling"
    """Standing still without a score that would make that right."""
    NO_PROGRESS = "no progress"
    """Neither reward nor fitness rose."""
    WRONG_SIGN = "wrong sign"
    """A component that is called a cost pays, or one that is called a bonus costs."""
    NEVER_FIRES = "never fires"
    FLOODS = "floods"
    """A component is nearly all of what is paid."""
    SATURATES = "saturates"
    ZERO_PART = "zero part"
    """The part of a compound fitness that holds it at zero."""
    UNRECOVERABLE = "unrecoverable"
    """The step with which an episode was lost."""
    OUTCOME = "outcome"
    COURSE = "course"
    """How behaviour changed from one recorded checkpoint to the next."""
    EVENT = "event"
    OUT_OF_BOUNDS = "out of bounds"
    STILL = "still"
    OSCILLATES = "oscillates"
    WRAPS = "wraps"
    """An angle jumps by a turn between two steps."""
    PEAK = "peak"
    """When a safety signal is largest, and what changes just before."""
    BEFORE_THE_END = "before the end"
    CLUSTER = "cluster"
    SPREAD = "spread"
    CHANGED_CODE = "changed code"
    MOVED = "moved"
    """A signal or component whose distribution differs from the parent's."""
    SIBLING = "sibling"
    """What another child of the same parent changed instead, and what came of it."""
    UNKNOWN = "unknown"
    """What could not be asked, and why."""


ACCUSATIONS = frozenset(
    {
        ObservationKind.REWARD_HACKING,
        ObservationKind.WORSE_THAN_RANDOM,
        ObservationKind.REWARD_WITHOUT_FITNESS,
        ObservationKind.ENDING_PAYS,
        ObservationKind.IDLING,
    }
)
"""Kinds that say of a reward that it pays for something else than what is wanted."""


@dataclass(frozen=True)
class Observation:
    """One thing that was seen, and where: an episode's steps, a checkpoint, or a reason in words.

    Raises ValueError without any of them: what cannot be looked up is not said.
    """

    kind: ObservationKind
    text: str
    """A sentence for a person, a model and a report alike; names in it are the reward's own."""
    candidate: str = ""
    episode: int | None = None
    """Index among the recorded episodes that were analysed, from 0."""
    steps: tuple[int, int] | None = None
    """First and last step in the episode, from 0, both included."""
    checkpoint: int | None = None
    """Number of a checkpoint of training, from 1."""
    reason: str = ""
    """Where it comes from if from no single episode or checkpoint, e.g. "the episodes together"."""
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.episode is None and self.checkpoint is None and not self.reason:
            raise ValueError(f"'{self.text}' says of no episode, checkpoint or reason where it was seen")
        if self.steps is not None and (self.episode is None or not 0 <= self.steps[0] <= self.steps[1]):
            raise ValueError(f"'{self.text}' cites steps {self.steps} of episode {self.episode}")

    @property
    def citation(self) -> str:
        """Where it was seen, e.g. "candidate 0-01, episode 2, steps 3 to 40"."""
        first, last = self.steps or (0, 0)
        steps = f"step {first}" if first == last else f"steps {first} to {last}"
        parts = [
            f"candidate {self.candidate}" if self.candidate else "",
            f"episode {self.episode}" if self.episode is not None else "",
            steps if self.steps is not None else "",
            f"checkpoint {self.checkpoint}" if self.checkpoint is not None else "",
            self.reason,
        ]
        return ", ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; what is not known is left out."""
        told = {
            "kind": str(self.kind),
            "text": self.text,
            "candidate": self.candidate or None,
            "episode": self.episode,
            "steps": None if self.steps is None else list(self.steps),
            "checkpoint": self.checkpoint,
            "reason": self.reason or None,
            "values": dict(self.values) or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Observation:
        """Return what `to_json` told."""
        steps = told.get("steps")
        kind, cited = ObservationKind(told["kind"]), None if steps is None else (steps[0], steps[1])
        return cls(**{**told, "kind": kind, "steps": cited})


_ORDER = {kind: place for place, kind in enumerate(ObservationKind)}


def most_telling(observations: list[Observation]) -> list[Observation]:
    """Return observations sorted by kind, the most telling first; equal kinds keep their order."""
    return sorted(observations, key=lambda seen: _ORDER[seen.kind])
