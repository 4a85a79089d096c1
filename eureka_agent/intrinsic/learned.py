"""A learned reward at work: what was answered, what is asked and what is paid, once a rollout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from eureka_agent.intrinsic.annotation.asks import Asks
from eureka_agent.intrinsic.annotation.noise import RecentAgreement
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import NONE, Captioner, Captions, Remembering
from eureka_agent.intrinsic.captioning.paid_captions import PaidCaption, PaidCaptions
from eureka_agent.intrinsic.models.counting import EpisodicCounts
from eureka_agent.intrinsic.models.ensemble import Ensemble
from eureka_agent.intrinsic.models.model import (
    CaptionedSteps,
    Examined,
    Expects,
    IntrinsicReward,
    ReadsFeatures,
    Waits,
)
from eureka_agent.intrinsic.models.standing import Standing
from eureka_agent.intrinsic.saving import Saved, about, damaged, expect, nested, packed, part_of, unpacked
from eureka_agent.intrinsic.shares import Share

Array = np.ndarray


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
    newest: int = 0
    """The newest labels, as far as the model expected an answer before it learned from them."""
    newest_expected: int = 0
    """Those of them that were as it expected."""


class LearnedReward:
    """Pays rollouts with a model that learns between them.

    A step's reward is the model's, divided by the power `beta` of how often its caption has been seen in its
    episode (arXiv 2410.23022); `beta` 0 leaves it as it is.

    Of each label the model is asked what it expects before it learns from it: `recent` tells whether it keeps
    up with what the policy meets now (progressive validation), which held-out labels of all ages do not.
    """

    def __init__(
        self,
        model: IntrinsicReward,
        asks: Asks,
        *,
        num_envs: int,
        beta: float = 1.0,
        captioner: Captioner | None = None,
    ) -> None:
        """`captioner` is whoever writes the captions, so that what it remembers is saved with the rest."""
        self.model = model
        self.tally = Tally()
        self.captions = PaidCaptions()
        self._asks, self._beta = asks, beta
        self._counts = EpisodicCounts(num_envs)
        self._recent = RecentAgreement()
        self._memory = captioner if isinstance(captioner, Remembering) else None
        self._again: Sequence[Question] = ()
        """What was asked before a saved state was loaded, and not answered."""

    def pay(self, captions: Captions, first: Array, features: Array | None = None) -> Array:
        """Return the reward of T steps of N worlds, float32 `(T, N)`, from the newest labels there are.

        `first`, bool `(T, N)`, tells the first steps of episodes; `features`, float32 `(T, N, d)`, are for
        models that read more than captions. Rollouts come in order.
        """
        labels = self._asks.collect()
        if labels:
            self._compare(labels)
            self.model.ingest(labels)
        steps = CaptionedSteps(captions, first, features)
        questions = self.model.observe(steps)
        self._asks.submit(
            [*questions, *self._again]
        )  # also where there are none: an annotator may count rollouts
        self._again = ()
        raw = self.model.reward(steps)
        paid = (raw * self._counts.discount(steps, self._beta)).astype(np.float32)
        self.captions.add(captions, raw)
        self._count(captions, paid, len(labels), len(questions))
        return paid

    @property
    def reads_features(self) -> bool:
        """Whether the model needs the features of steps."""
        return isinstance(self.model, ReadsFeatures)

    @property
    def held_out(self) -> Share:
        """Of the labels that are held out, those that the model gets right."""
        wrong = self.model.errors() if isinstance(self.model, Examined) else {}
        return Share(len(wrong) - sum(wrong.values()), len(wrong))

    @property
    def accuracy(self) -> float | None:
        """The share of held-out labels that the model gets right; None where none are held out."""
        held_out = self.held_out
        return held_out.share if held_out.n else None

    @property
    def recent(self) -> Share:
        """Of the newest labels, those that the model expected before it learned from them."""
        return self._recent.share

    @property
    def standing(self) -> Standing:
        """How far the model is to be believed, as labels tell."""
        together = self.model.shared_errors().mean if isinstance(self.model, Ensemble) else None
        return Standing(self.held_out, self.recent, together)

    def paid_captions(self) -> list[PaidCaption]:
        """Return the captions that were encountered with what the model pays for them now, the best first.

        A model that pays by features instead is told by the mean of what it paid.
        """
        if self.reads_features:
            return self.captions.rows(self.captions.means)
        texts = self.captions.texts
        index = np.arange(len(texts), dtype=np.int32).reshape(-1, 1)
        once = CaptionedSteps(Captions(index, texts), np.ones(index.shape, dtype=bool))
        return self.captions.rows(self.model.reward(once).ravel())

    def _compare(self, labels: Sequence[Label]) -> None:
        """Ask the model what it expects of questions that have been answered."""
        if not isinstance(self.model, Expects):
            return
        once = list({label.question.key: label for label in labels}.values())
        expected = self.model.expected([label.question for label in once])
        known = np.flatnonzero(np.isfinite(expected))
        self._recent.add(expected[known].tolist(), [once[place] for place in known])

    def _count(self, captions: Captions, paid: Array, labels: int, questions: int) -> None:
        old, recent = self.tally, self.recent
        self.tally = Tally(
            old.steps + paid.size,
            old.captioned + int((captions.index != NONE).sum()),
            old.paid + int(np.count_nonzero(paid)),
            old.total + float(paid.sum(dtype=np.float64)),
            old.labels + labels,
            old.questions + questions,
            float(np.count_nonzero(paid) / paid.size) if paid.size else 0.0,
            recent.n,
            recent.count,
        )

    def state_dict(self) -> Saved:
        """Return everything that it needs to go on as if nothing had been between.

        That is the model, the counts of the episodes that go on, what the captioner remembers of them, and
        what was counted so far. What was asked and not answered is asked again.
        """
        return {
            **about("learned reward", **self._facts),
            **nested("model", self.model.state_dict()),
            **nested("counts", self._counts.state_dict()),
            **nested("captioner", self._memory.state_dict() if self._memory else {}),
            **nested("captions", self.captions.state_dict()),
            **nested("recent", self._recent.state_dict()),
            "tally": packed(asdict(self.tally)),
        }

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result.

        Raises:
            ConfigError: it is another kind's, another goal's, of other worlds or captions, or damaged.
        """
        expect(saved, "learned reward", **self._facts)
        tally = unpacked(saved, "tally")
        if not _is_tally(tally):
            raise damaged("'tally' holds no counts of steps")
        self.model.load_state_dict(part_of(saved, "model"))
        self._counts.load_state_dict(part_of(saved, "counts"))
        if self._memory is not None:
            self._memory.load_state_dict(part_of(saved, "captioner"))
        self.captions.load_state_dict(part_of(saved, "captions"))
        self._recent.load_state_dict(part_of(saved, "recent"))
        self.tally = Tally(**tally)
        self._again = self.model.pending() if isinstance(self.model, Waits) else ()

    @property
    def _facts(self) -> dict[str, object]:
        return {"memory_of_captions": self._memory is not None}


def _is_tally(found: object) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == {field.name for field in fields(Tally)}
        and all(isinstance(value, int | float) and value == value for value in found.values())
    )
