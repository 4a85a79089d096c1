"""When candidates are evaluated, and which policy is kept: the same for every trainer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

PolicyKind = TypeVar("PolicyKind")


@dataclass(frozen=True)
class CheckpointSchedule:
    """The steps of learning at which candidates are evaluated: ends of rollouts, increasing."""

    rollout: int
    """Steps between two updates of a policy."""
    checkpoints: tuple[int, ...]
    """The last is the end of training."""

    @classmethod
    def of(cls, env_steps: int, *, checkpoints: int, rollout: int) -> CheckpointSchedule:
        """Spread checkpoints evenly over a training; there are fewer of them where rollouts are long."""
        due = (round(env_steps * (index + 1) / checkpoints) for index in range(checkpoints))
        return cls(rollout, tuple(sorted({math.ceil(max(1, steps) / rollout) * rollout for steps in due})))

    def __len__(self) -> int:
        return len(self.checkpoints)

    @property
    def end(self) -> int:
        """Steps of learning of a whole training."""
        return self.checkpoints[-1]

    def progress(self, steps: int) -> float:
        """Return the share of a whole training that so many steps of learning are, from 0 to 1."""
        return min(1.0, steps / self.end)

    def due(self, steps: int) -> bool:
        """Whether candidates are evaluated after so many steps of learning."""
        return steps in self.checkpoints

    def over(self, steps: int) -> bool:
        """Whether so many steps are a whole training."""
        return steps >= self.end


@dataclass(frozen=True)
class Checkpoint(Generic[PolicyKind]):
    """A policy as it was when it was evaluated."""

    index: int
    """From 0."""
    env_steps: int
    """Steps of learning until then."""
    score: float
    """Fitness with the sign that makes more of it better."""
    policy: PolicyKind
    """As its trainer keeps policies; nobody else looks into it."""


class BestCheckpoint(Generic[PolicyKind]):
    """Keeps the policy that scored best."""

    def __init__(self) -> None:
        self.kept: Checkpoint[PolicyKind] | None = None

    def offer(self, index: int, env_steps: int, score: float, policy: Callable[[], PolicyKind]) -> None:
        """Consider a checkpoint; `policy` is called only if it is kept.

        Ties go to the latest checkpoint: it has trained longest, even if the score does not show it yet.
        """
        if self.kept is None or score >= self.kept.score:
            self.kept = Checkpoint(index, env_steps, score, policy())
