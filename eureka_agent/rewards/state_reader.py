"""The state that signals are measured from, read from an environment or a batch: always new arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.rewards.wrapped_reward import all_finite
from eureka_agent.tasks.observe import (
    ActionCodec,
    Leaf,
    check_leaf,
    late_zeros,
    leaves_of,
    numeric_info,
    stack_info,
    stack_leaf,
)
from eureka_agent.tasks.task import Array, Task


class _LeafReader:
    """One leaf of an observation, taken as it is where it is as its space says."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf, self.name = leaf, leaf.name
        self._shape, self._source = leaf.shape, leaf.space.dtype
        identifiers = isinstance(leaf.space, (gym.spaces.Discrete, gym.spaces.MultiDiscrete))
        self._target = np.dtype(np.int32 if identifiers else np.float32)

    def one(self, observation: Any) -> Array:
        """Return this leaf of one observation, `(1, ...)`; raises TaskError where it leaves its space."""
        array = np.asarray(self.leaf.pick(observation))
        if array.dtype == self._source and array.shape == self._shape:
            row = array[None].astype(self._target)
            if all_finite(row):
                return row
        return stack_leaf(self.leaf, [observation])

    def batch(self, observations: Any, count: int) -> Array:
        """Return this leaf of a batch, `(count, ...)`; raises TaskError where it leaves its space."""
        array = np.asarray(self.leaf.pick(observations))
        if array.dtype == self._source and array.shape == (count, *self._shape):
            rows = array.astype(self._target)
            if all_finite(rows):
                return rows
        return check_leaf(self.leaf, array)


class StateReader:
    """Reads observation leaves and `info`; what stands inside environments is read by `read_inside`."""

    def __init__(self, observation_space: gym.Space) -> None:
        self._leaves = [_LeafReader(leaf) for leaf in leaves_of(observation_space)]

    def one(self, task: Task, observation: Any, info: Mapping[str, Any], *, fresh: bool) -> dict[str, Array]:
        """Return the state of one environment, each `(1, ...)`; `fresh` right after a reset."""
        state = {reader.name: reader.one(observation) for reader in self._leaves}
        for name, key in task.info.items():
            late = name in task.late_info
            state[name] = late_zeros(task, name, 1) if fresh and late else stack_info(name, key, None, [info])
        return state

    def batch(
        self, task: Task, observations: Any, infos: Mapping[str, Any], *, due: Array, fresh: Array
    ) -> dict[str, Array]:
        """Return the state of a batch of worlds, each `(num_envs, ...)`.

        `due` and `fresh` are bool `(num_envs,)`: the worlds that `infos` must tell of, and those among them
        that were just reset.
        """
        state = {reader.name: reader.batch(observations, len(due)) for reader in self._leaves}
        for name, key in task.info.items():
            late = name in task.late_info
            state[name] = _column(task, name, infos, key, due & ~fresh if late else due)
            if late:
                state[name][fresh] = 0
        return state

    def put_final(
        self, state: dict[str, Array], task: Task, final_obs: Any, final_info: Mapping[str, Any], ended: Array
    ) -> None:
        """Write the last observation and `info` of the worlds `ended` (indices) into a state."""
        for reader in self._leaves:
            for world in ended:
                state[reader.name][world] = _final_row(reader.leaf, final_obs, int(world))
        for name, key in task.info.items():
            due = np.zeros(len(state[name]), dtype=bool)
            due[ended] = True
            state[name][ended] = _column(task, name, final_info, key, due)[ended]


def read_inside(task: Task, envs: list[gym.Env]) -> dict[str, Array]:
    """Return what a task reads from inside environments, copied: simulators go on in the same memory."""
    rows = [task.behaviour.read_state(env) for env in envs]
    if len(rows) == 1:
        return {name: np.array(value)[None] for name, value in rows[0].items()}
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _column(task: Task, name: str, infos: Mapping[str, Any], key: str, due: Array) -> Array:
    """Return an entry of a vector environment's `infos`; TaskError where a row that is due lacks it."""
    if not due.any():
        return late_zeros(task, name, len(due))
    there = np.asarray(infos.get(f"_{key}", key in infos))
    if key not in infos or not (there | ~due).all():
        raise _missing(name, key)
    values = np.array(infos[key])
    if values.dtype == object:  # of a kind that Gymnasium does not batch
        rows = [numeric_info(value) if asked else None for value, asked in zip(values, due, strict=True)]
        if any(row is None and asked for row, asked in zip(rows, due, strict=True)):
            raise _missing(name, key)
        shape = next(row.shape for row in rows if row is not None)
        values = np.stack([np.zeros(shape) if row is None else row for row in rows])
    return values


def _missing(name: str, key: str) -> TaskError:
    return TaskError(
        f"infos['{key}'] is missing, but the signal '{name}' is read from it.",
        allowed="a numeric entry at reset and at every step",
    )


def _final_row(leaf: Leaf, final_obs: Any, world: int) -> Array:
    """Return one world's last observation: vector environments keep it by world, or batched by leaf."""
    if isinstance(final_obs, np.ndarray) and final_obs.dtype == object:
        return stack_leaf(leaf, [final_obs[world]])[0]
    return check_leaf(leaf, np.array(leaf.pick(final_obs))[world : world + 1])[0]


class ActionReader:
    """Actions as the signal `action` shows them: float32 `(num_envs, d)`, one-hot if discrete."""

    def __init__(self, space: gym.Space) -> None:
        self._codec = ActionCodec.of(space)
        self._start = int(space.start) if isinstance(space, gym.spaces.Discrete) else None
        self._rows = np.eye(self._codec.dim, dtype=np.float32) if self._start is not None else None

    def batch(self, actions: Any) -> Array:
        """Return a batch of actions; raises TrainingError if a continuous one is not finite."""
        actions = np.asarray(actions)
        if self._rows is not None:  # the environment took them, so they are in range
            choices = actions.reshape(-1)
            return self._rows.take(choices - self._start if self._start else choices, axis=0)
        return self._codec.encode(self._codec.prepare(actions))

    def one(self, action: Any) -> Array:
        """Return one action, `(1, d)`; raises TrainingError if a continuous one is not finite."""
        return self.batch(np.asarray(action)[None])
