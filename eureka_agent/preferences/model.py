"""What people prefer as a utility of an episode: one likelihood for comparisons and ratings.

The utility is `w · φ` with the features of `features.py`. Which of two episodes is better follows Bradley and
Terry's model with ties (Davidson 1970, doi 10.1080/01621459.1970.10481082); stars and thumbs are ordered
logits of the same utility with thresholds of their own, because the two kinds of answer complement each other
(HelpSteer2-Preference, arXiv 2410.01257). A fixed share of answers is taken to say nothing, so that one wrong
answer cannot outweigh many. The prior of `w` is normal; the posterior is Laplace's approximation, whose
curvature is the expected (Fisher) information.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Array = np.ndarray
Better = Literal["first", "second", "neither"]
OUTCOMES: tuple[Better, ...] = ("first", "second", "neither")

SLOPE = 4.0
"""How sharply answers follow the utility, whose prior standard deviation is 1: of two episodes that lie half
of that apart the better one is preferred seven times of eight, ties aside."""
LAPSE = 0.1
"""Share of answers that say nothing: as likely one as another."""
_STARS, _THUMB = 5, 2
"""Levels of a rating."""
_LEVELS = (_STARS, _THUMB)
_TIES = (-0.5, 1.0)
"""Mean and standard deviation beforehand of the logarithm of Davidson's tie parameter."""
_FIRST_THRESHOLD = {_STARS: (-0.84 * SLOPE, 2.0), _THUMB: (0.0, 2.0)}
_GAP = (float(np.log(0.56 * SLOPE)), 0.5)
"""Of the logarithm of the distances between thresholds: beforehand every level is as likely."""
_MOST_STEPS = 100
_CLOSE = 1e-9


@dataclass(frozen=True)
class Compared:
    """Which of two episodes is better, by their features `(k,)`."""

    first: Array
    second: Array
    better: Better


@dataclass(frozen=True)
class Rated:
    """How good an episode with features `(k,)` is."""

    features: Array
    level: int
    """From 0, the worst."""
    levels: int
    """5 for stars, 2 for a thumb."""


@dataclass(frozen=True)
class Posterior:
    """What is believed of the weights of k features."""

    mean: Array
    """`(k,)`"""
    covariance: Array
    """`(k, k)`"""
    log_ties: float = _TIES[0]
    """How readily people say that neither is better: the logarithm of Davidson's parameter."""
    answers: int = 0
    """That it was learned from."""

    @classmethod
    def prior(cls, k: int) -> Posterior:
        """Return what is believed before any answer: utility 0, with a standard deviation of about 1."""
        return cls(np.zeros(k), np.eye(k) / max(1, k))

    def utility(self, features: Array) -> tuple[Array, Array]:
        """Return mean and standard deviation of the utility of episodes with features `(..., k)`."""
        variance = np.einsum("...i,ij,...j->...", features, self.covariance, features)
        return features @ self.mean, np.sqrt(np.maximum(variance, 0.0))


def fit(answers: Iterable[Compared | Rated], k: int) -> Posterior:
    """Return what k weights are believed to be after some answers, in whatever order they came."""
    known = list(answers)
    if not known or not k:
        return Posterior.prior(k)
    parts = list(_parts(known))
    centre, precision = _prior(k)
    values = centre.copy()
    value, gradient, information = _posterior(values, parts, centre, precision)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(information, gradient)
        size = 1.0
        while size > _CLOSE:
            tried = values + size * step
            new = _posterior(tried, parts, centre, precision)
            if new[0] >= value:
                break
            size /= 2
        else:
            break
        gained = new[0] - value
        values, (value, gradient, information) = tried, new
        if gained < _CLOSE:
            break
    covariance = np.linalg.inv(information)[:k, :k]
    return Posterior(values[:k], (covariance + covariance.T) / 2, float(values[k]), len(known))


def outcome_chances(difference: Array, log_ties: float) -> Array:
    """Return the chances of `OUTCOMES`, `(..., 3)`, of pairs whose utilities differ by so much, `(...)`."""
    return (1 - LAPSE) * _davidson(SLOPE * difference, log_ties) + LAPSE / len(OUTCOMES)


def information_of(difference: Array, log_ties: float) -> Array:
    """Return the Fisher information of an answer on the difference of two utilities, `(...)`."""
    chances = _davidson(SLOPE * difference, log_ties)
    slope = (1 - LAPSE) * SLOPE * _davidson_slope(chances)
    return (slope**2 / outcome_chances(difference, log_ties)).sum(axis=-1)


