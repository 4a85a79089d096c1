"""A few numbers that say what happened in an episode, made from its signals and from nothing else.

Which they are is decided once for a task from recorded episodes: of many statistics those are kept that
together explain most of what differs between the episodes. No fitness, reward or component is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

Array = np.ndarray
MOST_FEATURES = 12
MOST_ELEMENTS = 8
"""Vectors up to this length are looked at number by number, longer ones by their length."""
CLIPPED = 5.0
"""A feature is at most so many standard deviations of the recorded episodes from their mean."""
_ENOUGH = 0.01
"""A feature that explains a smaller share of the variance of all statistics is left out."""
_AS_MUCH = 0.999
"""What explains this share of what the best one does is as good, and the first of these is taken: else
rounding would choose between two signals that say the same."""


_STRICT = ConfigDict(extra="forbid")


class Measured(Protocol):
    """The part of a trajectory that features read."""

    @property
    def signals(self) -> Mapping[str, Array]:
        """Each `(T, ...)`, `prev_` ones included."""
        ...


_STATISTICS: Mapping[str, Callable[[Array, float], float]] = {
    "mean": lambda steps, _: float(steps.mean()),
    "distance": lambda steps, usual: float(np.abs(steps - usual).mean()),
    "motion": lambda steps, _: float(np.abs(np.diff(steps)).mean()) if len(steps) > 1 else 0.0,
    "largest": lambda steps, _: float(steps.max()),
    "smallest": lambda steps, _: float(steps.min()),
    "end": lambda steps, _: float(_end(steps).mean()),
    "end distance": lambda steps, usual: float(np.abs(_end(steps) - usual).mean()),
}
"""From one number a step, `(T,)`, and its usual value: distances are counted from the latter."""

_WORDS = {
    "mean": "mean of {}",
    "distance": "mean distance of {} from {:.3g}",
    "motion": "mean change of {} in a step",
    "largest": "largest {}",
    "smallest": "smallest {}",
    "end": "mean of {} in the last quarter",
    "end distance": "mean distance of {} from {:.3g} in the last quarter",
}
LENGTH = "length"
"""The statistic that reads no signal: how many steps the episode had."""


@with_config(_STRICT)
@dataclass(frozen=True)
class Feature:
    """One number of an episode."""

    statistic: str
    signal: str = ""
    element: int | None = None
    """Of a vector; None is the number itself, and of a long vector its Euclidean length."""
    usual: float = 0.0
    """Median over the recorded steps."""

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.statistic == LENGTH:
            return "number of steps"
        stream = self.signal if self.element is None else f"{self.signal}[{self.element}]"
        return _WORDS[self.statistic].format(stream, self.usual)

    def of(self, signals: Mapping[str, Array]) -> float:
        """Return the number of an episode; KeyError where it lacks the signal."""
        if self.statistic == LENGTH:
            return float(len(next(iter(signals.values()))))
        steps = _stream(signals[self.signal], self.element)
        return _STATISTICS[self.statistic](steps, self.usual)


@with_config(_STRICT)
@dataclass(frozen=True)
class FeatureSet:
    """The features of a task, and what they are in recorded episodes."""

    features: tuple[Feature, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    """Mean and standard deviation of each over the episodes that they were chosen from."""

    def __len__(self) -> int:
        return len(self.features)

    @property
    def names(self) -> tuple[str, ...]:
        """Each in words."""
        return tuple(feature.name for feature in self.features)

    def of(self, trajectory: Measured) -> Array:
        """Return the standardised features of an episode, `(k,)` within `CLIPPED`.

        Raises KeyError where it lacks a signal.
        """
        return self.of_signals(trajectory.signals)

    def of_signals(self, signals: Mapping[str, Array]) -> Array:
        """Return the same from the episode's signals, each `(T, ...)`."""
        raw = np.array([feature.of(signals) for feature in self.features], np.float64)
        return _standardised(raw, np.array(self.centre), np.array(self.scale))

    def to_json(self) -> dict[str, Any]:
        """Return plain values, from which `from_json` makes the same."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> FeatureSet:
        """Read plain values; ValueError for what is no feature set."""
        try:
            read = _ADAPTER.validate_python(data)
        except ValidationError as error:
            raise ValueError("these are no features of episodes") from error
        numbers = (read.centre, read.scale, tuple(feature.usual for feature in read.features))
        if {len(one) for one in numbers} != {len(read)} or len(read) > MOST_FEATURES:
            raise ValueError("these are no features of episodes: their numbers do not fit together")
        known = all(f.statistic in (*_STATISTICS, LENGTH) and f.signal.isprintable() for f in read.features)
        if not known or not np.isfinite(numbers).all() or min(read.scale, default=1) <= 0:
            raise ValueError("these are no features of episodes: one of them cannot be measured")
        return read


NO_FEATURES = FeatureSet((), (), ())
_ADAPTER = TypeAdapter(FeatureSet)


def choose_features(trajectories: Sequence[Measured], *, most: int = MOST_FEATURES) -> FeatureSet:
    """Return the features that tell these episodes apart best, the most telling first.

    How long an episode was comes first, where that differs: it is what people see before anything else. Of
    all statistics of all signals, standardised over the episodes, that one comes next which explains most of
    the variance that those before it left (column subset selection by greedy orthogonalisation,
    arXiv 1312.6838). None is chosen twice, in other words or as a combination of others. The set is empty
    where the episodes are all the same, or fewer than two.
    """
    if len(trajectories) < 2:
        return NO_FEATURES
    candidates = list(_candidates(trajectories))
    raw = np.array([[f.of(t.signals) for f in candidates] for t in trajectories], np.float64)
    centre, scale = raw.mean(axis=0), raw.std(axis=0)
    differ = scale > 1e-6 * (1e-12 + np.abs(centre))
    columns = np.where(differ, _standardised(raw, centre, np.where(differ, scale, 1.0)), 0.0)
    chosen = _telling(columns, most)
    return FeatureSet(
        tuple(candidates[index] for index in chosen),
        tuple(float(centre[index]) for index in chosen),
        tuple(float(scale[index]) for index in chosen),
    )


def _telling(columns: Array, most: int) -> list[int]:
    """Return which columns `(episodes, statistics)` explain most of all of them, at most so many."""
    left, chosen = columns.copy(), []
    total = float((columns**2).sum())
    while len(chosen) < most and total > 0.0:
        products = left.T @ left
        own = np.diag(products)
        usable = own > 1e-9 * total
        explained = np.where(usable, (products**2).sum(axis=0) / np.where(usable, own, 1.0), 0.0)
        best = int(np.argmax(explained >= _AS_MUCH * explained.max()))
        if not chosen and usable[0]:
            best = 0  # the length
        elif explained[best] < _ENOUGH * total:
            break
        chosen.append(best)
        direction = left[:, best] / np.sqrt(own[best])
        left -= np.outer(direction, direction @ left)
    return chosen


def _candidates(trajectories: Sequence[Measured]) -> Iterator[Feature]:
    """Yield every statistic of every signal that all episodes have; identifiers (integers) are no numbers."""
    yield Feature(LENGTH)
    names = set.intersection(*(set(t.signals) for t in trajectories))
    for name, array in trajectories[0].signals.items():
        if name.startswith("prev_") or name not in names or array.dtype.kind != "f":
            continue
        for element in _elements(array.shape[1:]):
            steps = np.concatenate([_stream(t.signals[name], element) for t in trajectories])
            usual = float(np.median(steps))
            for statistic in _STATISTICS:
                yield Feature(statistic, name, element, usual)


def _elements(shape: tuple[int, ...]) -> Sequence[int | None]:
    small = len(shape) == 1 and shape[0] <= MOST_ELEMENTS
    return range(shape[0]) if small else (None,)


def _stream(array: Array, element: int | None) -> Array:
    """Return one number a step, float64 `(T,)`."""
    steps = np.asarray(array, np.float64)
    if element is not None:
        return steps[:, element]
    return steps if steps.ndim == 1 else np.sqrt((steps.reshape(len(steps), -1) ** 2).sum(axis=1))


def _end(steps: Array) -> Array:
    return steps[-max(1, len(steps) // 4) :]


def _standardised(raw: Array, centre: Array, scale: Array) -> Array:
    return np.clip((raw - centre) / scale, -CLIPPED, CLIPPED)
