"""Do two rewards agree about the same recorded steps: in their order, in whole episodes, and where not?

Only orders are compared: a reward may pay in any unit and from any zero on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eureka_agent.analysis.columns import columns_of, is_paid
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
FEWEST = 3
"""Fewer steps or episodes have no order to speak of."""
MOST_APART = 3
"""Steps that are cited of two rewards."""
MOST_SIGNALS = 8
"""Signals that are told of a cited step: those that lie farthest from their median."""
LEAST_APART = 0.25
"""Ranks that lie less than a quarter of all steps apart are no disagreement worth a citation."""


@dataclass(frozen=True, eq=False)
class PaidEpisode:
    """One recorded episode and what several rewards pay for it."""

    name: str
    """Whose it is and which, in words: what a citation says."""
    trajectory: Trajectory
    paid: Mapping[str, Array]
    """Reward by name to `(T,)`."""


class Apart(NamedTuple):
    """A step on which two rewards disagree."""

    episode: str
    step: int
    ranks: tuple[float, float]
    """The share of all steps that either reward pays less than this one, from 0 to 1."""
    paid: tuple[float, float]
    signals: Mapping[str, float]


@dataclass(frozen=True)
class Agreement:
    """How far two rewards agree."""

    one: str
    other: str
    steps: float | None
    """Spearman's rank correlation of what they pay in each step; None where either is constant."""
    returns: float | None
    """Kendall's tau of what they pay for whole episodes; None where either is constant, or too few ended."""
    apart: tuple[Apart, ...] = ()


def agreement(one: str, other: str, episodes: Sequence[PaidEpisode], read: Sequence[str] = ()) -> Agreement:
    """Compare two rewards on recorded episodes; `read` are the signals that tell what a step was."""
    known = [episode for episode in episodes if one in episode.paid and other in episode.paid]
    if not known:
        return Agreement(one, other, None, None)
    mine, theirs = (np.concatenate([e.paid[name] for e in known]) for name in (one, other))
    steps, apart = rank_correlation(mine, theirs), ()
    if steps is not None:
        apart = tuple(_apart(one, other, known, read))
    whole = [e for e in known if e.trajectory.ended]
    returns = tau(*([float(e.paid[name].sum()) for e in whole] for name in (one, other)))
    return Agreement(one, other, steps, returns, apart)


def agreement_with_fitness(name: str, episodes: Sequence[PaidEpisode], sign: float) -> float | None:
    """Return Kendall's tau between what a reward pays for whole episodes and their fitness.

    `sign` is -1 where less is better.
    """
    scored = [
        (float(e.paid[name].sum()), sign * e.trajectory.fitness)
        for e in episodes
        if e.trajectory.fitness is not None and name in e.paid
    ]
    return tau([paid for paid, _ in scored], [fitness for _, fitness in scored])


def rank_correlation(one: Array, other: Array) -> float | None:
    """Return Spearman's rank correlation; None where one does not vary, or there are fewer than three."""
    from scipy import stats

    if not _varied(one) or not _varied(other):
        return None
    return _finite(float(np.asarray(stats.spearmanr(one, other))[0]))


def tau(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Kendall's tau-b; None where one does not vary, or there are fewer than three."""
    from scipy import stats

    if not _varied(np.asarray(one)) or not _varied(np.asarray(other)):
        return None
    return _finite(float(np.asarray(stats.kendalltau(one, other))[0]))


def _apart(one: str, other: str, episodes: Sequence[PaidEpisode], read: Sequence[str]) -> list[Apart]:
    """Return the steps whose ranks differ most: one an episode, so that neighbours are not told twice."""
    lengths = [episode.trajectory.length for episode in episodes]
    ranks = [_ranks(np.concatenate([e.paid[name] for e in episodes])) for name in (one, other)]
    gap = np.split(np.abs(ranks[0] - ranks[1]), np.cumsum(lengths)[:-1])
    worst = sorted(range(len(episodes)), key=lambda place: -gap[place].max())
    begins = np.cumsum([0, *lengths])
    middle, spread = _typical(episodes, read)
    found = []
    for place in worst[:MOST_APART]:
        step = int(gap[place].argmax())
        if gap[place][step] < LEAST_APART:
            break
        row, episode = int(begins[place]) + step, episodes[place]
        paid = (float(episode.paid[one][step]), float(episode.paid[other][step]))
        seen = {name: float(values[step]) for name, values in _columns(episode.trajectory, read).items()}
        told = sorted(seen, key=lambda name: -abs(seen[name] - middle[name]) / spread[name])[:MOST_SIGNALS]
        signals = {name: seen[name] for name in seen if name in told}
        found.append(Apart(episode.name, step, (float(ranks[0][row]), float(ranks[1][row])), paid, signals))
    return found


def _ranks(values: Array) -> Array:
    """Return for each value the share of all that lie below it, ties in the middle; from 0 to 1."""
    from scipy import stats

    return (stats.rankdata(values) - 0.5) / len(values)


def _columns(trajectory: Trajectory, read: Sequence[str]) -> dict[str, Array]:
    """Return the columns of the signals that are read, `prev_` ones as the signal itself."""
    wanted = {name.removeprefix("prev_") for name in read}
    return {
        name: values
        for name, values in columns_of(trajectory).items()
        if not is_paid(name) and name.partition("[")[0] in wanted
    }


def _typical(
    episodes: Sequence[PaidEpisode], read: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return median and spread of each column over all episodes."""
    each = [_columns(episode.trajectory, read) for episode in episodes]
    joined = {name: np.concatenate([columns[name] for columns in each]) for name in each[0]}
    middle = {name: float(np.median(values)) for name, values in joined.items()}
    return middle, {name: float(values.std()) or 1.0 for name, values in joined.items()}


def _varied(values: Array) -> bool:
    return len(values) >= FEWEST and float(np.ptp(values)) > 0.0


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
