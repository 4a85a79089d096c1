"""A learned reward from comparisons of captions (arXiv 2310.00166, 2410.23022)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.encountered import Encountered, weighted_quantile
from eureka_agent.intrinsic.models.acquisition import entropy, wanted
from eureka_agent.intrinsic.models.gate import Verdict, accuracy_verdict
from eureka_agent.intrinsic.models.labelled import is_clear
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.pairs import Asked, Pair, Pairing
from eureka_agent.intrinsic.models.retrieval import by_frequency
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.models.student import Losses, Student
from eureka_agent.intrinsic.saving import (
    Saved,
    about,
    array_of,
    expect,
    generator_state,
    nested,
    part_of,
    restore_generator,
)
from eureka_agent.seeds import generator_for

Array = np.ndarray
_LOG_TIES = -0.5
"""What the logarithm of Davidson's tie parameter begins with."""
_ROUNDING = 1e-4
"""Deviations by which a score must be above the quantile: the same score computed among other captions may
differ in its last digits."""


class Ranking:
    """Scores of captions by the model of Bradley and Terry with ties, learned from labels of pairs.

    Answers follow Davidson (1970, doi 10.1080/01621459.1970.10481082), whose parameter for ties is learned,
    too. A label that is neither sure nor a tie (of votes, or softened) is the probability of a win, and asks
    for no greater lead than its log-odds: taken as a share of ties, doubts would let leads grow for ever.

    A step is paid by how many deviations its score lies above the `quantile` of the steps encountered lately,
    clipped, and 0 below it: never less than a worse one, whatever the distribution. (The original pays
    z-scores above the median, which are negative up to the mean.) Nothing is paid until the accuracy on
    held-out pairs is known to be above chance, and nothing again while it isn't. Captions of held-out pairs
    may be in other pairs, too: the accuracy is that on new pairs, not on new captions.

    `observe` makes the updates that labels have paid for, at most `settings.most_updates` a rollout.
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
        self._student = Student(self._settings, davidson_loss, seed=seed, member=member, extra=_LOG_TIES)
        self._encountered = Encountered(self._settings.remembered, self._settings.memory)
        self._asked = Asked(self._settings.most_asked, self._settings.unanswered)
        self._rng = generator_for(seed, "pairs", member or 0)
        self.verdict = Verdict()
        self._mean, self._deviation, self._cut = 0.0, 0.0, 0.0

    @property
    def informed(self) -> bool:
        """Whether the gate is open."""
        return self.verdict.open

    @property
    def log_ties(self) -> float:
        """Logarithm of Davidson's parameter: how readily neither is better."""
        return self._student.extra

    def ingest(self, labels: Sequence[Label]) -> None:
        """Keep the labels of pairs."""
        for label in labels:
            if label.question.is_pair and label.question.variant == self._variant:
                ordered = label.ordered
                self._student.add(ordered.question.captions, ordered.value)
                first, second = ordered.question.captions
                self._asked.answer(first, second)
        self._examine()

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Learn, see on which scale scores are, and return pairs that have not been asked."""
        if self._student.learn():
            self._examine()
        self._encountered.note(steps.captions)
        self._asked.begin_rollout()
        if not len(self._encountered):
            return []
        scores = self._student.outputs(self._encountered.texts)
        self._rescale(scores)
        return [Question(pair, self._variant) for pair in self._pairs(steps, scores)]

    def _rescale(self, scores: Array) -> None:
        weights = self._encountered.weights
        self._mean = float(np.average(scores, weights=weights))
        self._deviation = math.sqrt(float(np.average((scores - self._mean) ** 2, weights=weights)))
        self._cut = weighted_quantile(scores, weights, self._settings.quantile)

    def _pairs(self, steps: CaptionedSteps, scores: Array) -> list[Pair]:
        settings = self._settings
        worth = _logistic(self._scaled(scores))

        def wish(places: Array) -> Array:
            if not self.informed:
                return np.zeros(len(places))
            first, second = scores[places].T
            chance = _logistic(first - second)
            return wanted(settings, worth[places].mean(axis=1), entropy(chance))

        pairing = Pairing(
            self._encountered,
            self._asked,
            known=self._student.__contains__,
            wanted=wish,
            rng=self._rng,
            rivals=settings.rivals,
        )
        new = by_frequency(steps.captions, lambda text: self._asked.count(text) >= settings.comparisons)
        newcomers = [text for text in new if text in self._encountered]
        return pairing.propose(newcomers, most=settings.pairs, comparisons=settings.comparisons)

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return how many deviations each step's caption scores above the quantile, clipped; 0 below it."""
        texts = steps.captions.texts
        if not (self.informed and texts):
            return steps.captions.spread(np.zeros(len(texts)))
        above = self._in_deviations(self._student.outputs(texts) - self._cut)
        return steps.captions.spread(np.where(above > _ROUNDING, np.clip(above, 0, self._settings.clip), 0.0))

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return the scaled score of each caption, whether or not the gate is open."""
        return self._scaled(self._student.outputs(texts))

    def _scaled(self, scores: Array) -> Array:
        return self._in_deviations(scores - self._mean)

    def _in_deviations(self, differences: Array) -> Array:
        if self._deviation < 1e-6:
            return np.zeros(len(differences))
        return differences / self._deviation

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return of each pair the probability that its first is better, ties aside; see `Expects`."""
        values = np.full(len(questions), np.nan)
        asked = [place for place, question in enumerate(questions) if self._expects(question)]
        if asked:
            scores = self._student.outputs([text for place in asked for text in questions[place].captions])
            first, second = scores.reshape(-1, 2).T
            values[asked] = _logistic(first - second)
        return values

    def _expects(self, question: Question) -> bool:
        return (
            question.is_pair
            and question.variant == self._variant
            and self._student.updates > 0
            and question.key.captions not in self._student
        )

    def pending(self) -> Sequence[Question]:
        """Return the pairs that were asked lately and not answered."""
        return [Question(pair, self._variant) for pair in self._asked.pending()]

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return of each held-out label, ties aside, whether it is guessed wrong."""
        drawn = self._student.exam.all()
        clear = is_clear(drawn.values)
        wrong = ~self._right()
        return {key: bool(w) for key, w, c in zip(drawn.keys, wrong, clear, strict=True) if c}

    def _right(self) -> Array:
        drawn = self._student.exam.all()
        if not drawn.keys:
            return np.zeros(0, bool)
        first, second = self._student.of_labels(drawn).T
        return (first > second) == (drawn.values > 0.5)

    def _examine(self) -> None:
        drawn = self._student.exam.all()
        if drawn.keys:
            self.verdict = accuracy_verdict(
                self._right()[is_clear(drawn.values)],
                enough=self._settings.enough,
                deviations=self._settings.gate_deviations,
            )

    def state_dict(self) -> Saved:
        """Return everything: labels, weights, moments, credits, frequencies, scale, and what was asked."""
        return {
            **about("ranking", **self._facts),
            **nested("student", self._student.state_dict()),
            **nested("encountered", self._encountered.state_dict()),
            **nested("asked", self._asked.state_dict()),
            "scale": np.array([self._mean, self._deviation, self._cut]),
            "verdict": self.verdict.as_array,
            "pairing": generator_state(self._rng),
        }

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result.

        Raises:
            ConfigError: it is of another kind, goal, variant, encoder, seed or size.
        """
        expect(saved, "ranking", **self._facts)
        self._student.load_state_dict(part_of(saved, "student"))
        self._encountered.load_state_dict(part_of(saved, "encountered"))
        self._asked.load_state_dict(part_of(saved, "asked"))
        self._mean, self._deviation, self._cut = map(float, array_of(saved, "scale", (3,)))
        self.verdict = Verdict.of_array(array_of(saved, "verdict", (4,)))
        restore_generator(self._rng, saved, "pairing")


def davidson_loss(outputs: Array, values: Array, *, share: float, extra: float) -> Losses:
    """Return the cross-entropy of scores `(B, 2)` with labels `(B,)`, by Davidson's model.

    `extra` is the logarithm of its parameter for ties. A value v is a win with weight v and a loss with the
    rest, 0.5 a tie: the derivatives by the scores are the same as if doubts were ties, that by `extra` isn't.
    """
    half = (outputs[:, 0] - outputs[:, 1]) / 2
    logits = np.stack([half, np.full(len(half), extra), -half], axis=1)
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    clear = is_clear(values)
    said = np.stack([np.where(clear, values, 0.0), ~clear, np.where(clear, 1 - values, 0.0)], axis=1)
    off = np.exp(logs) - said
    by_first = (off[:, 0] - off[:, 2]) / 2
    return Losses(-(said * logs).sum(axis=1), np.stack([by_first, -by_first], axis=1), off[:, 1])


def _logistic(values: Array) -> Array:
    return 0.5 * (1 + np.tanh(values / 2))
