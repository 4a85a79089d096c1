"""When a task's safety signals peak in an episode, and what changes around it: a hard landing shows so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.typical import Typical, changes, columns
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
MOST_PEAKS = 3
APART = 10
"""Steps from one peak to the next at least; of nearer ones the highest counts."""
CLEAR = 5.0
"""A peak is clear at five times the median size: noise around zero has a median size of 0.67 standard
deviations, so that a clear one would lie at 3.4 of them, once in more than a thousand steps."""
ROUNDING = 1e-6
"""Sizes below this are rounding of float32, also where the median is 0."""
VALLEY = 0.5
"""Between two peaks the size falls by half of what the lower one stands above the median: shoulders and
tremors of a broad one are no peaks of their own."""
BEFORE = 3
"""Steps before a peak over which a change counts as just before it."""
UNUSUAL = 2.0
"""A signal is told if it changes there by twice what it usually does in as many steps, and by twice what a
random step changes: what runs on steadily, or rests and hardly moves, says nothing of a peak."""
MOST_BESIDE = 4
LONGEST = 250
"""Characters of a sentence from which on no more signals are told: prompts have two of them."""


@dataclass(frozen=True)
class Peak:
    """A step on which a signal is larger than around it."""

    step: int
    value: float
    """With its sign."""
    element: int | None = None
    """Index of the largest element of a vector in row-major order; None of a scalar."""

    def __str__(self) -> str:
        where = f"step {self.step}" if self.element is None else f"step {self.step}, [{self.element}]"
        return f"{self.value:.4g} ({where})"


def observe_all_peaks(
    episodes: Sequence[Trajectory], signals: Sequence[str], typical: Typical | None = None
) -> Iterator[Observation]:
    """Yield the peaks of all episodes: each signal's worst episode first, then the second worst of each.

    The worst is the one with the highest peak, whatever it scores.
    """
    told: list[list[Observation]] = []
    for signal in signals:
        seen = [
            one
            for index, episode in enumerate(episodes)
            for one in observe_peaks(episode, (signal,), index, typical)
        ]
        told.append(sorted(seen, key=lambda one: -abs(one.values["highest"])))
    for places in zip_longest(*told):
        yield from (one for one in places if one is not None)


def observe_peaks(
    trajectory: Trajectory, signals: Sequence[str], episode: int = 0, typical: Typical | None = None
) -> Iterator[Observation]:
    """Yield for each of these signals its highest clear peaks, and which scalar signals change most then.

    Without `typical`, what random play changes in a step, changes are measured by the episode's own.
    """
    for signal in signals:
        if signal not in trajectory.signals:
            continue
        found = peaks(trajectory, signal)
        if not found:
            continue
        steps = [peak.step for peak in found]
        _, median = _sizes(trajectory, signal)
        beside = _beside(trajectory, signal, steps, typical)
        yield Observation(
            ObservationKind.PEAK,
            _sentence(signal, found, median, beside),
            episode=episode,
            steps=(min(steps), max(steps)),
            values={"highest": found[0].value, "median size": median},
        )


def peaks(trajectory: Trajectory, signal: str) -> list[Peak]:
    """Return the clear peaks of a signal's size in an episode, the highest first, at most `MOST_PEAKS`.

    The size of a vector is that of its largest element. Local maxima that do not stand apart from
    a higher one, or an earlier one as high, are suppressed; a plateau counts at its first step. Episodes may
    begin or end at a peak.
    """
    sizes, median = _sizes(trajectory, signal)
    around = np.concatenate([[-1.0], sizes, [-1.0]])  # the first and the last step have a neighbour, too
    tops = (sizes > around[:-2]) & (sizes >= around[2:]) & (sizes > max(CLEAR * median, ROUNDING))
    chosen: list[int] = []
    for step in sorted(np.flatnonzero(tops).tolist(), key=lambda step: -sizes[step]):
        if all(_apart(sizes, median, step, other) for other in chosen):
            chosen.append(step)
    return [_peak(trajectory, signal, step) for step in chosen[:MOST_PEAKS]]


def _apart(sizes: Array, median: float, step: int, higher: int) -> bool:
    """Tell whether a local maximum is a peak of its own beside a higher one."""
    first, last = sorted((step, higher))
    low = median + (1 - VALLEY) * (sizes[step] - median)
    return last - first >= APART and bool(sizes[first:last].min() <= low)


def _peak(trajectory: Trajectory, signal: str, step: int) -> Peak:
    row = columns(trajectory.signals[signal])[step]
    largest = int(np.argmax(np.abs(row)))
    return Peak(step, float(row[largest]), largest if len(row) > 1 else None)


def _sizes(trajectory: Trajectory, signal: str) -> tuple[Array, float]:
    """Return the size of a signal in each step, `(T,)`, and the median of it."""
    sizes = np.max(np.abs(columns(trajectory.signals[signal])), axis=1, initial=0.0)
    return sizes, float(np.median(sizes))


def _beside(trajectory: Trajectory, signal: str, steps: Sequence[int], typical: Typical | None) -> list[str]:
    """Return how the other scalar signals go just before these steps, the most unusual change first."""
    measure = typical or Typical.of([trajectory])
    if measure is None:
        return []
    moved, names = changes(trajectory, measure)
    gone = np.concatenate([np.zeros((1, len(names))), np.cumsum(moved, axis=0)])
    before = np.maximum(np.arange(len(gone)) - BEFORE, 0)
    net = np.abs(gone - gone[before])
    unusual = np.max(net[steps], axis=0, initial=0.0) / np.maximum(np.median(net, axis=0), 1.0)
    scalars = [place for place, name in enumerate(names) if "[" not in name and name != signal]
    chosen = sorted((place for place in scalars if unusual[place] > UNUSUAL), key=lambda p: -unusual[p])
    told = [names[place] for place in chosen[:MOST_BESIDE]]
    return [f"{name} {_ways(columns(trajectory.signals[name])[:, 0], steps)}" for name in told]


def _ways(values: Array, steps: Sequence[int]) -> str:
    """Return how a number goes from just before each step to it, e.g. `-2.9→-0.3, -2→0.1`."""
    pairs = ((values[max(step - BEFORE, 0)], values[step], step) for step in steps)
    return ", ".join(f"{_number(then)}→{_number(now)}" if step else _number(now) for then, now, step in pairs)


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}"


def _sentence(signal: str, found: Sequence[Peak], median: float, beside: Sequence[str]) -> str:
    *others, last = map(str, found)
    listed = f"{', '.join(others)} and {last}" if others else last
    times = f"{abs(found[0].value) / median:.3g}" if median > ROUNDING else ""
    height = f"{'up to ' * bool(others)}{times} times its median size of {median:.3g}"
    text = f"{signal} peaks at {listed}, {height if times else 'where its median is 0'}"
    joint = f"; {BEFORE} steps before and then: "
    for one in beside:
        if len(text) + len(joint) + len(one) < LONGEST:
            text, joint = f"{text}{joint}{one}", "; "
    return f"{text}."
