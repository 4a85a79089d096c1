"""How far a learned reward is to be believed, as labels tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eureka_agent.intrinsic.shares import Share

NOTHING = Share(0, 0)


@dataclass(frozen=True)
class Together:
    """How often two members of an ensemble are wrong about the same label, in the mean of all pairs.

    Members that err together are worth no more than one of them, however their rewards are blended
    (arXiv 2312.09244).
    """

    members: int
    labels: float
    """Held-out labels that two of them share."""
    wrong: float
    """Share of these that one of them is wrong about."""
    both: float
    """Share that both are wrong about."""
    by_chance: float
    """What that would be if one's errors told nothing of the other's."""

    def __str__(self) -> str:
        return (
            f"its {self.members} models are wrong about {self.wrong:.0%} of {self.labels:.0f} held-out "
            f"labels each, two of them together about {self.both:.0%} ({self.by_chance:.0%} would be chance)"
        )


@dataclass(frozen=True)
class Standing:
    """What labels say of a model."""

    held_out: Share = NOTHING
    """Of the labels that it never learned from, those that it gets right."""
    newest: Share = NOTHING
    """Of the newest labels, those that it expected before it learned from them: does it keep up?"""
    together: Together | None = None
    """Of an ensemble."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Standing:
        """Read what `dataclasses.asdict` gave."""
        found = data["together"]
        together = None if found is None else Together(**found)
        return cls(Share(**data["held_out"]), Share(**data["newest"]), together)

    def __str__(self) -> str:
        words = []
        if self.held_out.n:
            words.append(f"held-out labels right: {self.held_out}")
        if self.newest.n:
            words.append(f"newest labels expected before they were learned: {self.newest}")
        if self.together is not None:
            words.append(str(self.together))
        return "; ".join(words)
