"""Where a candidate's reward comes from, a whole rollout at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from eureka_agent.isolation.client import RewardWorker
from eureka_agent.tasks.sparse import SparseReward
from eureka_agent.tasks.task import PROGRESS, Signals, Task

Array = np.ndarray
ROLLOUT_TIMEOUT_S = 5.0
"""Time limit of a reward for a whole rollout, in seconds; its thread and other candidates wait for it."""


Progress = float | Array
"""From 0 to 1: of all steps, or what `(T, N)` values are broadcast from, e.g. `(N,)` of each episode."""


class RolloutSteps(Protocol):
    """What a reward sees of one candidate's rollout: T steps of N worlds, every array `(T, N, ...)`."""

    @property
    def signals(self) -> Signals:
        """Each `(T, N, ...)`: those that the provider names, or more."""
        ...

    @property
    def native_reward(self) -> Array:
        """The environment's own reward, `(T, N)`."""
        ...

    @property
    def done(self) -> Array:
        """bool `(T, N)`: the episode ended with the step."""
        ...

    @property
    def first(self) -> Array:
        """bool `(T, N)`: the step was the first of its episode."""
        ...

    @property
    def progress(self) -> Progress:
        """The share of the training that was done when the steps were taken: the signal `progress`."""
        ...


class RewardBatch(NamedTuple):
    """The rewards of a rollout, each float32 `(T, N)`."""

    reward: Array
    components: dict[str, Array]


class RewardProvider(Protocol):
    """Computes the rewards of a rollout; called once per rollout, in order."""

    signals: tuple[str, ...]
    """The measured signals it needs from the rollout."""

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Return reward and components."""
        ...


class WorkerRewardProvider:
    """A generated reward, evaluated in its own locked-down process."""

    def __init__(self, worker: RewardWorker, task: Task, *, timeout_s: float = ROLLOUT_TIMEOUT_S) -> None:
        self._worker, self._task = worker, task
        self._timeout_s = timeout_s
        self.signals = task.measured(worker.arguments)

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Query the worker; raises what the worker's client raises."""
        given = readable(self._task, rollout.signals, rollout.progress, rollout.first)
        output = self._worker.compute_rollout(given, resets=rollout.first, timeout_s=self._timeout_s)
        return RewardBatch(output.reward, dict(output.components))


def readable(task: Task, signals: Signals, progress: Progress, first: Array) -> Signals:
    """Return what a reward may read of T steps of N worlds: `signals` and `progress`, each `(T, N, ...)`.

    There is always something in it: by it a worker learns how many rows there are.
    """
    if not task.offers_progress:
        return signals or {"rows": first}
    # A view of one number: a reward that does not read it is given nothing more.
    return {PROGRESS.name: np.broadcast_to(np.asarray(progress, np.float32), first.shape), **signals}


class NativeRewardProvider:
    """The environment's own reward."""

    signals: tuple[str, ...] = ()

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Return the native reward as its only component."""
        reward = rollout.native_reward.astype(np.float32)
        return RewardBatch(reward, {"native": reward})


class SparseRewardProvider:
    """The task's fitness as reward: per step if it is defined per step, else at the end of the episode."""

    def __init__(self, task: Task, num_envs: int) -> None:
        self._sparse = SparseReward(task, num_envs)
        self.signals = tuple(signal.name for signal in task.all_signals)

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Return the fitness earned in each step."""
        steps = zip(rollout.native_reward, rollout.done, rollout.first, strict=True)
        rewards = [
            self._sparse.step(
                {name: array[t] for name, array in rollout.signals.items()}, native, done, first=first
            )
            for t, (native, done, first) in enumerate(steps)
        ]
        reward = np.stack(rewards)
        return RewardBatch(reward, {"fitness": reward})


def reward_provider_of(
    task: Task, kind: str, num_envs: int, worker: Mapping[str, Any] | None, fds: Sequence[int]
) -> RewardProvider:
    """Return the provider of a job; `worker` and `fds` are what `RewardWorker.handle` gave elsewhere."""
    if kind == "native":
        return NativeRewardProvider()
    if kind == "sparse":
        return SparseRewardProvider(task, num_envs)
    assert worker is not None
    return WorkerRewardProvider(RewardWorker.attach(worker, fds), task)
