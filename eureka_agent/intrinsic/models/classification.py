"""A learned reward that guesses of any caption whether it is helpful (arXiv 2410.23022)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.annotation.rotation import Rotation
from eureka_agent.intrinsic.models.acquisition import entropy, wanted
from eureka_agent.intrinsic.models.folds import Folds
from eureka_agent.intrinsic.models.gate import Verdict, balanced_verdict
from eureka_agent.intrinsic.models.labelled import TIE, is_clear, sureness, yes_share
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.retrieval import by_frequency
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.models.student import Losses
from eureka_agent.intrinsic.saving import Saved, about, array_of, expect, nested, part_of

Array = np.ndarray
_TEMPERATURES = np.geomspace(0.25, 8.0, 41)
_HEAVIEST = 10.0
"""How much heavier one answer may count than the other, where it is that much rarer."""


class Classification:
    """Probability that a caption is helpful, learned from labels of single captions.

    Both answers weigh the same whatever their frequency, so that the probability is that of balanced answers:
    above 0.5 is more helpful than what is known of captions in general. It is calibrated with a temperature
    on the held-out labels. A label between counts as yes or no, and the less the nearer it is to 0.5. As
    probabilities to be met, the odds of a small model's words would part captions at their mean, which is
    not where its yes and no part. Nothing is paid until the held-out balanced accuracy is known to be above
    chance, and nothing again while it isn't. While labels are few, all of them are held out by turns (see
    `Folds`). Of two labels of one caption the later stands (see `Retrieval`). `observe` makes the updates
    that labels have paid for, at most `settings.most_updates` a rollout.
    """

    def __init__(
        self,
        settings: ModelSettings | None = None,
        *,
        seed: int,
        variant: str = "",
        goal: str = "",
        member: int | None = None,
    ) -> None:
        self._settings = settings or ModelSettings()
        self._variant = variant
        self._facts = {"goal": goal, "variant": variant, "encoder": self._settings.encoder}
        self._students = Folds(self._settings, helpful_loss, seed=seed, member=member)
        self._rotation = Rotation(self._settings.remembered)
        self._temperature, self.verdict = 1.0, Verdict()

    @property
    def informed(self) -> bool:
        """Whether the gate is open."""
        return self.verdict.open

    def ingest(self, labels: Sequence[Label]) -> None:
        """Keep the labels of single captions."""
        for label in labels:
            if not label.question.is_pair and label.question.variant == self._variant:
                self._students.add(label.question.captions, label.value)
        self._examine()

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Learn, and return questions about captions without a label.

        They are in the order of the acquisition, or of their frequency while the gate is closed. Where there
        are more than `settings.questions`, half of them are taken by turns (see `Rotation`).
        """
        if self._students.learn():
            self._examine()
        texts = by_frequency(steps.captions, lambda text: (text,) in self._students)
        if self.informed and texts:
            chances = self.estimate(texts)
            order = np.argsort(-wanted(self._settings, chances, entropy(chances)), kind="stable")
            texts = [texts[i] for i in order]
        return [
            Question((text,), self._variant)
            for text in self._rotation.choose(texts, self._settings.questions)
        ]

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return each caption's probability, or 1, where it is above the threshold; 0 elsewhere."""
        texts = steps.captions.texts
        if not (self.informed and texts):
            return steps.captions.spread(np.zeros(len(texts)))
        chances = self.estimate(texts)
        paid = chances if self._settings.soft else np.ones(len(texts))
        return steps.captions.spread(np.where(chances > self._settings.threshold, paid, 0.0))

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return the calibrated probability that each caption is helpful, whether or not the gate is open."""
        return _logistic(self._students.outputs(list(texts)) / self._temperature)

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return of each single caption the probability that it is helpful; see `Expects`."""
        values = np.full(len(questions), np.nan)
        asked = [place for place, question in enumerate(questions) if self._expects(question)]
        if asked:
            values[asked] = self.estimate([questions[place].captions[0] for place in asked])
        return values

    def _expects(self, question: Question) -> bool:
        return (
            not question.is_pair
            and question.variant == self._variant
            and self._students.first.updates > 0
            and question.captions not in self._students
        )

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return of each held-out label whether it is guessed wrong."""
        held = self._students.held_out()
        wrong = (held.outputs > 0) != (held.values > 0.5)
        clear = is_clear(held.values)
        return {key: bool(w) for key, w, c in zip(held.keys, wrong, clear, strict=True) if c}

    def _examine(self) -> None:
        """Look at the held-out labels again: the temperature, and whether the gate is open."""
        (keys, values, logits), settings = self._students.held_out(), self._settings
        if not keys:
            return
        clear = is_clear(values)
        positive = values[clear] > 0.5
        self.verdict = balanced_verdict(
            (logits[clear] > 0) == positive,
            positive,
            enough=settings.enough,
            of_each=settings.enough_of_each,
            deviations=settings.few_deviations if self._students.several else settings.gate_deviations,
        )
        self._temperature = _temperature(logits, values) if len(keys) >= settings.enough else 1.0

    def state_dict(self) -> Saved:
        """Return everything: labels, weights, moments, credits, temperature and verdict."""
        return {
            **about("classification", **self._facts),
            **nested("student", self._students.state_dict()),
            **nested("rotation", self._rotation.state_dict()),
            "temperature": np.array(self._temperature),
            "verdict": self.verdict.as_array,
        }

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result.

        Raises:
            ConfigError: it is of another kind, goal, variant, encoder, seed or size.
        """
        expect(saved, "classification", **self._facts)
        self._students.load_state_dict(part_of(saved, "student"))
        self._rotation.load_state_dict(part_of(saved, "rotation"))
        self._temperature = float(
            array_of(saved, "temperature", (), least=_TEMPERATURES[0], most=_TEMPERATURES[-1])
        )
        self.verdict = Verdict.of_array(array_of(saved, "verdict", (4,)))


def helpful_loss(outputs: Array, values: Array, *, share: float, extra: float) -> Losses:
    """Return the cross-entropy of logits `(B, 1)` with yes or no, as sure as the labels `(B,)` are.

    Either answer weighs half of all, given the `share` of yes; at most `_HEAVIEST` times its own weight.
    """
    logits = outputs[:, 0]
    yes, no = _weights(values, share)
    chance = _logistic(logits)
    losses = yes * np.logaddexp(0, -logits) + no * np.logaddexp(0, logits)
    return Losses(losses, (no * chance - yes * (1 - chance))[:, None])


def _weights(values: Array, share: float) -> tuple[Array, Array]:
    """Return how much each label, `(B,)`, counts as yes, and how much as no; one of them is 0."""
    sure, positive = sureness(values), values > TIE
    yes, no = (min(_HEAVIEST, 0.5 / max(part, 1e-12)) for part in (share, 1 - share))
    return np.where(positive, yes * sure, 0.0), np.where(positive, 0.0, no * sure)


def _temperature(logits: Array, values: Array) -> float:
    """Return what logits are best divided by, from `_TEMPERATURES` (arXiv 1706.04599)."""
    tried = logits[None, :] / _TEMPERATURES[:, None]
    yes, no = _weights(values, yes_share(values))
    losses = yes * np.logaddexp(0, -tried) + no * np.logaddexp(0, tried)
    return float(_TEMPERATURES[np.argmin(losses.mean(axis=1))])


def _logistic(values: Array) -> Array:
    return 0.5 * (1 + np.tanh(values / 2))  # of any size, without an overflow
