"""Captions of measured numbers: words for the range that each of a few signals lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captions import NONE, Array, Captions, tidied
from eureka_agent.tasks.task import CaptionPart, Signal, Task
from eureka_agent.trajectories.trajectory import Trajectory

MOST_SIGNALS = 5
"""Signals that generated captions tell of."""
TAILS = (0.1, 0.9)
"""Quantiles of random play where "middle" begins and ends: what random actions seldom do has its own name."""
_MOST_DIGITS = 6
_ROUNDED = 0.05
"""Share of their distance by which rounding may move the two."""
_MOST_RANGES = 2**62
_MOST_TEXTS = 65_536
"""Texts that are remembered between rollouts."""


class DescribedSignals:
    """Joins the words of its parts, `"the car is on the left hill, fast to the right"`.

    All numbers of a step become one code; only distinct codes become texts. `legend` says what the signals of
    generated captions mean, a line each, for an annotator that knows nothing of the task.
    """

    def __init__(self, parts: Sequence[CaptionPart], legend: Sequence[str] = ()) -> None:
        if not parts or np.prod([float(len(part.words)) for part in parts]) > _MOST_RANGES:
            raise ConfigError(
                f"Captions of {len(parts)} parts cannot be made.",
                allowed="one part or more, with up to 2^62 combinations of their ranges",
                fix="Describe fewer signals, or in fewer ranges.",
            )
        self.parts = tuple(parts)
        self.legend = tuple(legend)
        self.signals = tuple(dict.fromkeys(part.signal for part in parts))
        self._texts: dict[int, str] = {}

    @classmethod
    def of_task(cls, task: Task, trajectories: Sequence[Trajectory] = ()) -> DescribedSignals:
        """Return those that the task declares, or else those of a recording of random play."""
        return cls(task.captions) if task.captions else cls.of_recording(task, trajectories)

    @classmethod
    def of_recording(cls, task: Task, trajectories: Sequence[Trajectory]) -> DescribedSignals:
        """Generate them from the first scalar signals that vary in a recording of random play.

        Raises ConfigError where none does.
        """
        told = [signal for signal in task.signals if signal.shape == () and signal.dtype == "float32"]
        found = [(signal, _edges(_values(signal, trajectories))) for signal in told]
        varying = [(signal, edges) for signal, edges in found if edges is not None][:MOST_SIGNALS]
        if not varying:
            raise ConfigError(
                f"Task '{task.name}' has no scalar signal that varies in random play.",
                allowed="[[captions]] in its task.toml, or a scalar signal that varies",
                fix="Declare captions, or caption the task's events.",
            )
        legend = [f"{_spoken(signal)}: {signal.meaning}" for signal, _ in varying if signal.meaning]
        return cls([_generated(signal, edges) for signal, edges in varying], legend)

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        """Return the captions of T steps of N worlds; see `Captioner`."""
        codes, unknown = np.zeros(first.shape, np.int64), np.zeros(first.shape, bool)
        for part in self.parts:
            numbers = (
                signals[part.signal] if part.element is None else signals[part.signal][..., part.element]
            )
            codes *= len(part.words)
            codes += _ranges(part, numbers)
            unknown |= np.isnan(numbers)
        distinct, inverse = np.unique(codes, return_inverse=True)
        texts: dict[str, int] = {}
        places = np.full(len(distinct), NONE, np.int32)
        for place, code in enumerate(distinct.tolist()):
            if text := self._text(code):
                places[place] = texts.setdefault(text, len(texts))
        index = places[inverse].reshape(first.shape)
        return _without(index, tuple(texts), unknown) if unknown.any() else Captions(index, tuple(texts))

    def _text(self, code: int) -> str:
        if (known := self._texts.get(code)) is not None:
            return known
        if len(self._texts) >= _MOST_TEXTS:
            self._texts.clear()
        return self._texts.setdefault(code, self._joined(code))

    def _joined(self, code: int) -> str:
        words: list[str] = []
        for part in reversed(self.parts):
            code, place = divmod(code, len(part.words))
            words.append(part.words[place])
        return tidied(", ".join(word for word in reversed(words) if word))


def _without(index: Array, texts: tuple[str, ...], unknown: Array) -> Captions:
    """Return captions without those of steps with a number that is none: they would tell the lowest range."""
    rows = [[None if n == NONE else texts[n] for n in row] for row in np.where(unknown, NONE, index)]
    return Captions.of(rows)


def _ranges(part: CaptionPart, numbers: Array) -> Array:
    """Return `(T, N)`: which of the part's ranges each number is in; edges are rounded as the numbers are."""
    found = np.zeros(numbers.shape, np.int64)
    for edge in np.asarray(part.edges, np.float32 if numbers.dtype == np.float32 else np.float64):
        found += numbers >= edge
    return found


def _values(signal: Signal, trajectories: Sequence[Trajectory]) -> Array:
    recorded = [episode.signals[signal.name] for episode in trajectories if signal.name in episode.signals]
    return np.concatenate(recorded).astype(np.float64) if recorded else np.zeros(0)


def _edges(values: Array) -> tuple[str, str] | None:
    """Return the tails' quantiles in as few digits as tell them apart; None where the numbers hardly vary."""
    low, high = np.quantile(values, TAILS) if values.size else (0.0, 0.0)
    for digits in range(2, _MOST_DIGITS + 1):
        # Rounded first: an edge is the very number that the words name.
        told = f"{low + 0.0:.{digits}g}", f"{high + 0.0:.{digits}g}"
        off = max(abs(float(told[0]) - low), abs(float(told[1]) - high))
        if off <= _ROUNDED * (high - low) and float(told[0]) < float(told[1]):
            return told
    return None


def _generated(signal: Signal, edges: tuple[str, str]) -> CaptionPart:
    name, unit, (low, high) = _spoken(signal), f" {signal.unit}" if signal.unit else "", edges
    words = (
        f"{name} low (below {low}{unit})",
        f"{name} middle ({low} to {high}{unit})",
        f"{name} high ({high}{unit} or more)",
    )
    return CaptionPart(signal.name, (float(low), float(high)), words)


def _spoken(signal: Signal) -> str:
    return signal.name.replace("_", " ")
