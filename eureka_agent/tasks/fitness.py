"""Scoring episodes: `Fitness` is a function of a trajectory with a version; a task's own is `TaskFitness`.

A recorded episode can be scored again by any other fitness. Only `TaskFitness` reads `reduce`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.tasks.task import Array, Task

_REDUCED: Mapping[str, Callable[[Array], float]] = {
    "sum": lambda steps: float(np.sum(steps, dtype=np.float64)),
    "mean": lambda steps: float(np.mean(steps, dtype=np.float64)),
    "last": lambda steps: float(steps[-1]),
    "max": lambda steps: float(np.max(steps)),
    "any": lambda steps: float(np.any(steps > 0)),
}
"""How per-step fitness `(T,)` becomes an episode's."""

_SO_FAR: Mapping[str, Callable[[Array], Array]] = {
    "sum": lambda steps: np.cumsum(steps, dtype=np.float64),
    "mean": lambda steps: np.cumsum(steps, dtype=np.float64) / np.arange(1, len(steps) + 1),
    "last": lambda steps: steps,
    "max": np.maximum.accumulate,
    "any": lambda steps: np.logical_or.accumulate(steps > 0),
}
"""The same after each step, `(T,)`."""


MOST_BEGINNINGS = 32
"""Beginnings of an episode that are scored where whole ones are: enough to see when it was decided."""


class Scorable(Protocol):
    """The data of a whole episode of T steps that a fitness reads; every trajectory provides it."""

    @property
    def signals(self) -> Mapping[str, Array]:
        """Each `(T, ...)`, `prev_` ones included."""
        ...

    @property
    def native_reward(self) -> Array | None:
        """The environment's own reward `(T,)`; None where it was not recorded."""
        ...


class Fitness(Protocol):
    """A score of behaviour."""

    @property
    def version(self) -> str:
        """Scores of different versions must not be compared; another definition has another version."""
        ...

    def __call__(self, trajectory: Scorable) -> float:
        """Return the score of a whole episode; EurekaError where it cannot be scored."""
        ...


class TaskFitness:
    """The fitness of a task: the one place that turns per-step fitness into an episode's score."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._reduce = task.fitness.reduce
        self.version = str(task.fitness.version)

    @property
    def by_episode(self) -> bool:
        """Whether the task scores whole episodes itself, from the signals of all their steps."""
        return self._reduce == "episode"

    @property
    def by_return(self) -> bool:
        """Whether the fitness is the sum of the environment's own rewards."""
        return self._reduce == "native_return"

    @property
    def by_step(self) -> bool:
        """Whether the fitness follows from the task's fitness of every step."""
        return not (self.by_episode or self.by_return)

    def __call__(self, trajectory: Scorable) -> float:
        """Return the fitness of a whole episode.

        Raises TaskError where it is not a finite number, or what it is computed from was not recorded.
        """
        native = trajectory.native_reward
        if self.by_return and native is None:
            raise TaskError(
                f"Task '{self._task.name}' is scored by its environment's reward, which was not recorded.",
                allowed="trajectories with their native reward",
                fix="Record the episode again: earlier versions kept signals only.",
            )
        return self.of_signals(trajectory.signals, 0.0 if native is None else float(native.sum()))

    def of_signals(self, signals: Mapping[str, Array], native_return: float) -> float:
        """Return the fitness of a whole episode from its signals, each `(T, ...)`, `prev_` ones included.

        `native_return` is the sum of the environment's own rewards. Raises TaskError as calling does.
        """
        if self.by_return:
            return self._finite(float(native_return))
        if self.by_step:
            return self.of_steps(self.steps(signals), native_return)
        if self._task.fitness_episode is None:
            raise self._without("fitness_episode")
        return self._finite(float(self._task.fitness_episode(signals)))

    def of_steps(self, steps: Array | None, native_return: float) -> float:
        """Return the fitness of a whole episode from its per-step fitness `(T,)`; not if `by_episode`.

        `steps` may be None if `by_return`. Raises TaskError as calling does.
        """
        if self.by_return:
            return self._finite(float(native_return))
        if steps is None or self.by_episode:
            raise self._without("fitness_step")
        return self._finite(_REDUCED[self._reduce](steps))

    def so_far(self, steps: Array | None, native_reward: Array) -> Array | None:
        """Return the fitness as if the episode had ended with each step, float32 `(T,)`.

        `steps` is the per-step fitness `(T,)`, None if `by_return`; the result is None if `by_episode`.
        """
        if self.by_return:
            return np.cumsum(native_reward, dtype=np.float64).astype(np.float32)
        if steps is None or self.by_episode:
            return None  # a score of every beginning would cost the square of the episode's length
        return np.asarray(_SO_FAR[self._reduce](steps)).astype(np.float32)

    def of_beginnings(
        self, signals: Mapping[str, Array], native_reward: Array, *, most: int = MOST_BEGINNINGS
    ) -> Array | None:
        """Return the fitness as if a whole episode had ended with each step, float32 `(T,)`.

        At most `most` beginnings are scored; steps between two of them show the shorter one's score.
        None where the task cannot score a beginning: it may be too short for what it looks for.
        """
        total = len(native_reward)
        ends = np.unique(np.ceil(np.linspace(0, total, most + 1)[1:]).astype(int))
        try:
            scores = [
                self.of_signals({n: a[:end] for n, a in signals.items()}, float(native_reward[:end].sum()))
                for end in ends
            ]
        except (EurekaError, ArithmeticError, LookupError, TypeError, ValueError):
            return None
        known = np.maximum(np.searchsorted(ends, np.arange(1, total + 1), side="right") - 1, 0)
        return np.array(scores, np.float32)[known]

    def steps(self, signals: Mapping[str, Array]) -> Array:
        """Return the per-step fitness, float32 `(rows,)`; TaskError if there is none, or of another shape."""
        if self._task.fitness_step is None:
            raise self._without("fitness_step")
        steps = np.asarray(self._task.fitness_step(dict(signals)), dtype=np.float32)
        rows = len(next(iter(signals.values())))
        if steps.shape != (rows,):
            raise TaskError(
                f"Task '{self._task.name}': fitness_step() returned shape {steps.shape} for {rows} rows.",
                allowed="one number a row, `(num_envs,)`",
            )
        return steps

    def _finite(self, value: float) -> float:
        if not math.isfinite(value):
            raise TaskError(
                f"Task '{self._task.name}': the fitness of an episode is {value}.",
                allowed="a finite number for every episode",
                fix="Correct the fitness in the task's task.py.",
            )
        return value

    def _without(self, function: str) -> TaskError:
        return TaskError(
            f"Task '{self._task.name}' has no {function}(), which fitness.reduce = '{self._reduce}' needs.",
            fix="Add it to the task's task.py, or choose another reduce.",
        )


def needed_function(reduce: str) -> str | None:
    """Return which function of a `task.py` a way to reduce needs; None for the environment's own return."""
    if reduce == "native_return":
        return None
    return "fitness_episode" if reduce == "episode" else "fitness_step"
