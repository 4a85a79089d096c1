"""Where a candidate's reward comes from on a device: a traced program, the environment, or its fitness.

A provider is called inside the iteration's program, with one candidate's rollout of T steps in N worlds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import io_callback

from eureka_agent.rewards.jax_program import DeviceReward
from eureka_agent.tasks.sparse import SparseReward, pays_each_step
from eureka_agent.tasks.task import PROGRESS, Task
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.evaluation_rewards import EvaluationSteps
from eureka_agent.training.reward_provider import RewardBatch

Memory = dict[str, Any]


class DeviceSteps(NamedTuple):
    """One candidate's rollout as its reward sees it, every array `(T, N, ...)`."""

    signals: Mapping[str, Any]
    native_reward: Any
    done: Any
    first: Any
    progress: Any
    """Scalar or `(N,)`, traced: the share of the training that was done."""


class DeviceRewardBatch(NamedTuple):
    """Reward and components, float32 `(T, N)`, and the memory after the last step."""

    reward: Any
    components: dict[str, Any]
    memory: Memory


class DeviceRewardProvider(Protocol):
    """Gives the rewards of a rollout, as traced arrays."""

    signals: tuple[str, ...]
    """The measured signals it needs from the rollout."""
    components: tuple[str, ...]
    """Their names in order, which a compiled program does not keep."""

    def initial_memory(self, num_envs: int) -> Memory:
        """Return its memory before the first step, each `(num_envs, ...)`."""
        ...

    def __call__(self, rollout: DeviceSteps, memory: Memory) -> DeviceRewardBatch:
        """Return rewards `(T, N)`; called once per rollout, in order."""
        ...


class TracedRewardProvider:
    """A generated reward, admitted as a program."""

    def __init__(self, reward: DeviceReward, task: Task) -> None:
        self._reward = reward
        self.signals = task.measured(reward.arguments)
        self._reads_progress = len(self.signals) < len(reward.arguments)
        self.components = reward.components

    def initial_memory(self, num_envs: int) -> Memory:
        """Return the reward's memory, each `(num_envs, ...)`; see `DeviceReward.initial_memory`."""
        return self._reward.initial_memory(num_envs)

    def __call__(self, rollout: DeviceSteps, memory: Memory) -> DeviceRewardBatch:
        """Pay all steps at once, or one after the other where the reward remembers."""
        given = {name: rollout.signals[name] for name in self.signals}
        if self._reads_progress:
            progress = jnp.asarray(rollout.progress, jnp.float32)
            given[PROGRESS.name] = jnp.broadcast_to(progress, rollout.first.shape)
        if memory:
            return self._in_order(given, rollout.first, memory)
        shape = rollout.first.shape
        rows = {name: array.reshape(-1, *array.shape[2:]) for name, array in given.items()}
        output = self._reward(rows, {})
        columns = {name: column.reshape(shape) for name, column in output.components.items()}
        return DeviceRewardBatch(output.reward.reshape(shape), columns, {})

    def _in_order(self, given: Mapping[str, Any], first: Any, memory: Memory) -> DeviceRewardBatch:
        fresh = self._reward.initial_memory(first.shape[1])

        def step(memory: Memory, now: Any) -> Any:
            signals, begins = now
            begun = {name: _rows_where(begins, fresh[name], array) for name, array in memory.items()}
            output = self._reward(signals, begun)
            return output.memory, (output.reward, output.components)

        memory, (reward, components) = jax.lax.scan(step, memory, (given, first))
        return DeviceRewardBatch(reward, components, memory)


class DeviceNativeReward:
    """The environment's own reward."""

    signals: tuple[str, ...] = ()
    components: tuple[str, ...] = ("native",)

    def initial_memory(self, num_envs: int) -> Memory:
        """Return nothing: it has no memory."""
        return {}

    def __call__(self, rollout: DeviceSteps, memory: Memory) -> DeviceRewardBatch:
        """Return the native reward as its only component."""
        return DeviceRewardBatch(rollout.native_reward, {"native": rollout.native_reward}, {})


class DeviceSparseReward:
    """The task's fitness as reward: per step on the device where it is defined so, else from the host.

    Whole episodes are scored by Python code of the task that branches on what it sees. For it the host
    remembers each world's episode, and answers once a rollout.
    """

    components: tuple[str, ...] = ("fitness",)

    def __init__(self, task: Task, worlds: DeviceWorlds, num_envs: int) -> None:
        self._task, self._worlds = task, worlds
        self._sparse = SparseReward(task, num_envs)
        self.signals = tuple(signal.name for signal in task.all_signals)

    def initial_memory(self, num_envs: int) -> Memory:
        """Return nothing: the host keeps the memory."""
        return {}

    def __call__(self, rollout: DeviceSteps, memory: Memory) -> DeviceRewardBatch:
        """Return the fitness earned in each step."""
        if pays_each_step(self._task):
            shape = rollout.first.shape
            rows = {name: array.reshape(-1, *array.shape[2:]) for name, array in rollout.signals.items()}
            reward = self._task.fitness.sign * self._worlds.fitness(rows).reshape(shape)
        else:
            kind = jax.ShapeDtypeStruct(rollout.first.shape, np.float32)
            given = (dict(rollout.signals), rollout.native_reward, rollout.done)
            reward = io_callback(self._on_host, kind, *given, ordered=True)
        return DeviceRewardBatch(reward, {"fitness": reward}, {})

    def _on_host(self, signals: Any, native_reward: Any, done: Any) -> np.ndarray:
        steps = {name: np.asarray(array) for name, array in signals.items()}
        native, ended = np.asarray(native_reward), np.asarray(done)
        paid = [
            self._sparse.step({name: array[t] for name, array in steps.items()}, native[t], ended[t])
            for t in range(len(ended))
        ]
        return np.stack(paid)


class EpisodePay:
    """Pays whole episodes by a provider's program, nothing being learned from them.

    A program is compiled for each number of steps: they are padded to powers of two.
    """

    def __init__(self, provider: DeviceRewardProvider) -> None:
        self._provider, self._program = provider, jax.jit(provider)

    def __call__(self, steps: EvaluationSteps) -> RewardBatch:
        """Return the rewards `(T, N)` of episodes from their first step to their last."""
        count, episodes = steps.first.shape
        more = (1 << (count - 1).bit_length()) - count
        native, done, first = (_padded(a, more) for a in (steps.native_reward, steps.done, steps.first))
        given = {name: _padded(steps.signals[name], more) for name in self._provider.signals}
        memory = self._provider.initial_memory(episodes)
        asked = DeviceSteps(given, native, done, first, steps.progress)
        found = jax.device_get(self._program(asked, memory))
        in_order = {name: found.components[name][:count] for name in self._provider.components}
        return RewardBatch(found.reward[:count], in_order)


def _padded(array: np.ndarray, more: int) -> np.ndarray:
    return np.concatenate([array, np.repeat(array[-1:], more, axis=0)])


def _rows_where(mask: Any, chosen: Any, others: Any) -> Any:
    return jnp.where(mask.reshape(-1, *([1] * (others.ndim - 1))), chosen, others)
