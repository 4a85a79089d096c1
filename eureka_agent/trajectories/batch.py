"""A batch of trajectories: the steps of N worlds as arrays `(T, N, ...)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eureka_agent.errors import TrajectoryError
from eureka_agent.tasks.task import Signals
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class TrajectoryBatch:
    """N worlds, each with its trajectories in sequence, T steps in all; a view without data of its own.

    Raises TrajectoryError where worlds have different numbers of steps or other signals than the first.
    """

    worlds: tuple[tuple[Trajectory, ...], ...]

    def __post_init__(self) -> None:
        lengths = {sum(trajectory.length for trajectory in world) for world in self.worlds}
        names = {frozenset(trajectory.signals) for world in self.worlds for trajectory in world}
        if len(lengths) != 1 or 0 in lengths or len(names) != 1:
            raise TrajectoryError(
                f"These trajectories do not stand side by side: their worlds have {sorted(lengths)} steps "
                f"and {len(names)} different lists of signals.",
                allowed="worlds of as many steps, one at least, with the same signals",
                fix="If they were read from a file, delete it; it is made anew when needed.",
            )

    @classmethod
    def of(cls, trajectories: Sequence[Trajectory]) -> TrajectoryBatch:
        """Batch trajectories listed world by world: signals `(T, N, ...)`; `earlier == 0` starts a world."""
        worlds: list[list[Trajectory]] = []
        for trajectory in trajectories:
            if trajectory.earlier == 0 or not worlds:
                worlds.append([])
            worlds[-1].append(trajectory)
        return cls(tuple(map(tuple, worlds)))

    @classmethod
    def in_a_row(cls, trajectories: Sequence[Trajectory]) -> TrajectoryBatch:
        """Join trajectories end to end into one world, signals `(T, 1, ...)`."""
        return cls((tuple(trajectories),))

    @property
    def trajectories(self) -> list[Trajectory]:
        """All of them, world by world."""
        return [trajectory for world in self.worlds for trajectory in world]

    @cached_property
    def signals(self) -> Signals:
        """Each `(T, N, ...)`, `prev_` ones included."""
        return {
            name: self._stacked([[t.signals[name] for t in world] for world in self.worlds])
            for name in self.worlds[0][0].signals
        }

    @cached_property
    def first(self) -> Array:
        """bool `(T, N)`: the step was the first of its episode."""
        return self._stacked([[np.arange(t.length) == 0 for t in world] for world in self.worlds])

    @property
    def progress(self) -> Array:
        """float32 `(T, N)`: of each step's trajectory."""
        return self._stacked(
            [[np.full(t.length, t.progress, np.float32) for t in world] for world in self.worlds]
        )

    def at_progress(self, progress: float) -> TrajectoryBatch:
        """Return the same steps, all as of policies after this share of a training."""
        return TrajectoryBatch(tuple(tuple(t.at_progress(progress) for t in world) for world in self.worlds))

    @property
    def rows(self) -> int:
        """Steps of all worlds together."""
        return int(self.first.size)

    @property
    def fitness_per_episode(self) -> Array:
        """float64 `(episodes,)` of the episodes that ended, world by world in the order they ended."""
        scores = [t.fitness for t in self.trajectories if t.fitness is not None]
        return np.asarray(scores, dtype=np.float64)

    def _stacked(self, worlds: Sequence[Sequence[Array]]) -> Array:
        return np.stack([np.concatenate(parts) for parts in worlds], axis=1)
