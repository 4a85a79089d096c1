"""What can be set of a learned reward: every number that its code would otherwise hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal, get_args

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.intrinsic.models.encoding import EncoderKind

Acquisition = Literal["optimism", "disagreement"]
"""What is asked first: what may be very good, or what is least certain."""


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """The settings of all kinds of learned rewards; each kind reads its own."""

    capacity: int = 200_000
    """Captions in a retrieval's table; those not seen for longest are dropped."""
    retrieval_threshold: float | None = 0.5
    """A retrieval pays 1 where the label is above this, else 0; None pays the label itself."""

    encoder: EncoderKind = "words"
    """What captions are told apart by; the members of an ensemble alternate, beginning with it."""
    dimension: int = 2**14
    """Numbers that n-grams are hashed to."""
    width: int = 16
    """Numbers in an n-gram's embedding."""
    hidden: int = 32
    """Units of the hidden layer."""
    cache: int = 32_768
    """Captions whose n-grams are kept; they are found again where they are not."""

    batch: int = 128
    """Labels in an update."""
    learning_rate: float = 0.05
    """Of Adam."""
    weight_decay: float = 0.03
    """Decoupled: this share of the learning rate is taken off the weights with each update."""
    updates_per_label: float = 4.0
    """Updates that a label pays for; the original's first 25,000 pay for a third of one each."""
    most_updates: int = 8
    """Updates in one rollout."""
    most_credits: int = 1_024
    """Updates that are paid for and not made yet; more are lost."""
    most_labels: int = 50_000
    """Labels that are learned from; the oldest are dropped."""
    patience: int = 80
    """Rollouts with updates after which learning rests, if the held-out loss did not fall in them."""
    waking: float = 0.1
    """Share of the labels that must be new, or have changed, before it learns again."""

    hold_out: int = 5
    """One label of so many is not learned from, but tells how good the model is."""
    few: int = 100
    """Up to so many labels, a classification consists of `hold_out` students that each hold out others."""
    most_held_out: int = 512
    """Labels that are held out; the oldest are dropped."""
    enough: int = 10
    """Held-out labels before anything is paid; fifty labels have about ten."""
    enough_of_each: int = 3
    """Held-out labels of either answer before a classification pays anything."""
    gate_deviations: float = 2.33
    """Standard errors that the held-out accuracy must lie above chance: 2.33 errs one look in 100."""
    few_deviations: float = 3.0
    """The same while labels are few: guesses of students that share labels are no independent trials."""

    threshold: float = 0.5
    """A classification pays nothing where its probability is not above this."""
    soft: bool = True
    """Whether a classification pays the probability; else it pays 1."""
    quantile: float = 0.5
    """A ranking pays where a score is above that of this share of the steps encountered lately."""
    clip: float = 5.0
    """A ranking pays at most so many deviations, and so does random network distillation."""
    remembered: int = 4_096
    """Captions encountered lately that are kept; the rarest are dropped."""
    memory: float = 0.99
    """What a rollout leaves of the frequencies before it."""

    acquisition: Acquisition = "optimism"
    """What is asked first."""
    optimism: float = 1.0
    """What a deviation (of one model: the entropy in bits) adds to an estimate where optimism asks."""
    questions: int = 256
    """Questions about single captions in one rollout."""
    pairs: int = 64
    """Questions about pairs in one rollout, of all members of an ensemble together."""
    comparisons: int = 3
    """Pairs with a new caption before it is paired as others are."""
    rivals: int = 16
    """Captions among which one to compare with is chosen."""
    most_asked: int = 16_384
    """Pairs that are remembered as answered, and as proposed; the oldest are forgotten."""
    unanswered: int = 200
    """Rollouts after which a question whose answer has not come may be asked again."""

    pessimism: float = 0.5
    """λ of an ensemble's blends `uncertainty` and `nominal_to_minimum`."""

    novelty_hidden: int = 64
    """Units of the hidden layer of both networks of random network distillation."""
    novelty_outputs: int = 32
    """Numbers that one of them predicts of the other."""
    novelty_rate: float = 1e-3
    """Learning rate of its Adam."""
    feature_clip: float = 5.0
    """Deviations from the mean at which features are clipped."""

    def __post_init__(self) -> None:
        one_of("acquisition", self.acquisition, get_args(Acquisition))
        one_of("encoder", self.encoder, get_args(EncoderKind))
        for name in _COUNTS:
            self._check(name, least=1, whole=True)
        for name in _ABOVE_0:
            self._check(name, above=0.0)
        for name in ("weight_decay", "waking", "optimism", "pessimism"):
            self._check(name, least=0.0)
        for name in ("threshold", "quantile", "memory"):
            self._check(name, least=0.0, most=1.0)
        if self.retrieval_threshold is not None:
            self._check("retrieval_threshold", least=0.0, most=1.0)
        self._check("hold_out", least=2, whole=True)

    def _check(
        self,
        name: str,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        above: float = -math.inf,
        whole: bool = False,
    ) -> None:
        value = getattr(self, name)
        if isinstance(value, Integral if whole else Real) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number) and least <= number <= most and number > above:
                return
        bounds = [
            word
            for word, bound in ((f"at least {least}", least), (f"at most {most}", most), ("above 0", above))
            if math.isfinite(bound)
        ]
        kind = "a whole number" if whole else "a number"
        raise ConfigError(
            f"{name} of a learned reward is {value}.",
            allowed=f"{kind}, {' and '.join(bounds)}",
            fix="Choose another one.",
        )


_COUNTS = (
    "capacity", "dimension", "width", "hidden", "cache", "batch", "most_updates", "most_credits",
    "most_labels", "patience", "most_held_out", "enough", "enough_of_each", "few", "remembered", "questions",
    "pairs", "comparisons", "rivals", "most_asked", "unanswered", "novelty_hidden", "novelty_outputs",
)  # fmt: skip
_ABOVE_0 = (
    "learning_rate", "updates_per_label", "clip", "gate_deviations", "few_deviations", "novelty_rate",
    "feature_clip",
)  # fmt: skip


def one_of(what: str, name: str, allowed: Iterable[str]) -> None:
    """Check a name; ConfigError with the nearest one if it is not among those `allowed`."""
    names = tuple(allowed)
    if name not in names:
        raise ConfigError(
            f"There is no {what} '{name}'.{did_you_mean(name, names)}", allowed=", ".join(names)
        )
