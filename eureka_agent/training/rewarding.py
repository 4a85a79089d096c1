"""Where a training's reward comes from: a reward worker, the environment itself, or the sparse baseline."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from eureka_agent.isolation.client import RewardWorker
from eureka_agent.tasks.fitness import SparseReward
from eureka_agent.tasks.worlds import StepResult

Array = np.ndarray


class StepReward(NamedTuple):
    """The reward of one step of all worlds."""

    reward: Array
    """float32 `(num_envs,)`."""
    components: dict[str, Array]


class RewardSource(Protocol):
    """Gives the reward of a step; called once a step, in order."""

    def __call__(self, step: StepResult) -> StepReward:
        """Return the reward of every world for the step just taken."""
        ...


class WorkerReward:
    """A generated reward, asked in its own locked-down process."""

    def __init__(self, worker: RewardWorker, arguments: tuple[str, ...], *, timeout_s: float = 5.0) -> None:
        self._worker = worker
        self._arguments = arguments
        self._timeout_s = timeout_s

    def __call__(self, step: StepResult) -> StepReward:
        """Ask the worker; raises what the worker's client raises."""
        signals = {name: step.signals[name] for name in self._arguments}
        output = self._worker.compute(signals, resets=step.first, timeout_s=self._timeout_s)
        return StepReward(output.reward, dict(output.components))


class NativeReward:
    """The environment's own reward."""

    def __call__(self, step: StepResult) -> StepReward:
        """Return the native reward as its only component."""
        reward = step.native_reward.astype(np.float32)
        return StepReward(reward, {"native": reward})


class SparseBaseline:
    """The task's fitness as reward: per step where it is defined so, else paid at the episode's end."""

    def __init__(self, sparse: SparseReward) -> None:
        self._sparse = sparse

    def __call__(self, step: StepResult) -> StepReward:
        """Return the fitness earned in this step."""
        reward = self._sparse.step(step.signals, step.native_reward, step.done, first=step.first)
        return StepReward(reward, {"fitness": reward})
