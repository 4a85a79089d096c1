"""What a reward is worth on a fresh seed, from the few seeds it was trained on: shrunk means and their doubt.

One score is a lucky or an unlucky draw. How far seeds of one reward lie apart is known before a search from
rewards that were trained on many (benchmarks/bank.py) and, as a search goes on, from its own second seeds.
Both are measured against how far rewards lie apart, so that units, signs and scales of a fitness do not
matter; centre and spread are medians, because the best reward of a search is often far off all others.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_TO_SD = 1.4826
"""A median absolute deviation times this is the standard deviation of a normal sample."""


@dataclass(frozen=True)
class SeedNoise:
    """How far apart seeds of one reward are believed to lie before any second seed was seen."""

    share: float = 0.7
    """Their standard deviation, as a share of how far the reward lies from the median one."""
    strength: float = 4.0
    """As many further seeds of a reward's own count as much as this belief."""


NOISE = SeedNoise()


@dataclass(frozen=True)
class Belief:
    """What is believed of a reward's score on a fresh seed, turned so that larger is better."""

    mean: float
    sd: float
    """Of the mean: what further seeds would take away."""
    seeds: int


def beliefs(
    scores: Mapping[str, Sequence[float]], *, sign: float, noise: SeedNoise = NOISE
) -> dict[str, Belief]:
    """Return the belief of every reward with a score, by name.

    Args:
        scores: one or more scores of each reward, each from another training seed.
        sign: +1 where a larger score is better, else -1.
        noise: what is believed of seeds beforehand.
    """
    own = {name: [sign * score for score in values] for name, values in scores.items() if values}
    if not own:
        return {}
    means = {name: statistics.fmean(values) for name, values in own.items()}
    centre = statistics.median(means.values())
    spread = _TO_SD * statistics.median(abs(mean - centre) for mean in means.values())
    return {name: _belief(values, means[name], centre, spread, noise) for name, values in own.items()}


def best_of_a_draw(known: Mapping[str, Belief], generator: np.random.Generator) -> str:
    """Return who is best where every reward's score on a fresh seed is drawn once."""
    names = sorted(known)
    drawn = [generator.normal(known[name].mean, known[name].sd) for name in names]
    return names[int(np.argmax(drawn))]


def _belief(values: Sequence[float], mean: float, centre: float, spread: float, noise: SeedNoise) -> Belief:
    """Shrink a mean to the centre by what one seed is worth, and say how sure that is.

    The weight depends on the number of seeds alone: a spread from medians would shrink the one reward that
    is far better than all others as if it could not be.
    """
    n = len(values)
    weight = 1.0 / (1.0 + noise.share**2 / n)
    before = (noise.share * max(spread, abs(mean - centre))) ** 2
    seen = sum((value - mean) ** 2 for value in values)
    variance = (noise.strength * before + seen) / (noise.strength + n - 1)
    return Belief(centre + weight * (mean - centre), math.sqrt(weight * variance / n), n)