@dataclass(frozen=True)
class _Comparisons:
    differences: Array
    """`(n, k)`"""
    seen: Array
    """Index of the outcome, `(n,)`."""

    def chances(self, values: Array) -> tuple[Array, Array]:
        """Return the chances of each outcome `(n, 3)`, and their slopes by all parameters `(n, 3, p)`."""
        k = self.differences.shape[1]
        chances = _davidson(SLOPE * self.differences @ values[:k], float(values[k]))
        slopes = np.zeros((*chances.shape, len(values)))
        by_utility = SLOPE * _davidson_slope(chances)
        slopes[..., :k] = by_utility[..., None] * self.differences[:, None, :]
        slopes[..., k] = chances * (np.array([0.0, 0.0, 1.0]) - chances[:, 2:])
        return chances, slopes


@dataclass(frozen=True)
class _Ratings:
    features: Array
    """`(n, k)`"""
    seen: Array
    levels: int

    def chances(self, values: Array) -> tuple[Array, Array]:
        """Return the chances of each level `(n, levels)`, and their slopes by all parameters."""
        n, k = self.features.shape
        place = _place_of(self.levels, k)
        first, gaps = values[place.start], np.exp(values[place.start + 1 : place.stop])
        thresholds = first + np.concatenate([[0.0], np.cumsum(gaps)])
        below = _logistic(thresholds - SLOPE * (self.features @ values[:k])[:, None])
        steep = below * (1 - below)
        slopes = np.zeros((n, self.levels - 1, len(values)))
        slopes[..., :k] = -SLOPE * steep[..., None] * self.features[:, None, :]
        slopes[..., place.start] = steep
        for index, gap in enumerate(gaps):
            slopes[:, index + 1 :, place.start + 1 + index] = steep[:, index + 1 :] * gap
        ends = np.zeros((n, 1)), np.ones((n, 1))
        flat = np.zeros((n, 1, len(values)))
        return (
            np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1),
            np.diff(np.concatenate([flat, slopes, flat], axis=1), axis=1),
        )


_Part = _Comparisons | _Ratings


def _parts(answers: Sequence[Compared | Rated]) -> Iterator[_Part]:
    compared = [one for one in answers if isinstance(one, Compared)]
    if compared:
        differences = np.array([one.first - one.second for one in compared])
        yield _Comparisons(differences, np.array([OUTCOMES.index(one.better) for one in compared]))
    for levels in _LEVELS:
        rated = [one for one in answers if isinstance(one, Rated) and one.levels == levels]
        if rated:
            features = np.array([one.features for one in rated])
            yield _Ratings(features, np.array([one.level for one in rated]), levels)


def _posterior(
    values: Array, parts: Sequence[_Part], centre: Array, precision: Array
) -> tuple[float, Array, Array]:
    """Return the logarithm of the posterior but for a constant, its gradient, and its information."""
    off = values - centre
    value, gradient, information = -0.5 * float(precision @ off**2), -precision * off, np.diag(precision)
    for part in parts:
        chances, slopes = part.chances(values)
        chances = (1 - LAPSE) * chances + LAPSE / chances.shape[1]
        slopes = (1 - LAPSE) * slopes
        rows = np.arange(len(part.seen))
        value += float(np.log(chances[rows, part.seen]).sum())
        gradient = gradient + (slopes[rows, part.seen] / chances[rows, part.seen, None]).sum(axis=0)
        information = information + np.einsum("noi,noj,no->ij", slopes, slopes, 1 / chances)
    return value, gradient, information


def _prior(k: int) -> tuple[Array, Array]:
    """Return mean and precision beforehand of weights, ties, and the thresholds of stars and thumbs."""
    told = [(0.0, k**-0.5)] * k + [_TIES]
    for levels in _LEVELS:
        told += [_FIRST_THRESHOLD[levels], *([_GAP] * (levels - 2))]
    mean, sd = np.array(told).T
    return mean, 1 / sd**2


def _place_of(levels: int, k: int) -> slice:
    """Return where the thresholds of a kind of rating stand among the parameters."""
    start = k + 1 + sum(other - 1 for other in _LEVELS[: _LEVELS.index(levels)])
    return slice(start, start + levels - 1)


def _davidson(z: Array, log_ties: float) -> Array:
    """Return the chances of first, second and neither, `(..., 3)`, where utilities differ by z logits."""
    z = np.asarray(z, np.float64)
    logits = np.stack([z / 2, -z / 2, np.full_like(z, log_ties)], axis=-1)
    likely = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return likely / likely.sum(axis=-1, keepdims=True)


def _davidson_slope(chances: Array) -> Array:
    """Return the slopes of these chances by z."""
    mean = (chances[..., :1] - chances[..., 1:2]) / 2
    return chances * (np.array([0.5, -0.5, 0.0]) - mean)


def _logistic(logits: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(logits / 2))
