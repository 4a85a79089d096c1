"""What a random policy meets in a task, as words for prompts: a reward's scales are chosen by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eureka_agent.tasks.inspection import Recording
from eureka_agent.tasks.task import Task

QUANTILES = (0.05, 0.5, 0.95)
LONGEST_SHOWN = 4
"""Vectors up to this length are told element by element, longer ones over all elements together."""


@dataclass(frozen=True)
class Untrained:
    """What is told of a random policy."""

    signals: Mapping[str, str]
    """For each signal the `QUANTILES` of its values; of short vectors, element by element."""
    scores: str
    """The lowest, mean and highest score of its episodes; empty where none ended."""


def untrained(recording: Recording) -> Untrained:
    """Describe the recorded random policy; nothing is told of `prev_` signals."""
    signals = {
        name: _quantiles(array.reshape(recording.rows, -1).astype(np.float64))
        for name, array in recording.signals.items()
        if not name.startswith("prev_")
    }
    scores = recording.fitness_per_episode
    scores = scores[np.isfinite(scores)]
    told = [f"{value:.3g}" for value in (scores.min(), scores.mean(), scores.max())] if len(scores) else []
    return Untrained(signals, ", ".join(told))


def as_if_measured(task: Task) -> Untrained:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    quantiles = ", ".join(["-0.0099"] * len(QUANTILES))
    told = {s.name: "; ".join([quantiles] * _groups(int(np.prod(s.shape)))) for s in task.signals}
    return Untrained(told, quantiles)


def _groups(columns: int) -> int:
    return columns if columns <= LONGEST_SHOWN else 1


def _quantiles(rows: np.ndarray) -> str:
    groups = np.array_split(rows, _groups(rows.shape[1]), axis=1)
    told = [", ".join(f"{value:.2g}" for value in np.quantile(group, QUANTILES)) for group in groups]
    return "; ".join(told)
