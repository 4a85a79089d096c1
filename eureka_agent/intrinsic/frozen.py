"""A learned reward that has learned enough: it pays, and neither learns nor asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.models.model import Array, CaptionedSteps, IntrinsicReward
from eureka_agent.intrinsic.saving import Saved


@dataclass(frozen=True, eq=False)
class Frozen:
    """Pays what `model` pays now, for as long as it lives."""

    model: IntrinsicReward

    def ingest(self, labels: Sequence[Label]) -> None:
        """Leave labels alone."""

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Ask nothing."""
        return ()

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return the reward of each step; see `IntrinsicReward`."""
        return self.model.reward(steps)

    def state_dict(self) -> Saved:
        """Return the model's state."""
        return self.model.state_dict()

    def load_state_dict(self, saved: Saved) -> None:
        """Take another state; ConfigError as the model raises it."""
        self.model.load_state_dict(saved)


class NobodyAsks:
    """Takes no questions and brings no answers; see `Asks`."""

    def submit(self, questions: Sequence[Question]) -> None:
        """Ask nobody."""

    def collect(self) -> Sequence[Label]:
        """Return nothing."""
        return ()
