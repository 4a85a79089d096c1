"""Several learned rewards as one: how they are blended, what they ask, and whether they err together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np

from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.models.acquisition import wanted
from eureka_agent.intrinsic.models.model import CaptionedSteps, IntrinsicReward, Waits
from eureka_agent.intrinsic.models.settings import ModelSettings, one_of
from eureka_agent.intrinsic.models.standing import Together
from eureka_agent.intrinsic.saving import Saved, about, expect, nested, part_of

Array = np.ndarray
Blend = Literal["mean", "worst", "uncertainty", "nominal_to_minimum"]


class Estimator(Protocol):
    """Estimates how good captions are, whether or not it pays for them."""

    @property
    def informed(self) -> bool:
        """Whether its estimates are known to be better than chance."""
        ...

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return an estimate of each caption, float64 `(len(texts),)`, of one scale for all of one kind."""
        ...

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return the answer that it expects to each question; see `Expects`."""
        ...

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return whether it is wrong about each of its held-out labels, by their captions."""
        ...


class Member(IntrinsicReward, Estimator, Protocol):
    """What an ensemble consists of."""


class SharedErrors(NamedTuple):
    """How often members of an ensemble are wrong about the same held-out labels."""

    together: Array
    """float64 `(k, k)`: share of the labels both have held out that both are wrong about."""
    expected: Array
    """float64 `(k, k)`: what it would be if one's errors told nothing of the other's."""
    labels: Array
    """int64 `(k, k)`: on how many labels both rest. Where none are shared, the shares are NaN."""

    @property
    def mean(self) -> Together | None:
        """The mean over pairs of members, weighted by the labels that they share; None without any."""
        pairs = np.triu(self.labels, 1)
        if not pairs.any():
            return None
        rates = np.diagonal(self.together)
        one = (rates[:, None] + rates[None, :]) / 2
        means = [
            float(np.average(values[pairs > 0], weights=pairs[pairs > 0]))
            for values in (one, self.together, self.expected)
        ]
        return Together(len(rates), float(pairs[pairs > 0].mean()), *means)


def blended(blend: Blend, values: Array, pessimism: float) -> Array:
    """Return one reward `(...)` of those of k members, `(k, ...)`.

    `worst` is their minimum; `uncertainty` is mean - λ·deviation; `nominal_to_minimum` is λ·mean +
    (1 - λ)·minimum (BRME). The original of `uncertainty` (UWO, arXiv 2310.02743) subtracts the variance: the
    population's deviation is taken instead, because it has the unit of the reward, so that λ means the same
    at every scale.
    """
    if blend == "worst":
        return values.min(axis=0)
    mean = values.mean(axis=0)
    if blend == "uncertainty":
        return mean - pessimism * values.std(axis=0)
    if blend == "nominal_to_minimum":
        return pessimism * mean + (1 - pessimism) * values.min(axis=0)
    return mean


