"""How search draws terms: priors over shapes, centres, scales and weights that know no particular task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.design.search.features import ACTION, Feature
from eureka_agent.design.search.genome import (
    ABOVE,
    ABSOLUTE,
    ALIVE,
    APPROACH,
    BELOW,
    CHANGE,
    EFFORT,
    LINEAR,
    NEAR,
    PLATEAU,
    SQUARED,
    Genome,
    Term,
)


@dataclass(frozen=True)
class Prior:
    """How likely a shape is, and how likely its weight is positive."""

    probability: float
    positive: float


PRIORS = {
    NEAR: Prior(0.20, 0.92),
    ABSOLUTE: Prior(0.17, 0.5),
    SQUARED: Prior(0.17, 0.4),
    LINEAR: Prior(0.20, 0.5),
    PLATEAU: Prior(0.06, 0.92),
    ABOVE: Prior(0.05, 0.75),
    BELOW: Prior(0.05, 0.75),
    CHANGE: Prior(0.05, 0.5),
    APPROACH: Prior(0.05, 0.85),
}
"""Archetypes: be near a value (near, -absolute, -squared), be large (absolute, squared), be high or low
(linear), stay within limits (plateau, above, below), make progress (change, approach)."""

ARCHETYPES = ((ABSOLUTE, 1.0), (NEAR, 1.0), (LINEAR, 1.0), (LINEAR, -1.0), (SQUARED, -1.0), (SQUARED, 1.0))
"""What generation 0 tries of each signal, in an order that differs from signal to signal."""

_TERM_COUNTS = (0.3, 0.37, 0.23, 0.1)
"""Probability of 1, 2, 3, 4 terms."""
_LIGHTEST, _HEAVIEST = 0.1, 2.0
_ALIVE_SHARE = 0.12
_EFFORT_SHARE = 0.06
_ACTION_SHARE = 0.08
"""Of the terms: constant bonus, effort, other terms over the action."""
_MOST_OF_ONE_SIGNAL = 4.0
"""A signal of many elements is drawn at most this much more often than a scalar one."""


def random_genome(
    features: Sequence[Feature], rng: np.random.Generator, *, given: Sequence[Term] = ()
) -> Genome:
    """Draw a genome of 1 to 4 terms, those `given` first (and all of them, even if they are more)."""
    count = max(1 + int(rng.choice(len(_TERM_COUNTS), p=_TERM_COUNTS)), len(given))
    return tidy([*given, *(random_term(features, rng) for _ in range(count - len(given)))])


def random_term(features: Sequence[Feature], rng: np.random.Generator) -> Term:
    """Draw one term of any kind."""
    draw = rng.random()
    if draw < _ALIVE_SHARE:
        return alive(features, rng)
    actions = [feature for feature in features if feature.signal == ACTION]
    if _is_vector(actions) and draw < _ALIVE_SHARE + _EFFORT_SHARE:
        return effort(actions, rng)
    others = [feature for feature in features if feature.signal != ACTION] or actions
    pool = actions if actions and draw < _ALIVE_SHARE + _EFFORT_SHARE + _ACTION_SHARE else others
    return term_over(_draw_feature(pool, rng), rng)


def probe(
    name: str, visit: int, features: Sequence[Feature], order: Sequence[int], rng: np.random.Generator
) -> Term:
    """Draw a term over the signal `name` whose archetype is the `visit`-th in `order` (see `ARCHETYPES`).

    So a signal that is looked at several times is looked at in several ways.
    """
    own = [feature for feature in features if feature.signal == name]
    if name == ACTION:
        return effort(own, rng) if _is_vector(own) and visit % 2 == 0 else term_over(own[0], rng)
    shape, sign = ARCHETYPES[order[visit % len(order)]]
    return term_over(own[int(rng.integers(len(own)))], rng, shape=shape, sign=sign)


def term_over(
    feature: Feature, rng: np.random.Generator, *, shape: str | None = None, sign: float | None = None
) -> Term:
    """Draw a term over `feature`, of the given shape and sign or of random ones."""
    chosen = shape or str(rng.choice(list(PRIORS), p=[prior.probability for prior in PRIORS.values()]))
    drawn_sign = 1.0 if rng.random() < PRIORS[chosen].positive else -1.0
    return Term(
        shape=chosen,
        signal=feature.signal,
        index=feature.index,
        weight=(sign or drawn_sign) * log_uniform(_LIGHTEST, _HEAVIEST, rng),
        centre=draw_centre(feature, chosen, rng),
        scale=_draw_scale(feature, chosen, rng),
        temperature=log_uniform(0.1, 2.0, rng),
        unit=feature.unit,
    ).rounded()


def alive(features: Sequence[Feature], rng: np.random.Generator) -> Term:
    """Draw a constant bonus for every step that the episode lasts."""
    first = next((f for f in features if f.signal != ACTION and f.index != "norm"), features[0])
    return Term(ALIVE, first.signal, first.index, weight=log_uniform(_LIGHTEST, _HEAVIEST, rng)).rounded()


def effort(actions: Sequence[Feature], rng: np.random.Generator) -> Term:
    """Draw a small penalty on the square of the action."""
    size = max(abs(bound) for a in actions if a.index != "norm" for bound in (a.low or 1.0, a.high or 1.0))
    weight = -log_uniform(0.01, 0.3, rng)
    return Term(EFFORT, ACTION, (), weight=weight, scale=size, unit=actions[0].unit).rounded()


def draw_centre(feature: Feature, shape: str, rng: np.random.Generator) -> float:
    """Draw a target: zero, the middle, an end, or anywhere in the range; zero for `linear` and `change`."""
    if shape in (LINEAR, CHANGE):
        return 0.0
    low, high, draw = feature.low, feature.high, rng.random()
    if low is None or high is None:
        return 0.0 if draw < 0.7 else float(rng.normal(0.0, feature.spread))
    zero = min(max(0.0, low), high)
    if shape in (ABOVE, BELOW) and draw < 0.6:
        return float(rng.uniform(low, high))
    if shape in (ABSOLUTE, SQUARED):
        draw *= 0.8  # distance from an end of the range says little that `linear` does not
    if draw < 0.5:
        return zero
    if draw < 0.7:
        return feature.middle
    if draw < 0.85:
        return low if rng.random() < 0.5 else high
    return float(rng.uniform(low, high))


def log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    """Draw from [low, high], each order of magnitude as likely as another."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def tidy(terms: Sequence[Term]) -> Genome:
    """Return the genome of `terms` without a second term of the same shape over the same feature."""
    kept: dict[tuple[str, object], Term] = {}
    for term in terms:
        feature = "any" if term.shape in (ALIVE, EFFORT) else term.feature
        kept.setdefault((term.shape, feature), term)
    return Genome(tuple(kept.values()))


def _draw_scale(feature: Feature, shape: str, rng: np.random.Generator) -> float:
    """Draw what counts as one unit: the typical variation or the range's half, times or over a little."""
    base = feature.scale if rng.random() < 0.5 else feature.spread
    if shape in (CHANGE, APPROACH):
        base = 0.1 * feature.scale
    return max(base * log_uniform(0.5, 1.5, rng), 1e-6)


def _is_vector(features: Sequence[Feature]) -> bool:
    return bool(features) and features[0].index != ()


def _draw_feature(features: Sequence[Feature], rng: np.random.Generator) -> Feature:
    counts: dict[str, int] = {}
    for feature in features:
        counts[feature.signal] = counts.get(feature.signal, 0) + 1
    weights = np.array([min(1.0, _MOST_OF_ONE_SIGNAL / counts[feature.signal]) for feature in features])
    return features[int(rng.choice(len(features), p=weights / weights.sum()))]
