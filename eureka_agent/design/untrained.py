"""What a random policy meets in a task, as words for prompts: a reward's scales are chosen by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from eureka_agent.design.quantiles import as_long_as_quantiles, quantiles_of
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.batch import TrajectoryBatch


@dataclass(frozen=True)
class Untrained:
    """What is told of a random policy."""

    signals: Mapping[str, str]
    """For each signal the quantiles of its values; of short vectors, element by element."""
    scores: str
    """The lowest, mean and highest score of its episodes; empty where none ended."""


def untrained(recording: TrajectoryBatch, safety: Collection[str] = ()) -> Untrained:
    """Describe the random policy of a recording with signals `(T, N, ...)`; of `safety` extremes, too."""
    rows = {name: array.reshape(-1, *array.shape[2:]) for name, array in recording.signals.items()}
    scores = recording.fitness_per_episode
    scores = scores[np.isfinite(scores)]
    told = [f"{value:.3g}" for value in (scores.min(), scores.mean(), scores.max())] if len(scores) else []
    return Untrained(quantiles_of(rows, safety), ", ".join(told))


def as_if_measured(task: Task) -> Untrained:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    return Untrained(as_long_as_quantiles(task), "-0.0099, -0.0099, -0.0099")