class Ensemble:
    """Pays a blend of what its members pay; a member whose gate is closed pays 0, and counts as such.

    A member with a `variant` learns from labels of that variant alone and asks with it; members without one
    share all labels without one. Questions are those of all members, each once: those that are wanted most
    first, by the members' estimates (mean + κ·deviation, or where they disagree), once one is informed.
    """

    def __init__(
        self, members: Sequence[Member], *, blend: Blend = "mean", settings: ModelSettings | None = None
    ) -> None:
        if not members:
            raise ValueError("an ensemble has members")
        one_of("blend", blend, get_args(Blend))
        self.members = tuple(members)
        self._blend: Blend = blend
        self._settings = settings or ModelSettings()

    @property
    def informed(self) -> bool:
        """Whether any member is."""
        return any(member.informed for member in self.members)

    def ingest(self, labels: Sequence[Label]) -> None:
        """Give all labels to all members, of which each keeps its own."""
        for member in self.members:
            member.ingest(labels)

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Let all members take note, and return what they ask, each question once."""
        asked = [member.observe(steps) for member in self.members]
        merged: dict[Question, Question] = {}
        for row in zip_longest(*asked):  # the first of each, then the second of each, …
            for question in row:
                if question is not None:
                    merged.setdefault(question.key, question)
        questions = list(merged.values())
        if not (self.informed and questions):
            return questions
        order = np.argsort(-self._wanted(questions), kind="stable")
        return [questions[i] for i in order]

    def _wanted(self, questions: Sequence[Question]) -> Array:
        texts = list(dict.fromkeys(text for question in questions for text in question.captions))
        place = {text: i for i, text in enumerate(texts)}
        estimates = self._estimates(texts)
        ends = np.array([[place[q.captions[0]], place[q.captions[-1]]] for q in questions])
        first, last = estimates[:, ends[:, 0]], estimates[:, ends[:, 1]]
        pairs = ends[:, 0] != ends[:, 1]
        doubt = np.where(pairs, (first - last).std(axis=0), first.std(axis=0))
        return wanted(self._settings, (first.mean(axis=0) + last.mean(axis=0)) / 2, doubt)

    def _estimates(self, texts: Sequence[str]) -> Array:
        """Return each member's estimates, `(k, len(texts))`."""
        return np.stack([member.estimate(texts) for member in self.members])

    def estimate(self, texts: Sequence[str]) -> Array:
        """Return the mean of the members' estimates."""
        return self._estimates(texts).mean(axis=0)

    def expected(self, questions: Sequence[Question]) -> Array:
        """Return the mean of what those members expect that expect anything; NaN where none does."""
        values = np.stack([member.expected(questions) for member in self.members])
        known = np.isfinite(values)
        counted = known.sum(axis=0)
        return np.where(
            counted > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(counted, 1), np.nan
        )

    def pending(self) -> Sequence[Question]:
        """Return what members asked lately that was not answered, each question once."""
        asked = [
            question for member in self.members if isinstance(member, Waits) for question in member.pending()
        ]
        return list({question.key: question for question in asked}.values())

    def errors(self) -> Mapping[tuple[str, ...], bool]:
        """Return of each held-out label whether at least half of the members that hold it out are wrong."""
        wrong: dict[tuple[str, ...], list[bool]] = {}
        for member in self.members:
            for key, errs in member.errors().items():
                wrong.setdefault(key, []).append(errs)
        return {key: sum(votes) * 2 >= len(votes) for key, votes in wrong.items()}

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return the blend of the members' rewards."""
        paid = np.stack([member.reward(steps) for member in self.members]).astype(np.float64)
        return blended(self._blend, paid, self._settings.pessimism).astype(np.float32)

    def shared_errors(self) -> SharedErrors:
        """Return how often any two members err together on held-out labels.

        Members that differ by their seed alone share errors, and then no blend of them is worth more than one
        of them (arXiv 2312.09244).
        """
        errors = [member.errors() for member in self.members]
        size = len(errors)
        together, expected = np.full((2, size, size), np.nan)
        labels = np.zeros((size, size), np.int64)
        for i, one in enumerate(errors):
            for j, other in enumerate(errors):
                common = [key for key in one if key in other]
                labels[i, j] = len(common)
                if common:
                    wrong = np.array([[one[key], other[key]] for key in common])
                    together[i, j] = wrong.all(axis=1).mean()
                    expected[i, j] = wrong.mean(axis=0).prod()
        return SharedErrors(together, expected, labels)

    def state_dict(self) -> Saved:
        """Return the states of all members."""
        saved = about("ensemble", members=len(self.members))
        for number, member in enumerate(self.members):
            saved |= nested(str(number), dict(member.state_dict()))
        return saved

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of other members."""
        expect(saved, "ensemble", members=len(self.members))
        for number, member in enumerate(self.members):
            member.load_state_dict(part_of(saved, str(number)))
