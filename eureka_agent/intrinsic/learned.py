"""A learned reward at work: what was answered, what is asked and what is paid, once a rollout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from eureka_agent.intrinsic.asks import Asks
from eureka_agent.intrinsic.captions import NONE, Captions
from eureka_agent.intrinsic.counting import EpisodicCounts
from eureka_agent.intrinsic.model import CaptionedSteps, IntrinsicReward, Saved
from eureka_agent.intrinsic.paid_captions import PaidCaption, PaidCaptions
from eureka_agent.intrinsic.saving import nested, part_of

Array = np.ndarray


@runtime_checkable
class Examined(Protocol):
    """A model that holds labels out."""

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return whether it is wrong about each of its held-out labels, by their captions."""
        ...


@dataclass(frozen=True)
class Tally:
    """What became of the steps so far."""

    steps: int = 0
    captioned: int = 0
    """Steps with a caption."""
    paid: int = 0
    """Steps whose reward is not 0."""
    total: float = 0.0
    """Sum of what was paid, before any coefficient."""
    labels: int = 0
    questions: int = 0
    """Questions that the model wanted to ask; each counts as often as it was wanted."""
    lately: float = 0.0
    """Share of the last rollout's steps whose reward is not 0."""


class LearnedReward:
    """Pays rollouts with a model that learns between them.

    A step's reward is the model's, divided by the power `beta` of how often its caption has been seen in its
    episode (arXiv 2410.23022); `beta` 0 leaves it as it is.
    """

    def __init__(self, model: IntrinsicReward, asks: Asks, *, num_envs: int, beta: float = 1.0) -> None:
        self.model = model
        self.tally = Tally()
        self.captions = PaidCaptions()
        self._asks, self._beta = asks, beta
        self._counts = EpisodicCounts(num_envs)

    def pay(self, captions: Captions, first: Array) -> Array:
        """Return the reward of T steps of N worlds, float32 `(T, N)`, from the newest labels there are.

        `first`, bool `(T, N)`, tells the first steps of episodes. Rollouts come in order.
        """
        labels = self._asks.collect()
        if labels:
            self.model.ingest(labels)
        steps = CaptionedSteps(captions, first)
        questions = self.model.observe(steps)
        self._asks.submit(questions)  # also where there are none: an annotator may count rollouts
        raw = self.model.reward(steps)
        paid = (raw * self._counts.discount(steps, self._beta)).astype(np.float32)
        self.captions.add(captions, raw)
        self._count(captions, paid, len(labels), len(questions))
        return paid

    @property
    def accuracy(self) -> float | None:
        """The share of held-out labels that the model gets right; None where none are held out."""
        wrong = self.model.errors() if isinstance(self.model, Examined) else {}
        return 1.0 - sum(wrong.values()) / len(wrong) if wrong else None

    def paid_captions(self) -> list[PaidCaption]:
        """Return the captions that were encountered with what the model pays for them now, the best first."""
        texts = self.captions.texts
        index = np.arange(len(texts), dtype=np.int32).reshape(-1, 1)
        once = CaptionedSteps(Captions(index, texts), np.ones(index.shape, dtype=bool))
        return self.captions.rows(self.model.reward(once).ravel())

    def _count(self, captions: Captions, paid: Array, labels: int, questions: int) -> None:
        old = self.tally
        self.tally = Tally(
            old.steps + paid.size,
            old.captioned + int((captions.index != NONE).sum()),
            old.paid + int(np.count_nonzero(paid)),
            old.total + float(paid.sum(dtype=np.float64)),
            old.labels + labels,
            old.questions + questions,
            float(np.count_nonzero(paid) / paid.size) if paid.size else 0.0,
        )

    def state_dict(self) -> Saved:
        """Return everything that the model and the counts of episodes need to go on."""
        return nested("model", self.model.state_dict()) | nested("counts", self._counts.state_dict())

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is another kind's or of other worlds."""
        self.model.load_state_dict(part_of(saved, "model"))
        self._counts.load_state_dict(part_of(saved, "counts"))
