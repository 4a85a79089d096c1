"""Tuning a reward's numbers: a few points around it, the best of them again on fresh seeds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eureka_agent.analysis.noninferiority import Comparison, compared
from eureka_agent.evolution.workbench import Scores, Trained
from eureka_agent.rewards.refining.tunable import DIGITS, Tunable, tunable_numbers, with_numbers
from eureka_agent.rewards.reward import Coded

SEARCH, CONFIRM = "tune", "tune_confirm"
"""Stages: their seeds are disjoint, and from those of a run."""
MOST_NUMBERS = 6
POINTS = 12
"""Rewards that are trained, the original among them."""
RANGE = 4.0
"""A number is multiplied by 1/4 to 4."""
FINALISTS = 2


@dataclass(frozen=True)
class Point:
    """The reward with other numbers."""

    values: tuple[float, ...]
    """One for each number that is varied."""
    text: str
    search: Scores
    confirmed: Scores | None = None
    """On fresh seeds; None for points that were not among the best."""
    against_original: Comparison | None = None
    """On fresh seeds; None for the original, and where a training failed."""


@dataclass(frozen=True)
class Tuning:
    """What became of every point; the first is the reward itself."""

    numbers: tuple[Tunable, ...]
    left_out: tuple[Tunable, ...] = ()
    """Numbers beyond the first six."""
    points: tuple[Point, ...] = ()
    winner: int | None = None
    """The point with the best mean on fresh seeds; None where none was confirmed."""

    @property
    def better(self) -> Point | None:
        """The winner, if it is better than the reward itself beyond doubt."""
        best = None if self.winner is None else self.points[self.winner]
        return best if best and best.against_original and best.against_original.better else None


def tuned(text: str, sign: float, bench: Trained, *, seeds: int, confirm_seeds: int) -> Tuning:
    """Return what became of a reward with other numbers; see `api/tune.py` for the rule."""
    found = tunable_numbers(text)
    numbers, left_out = tuple(found[:MOST_NUMBERS]), tuple(found[MOST_NUMBERS:])
    if not numbers:
        return Tuning(numbers)
    values = [
        [n.value * factor for n, factor in zip(numbers, row, strict=True)] for row in factors(len(numbers))
    ]
    texts = [with_numbers(text, numbers, each) for each in values]
    scores = bench.scores([Coded(each) for each in texts], stage=SEARCH, seeds=seeds)
    points = [
        Point(tuple(float(f"{v:.{DIGITS}g}") for v in each), source, score)
        for each, source, score in zip(values, texts, scores, strict=True)
    ]
    points[0] = replace(points[0], values=tuple(number.value for number in numbers))
    done = Tuning(numbers, left_out, tuple(points))
    return _confirmed(done, sign, bench, confirm_seeds) if _worth_confirming(points) else done


def factors(dimensions: int) -> list[list[float]]:
    """Return `POINTS` rows of factors from 1/4 to 4, evenly spread in log space; the first is all ones.

    They are an unscrambled Sobol sequence without its first point, a corner: its second is the middle.
    """
    from scipy.stats import qmc

    drawn = qmc.Sobol(dimensions, scramble=False).random_base2(4)[1 : POINTS + 1]
    return [[float(RANGE ** (2.0 * u - 1.0)) for u in row] for row in drawn]


def _worth_confirming(points: Sequence[Point]) -> bool:
    """Say whether there is something to choose: the original was trained, and another scored otherwise."""
    means = {statistics.fmean(point.search.fitness) for point in points if point.search.fitness}
    return bool(points[0].search.fitness) and len(means) > 1


def _confirmed(done: Tuning, sign: float, bench: Trained, seeds: int) -> Tuning:
    """Train the original and the best others on fresh seeds, and name the best mean."""
    ranked = sorted(
        (n for n, point in enumerate(done.points) if n and point.search.fitness),
        key=lambda n: -sign * statistics.fmean(done.points[n].search.fitness),
    )
    chosen = [0, *ranked[:FINALISTS]]
    scores = bench.scores([Coded(done.points[n].text) for n in chosen], stage=CONFIRM, seeds=seeds)
    original, points = scores[0], list(done.points)
    for n, score in zip(chosen, scores, strict=True):
        both = n and score.fitness and original.fitness
        comparison = compared(score.fitness, original.fitness, sign=sign, margin=0.0) if both else None
        points[n] = replace(points[n], confirmed=score, against_original=comparison)
    means = {n: sign * statistics.fmean(s.fitness) for n, s in zip(chosen, scores, strict=True) if s.fitness}
    return replace(done, points=tuple(points), winner=max(means, key=lambda n: means[n], default=None))
