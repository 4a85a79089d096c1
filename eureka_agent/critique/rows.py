"""Recorded steps as the probe gives them to a reward, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eureka_agent.rewards.source import RewardSource
from eureka_agent.tasks.task import PROGRESS
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.batch import TrajectoryBatch

Array = np.ndarray

MAX_ROWS = 1024
STAGES = (0.0, 0.5, 1.0)
"""Shares of a training at which a reward that reads `progress` is asked: its terms may come and go."""


@dataclass(frozen=True)
class Rows:
    """Recorded signals as `(T, N, ...)`; T is 1 for rewards without memory."""

    signals: dict[str, Array]
    first: Array

    @classmethod
    def of(cls, parsed: RewardSource, recording: TrajectoryBatch) -> Rows:
        """Return what a reward reads of a recording, at most `MAX_ROWS` steps of it.

        For a reward that reads `progress` every world is there once at each of `STAGES`.
        """
        signals = {name: recording.signals[name] for name in parsed.arguments if name in recording.signals}
        first = recording.first
        if PROGRESS.name in parsed.arguments and PROGRESS.name not in signals:
            signals, first = _at_stages(signals, first)
        if parsed.uses_memory:
            steps = max(1, MAX_ROWS // first.shape[1])
            return cls({name: x[:steps] for name, x in signals.items()}, first[:steps])
        flat = {name: x.reshape(1, -1, *x.shape[2:])[:, :MAX_ROWS] for name, x in signals.items()}
        return cls(flat, first.reshape(1, -1)[:, :MAX_ROWS])

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self.first.size

    def worlds(self, index: Array) -> Rows:
        """Return the same steps of other worlds, or of the same ones in another order."""
        return Rows({name: x[:, index] for name, x in self.signals.items()}, self.first[:, index])

    def replacing(self, name: str, values: Array) -> Rows:
        """Return the same steps with other values of one signal."""
        return Rows({**self.signals, name: values}, self.first)

    def starts(self, index: Array) -> Rows:
        """Return single steps, counted over all of them, each as the first and only one of an episode."""
        flat = {name: x.reshape(1, -1, *x.shape[2:])[:, index] for name, x in self.signals.items()}
        return Rows(flat, np.ones((1, len(index)), dtype=bool))

    def beside(self, other: Rows) -> Rows:
        """Return these worlds and then those of another one."""
        signals = {name: np.concatenate([x, other.signals[name]], axis=1) for name, x in self.signals.items()}
        return Rows(signals, np.concatenate([self.first, other.first], axis=1))


def _at_stages(signals: dict[str, Array], first: Array) -> tuple[dict[str, Array], Array]:
    """Return every world at each stage, next to one another, so that a part of them has all stages."""
    stages = np.tile(np.array(STAGES, np.float32), (len(first), first.shape[1]))
    repeated = {name: np.repeat(x, len(STAGES), axis=1) for name, x in signals.items()}
    return {**repeated, PROGRESS.name: stages}, np.repeat(first, len(STAGES), axis=1)


Run = Callable[[Rows], RewardBatch]
"""Asks the reward; raises RewardError where it fails, WorkerError where its process does."""
