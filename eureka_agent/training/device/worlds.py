"""A task's worlds on a device: signals, time limits and same-step autoreset around MJX, as pure functions.

What `simulators/batched.py` does with arrays that change, here functions do from one state to the next, so
that a whole rollout can be traced. All rows are worlds; whose candidate they are matters to nobody here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces

from eureka_agent.errors import TaskError
from eureka_agent.tasks.observe import ActionCodec, flat_rows, policy_space
from eureka_agent.tasks.plain import packed, unpacked
from eureka_agent.tasks.portable import Portable
from eureka_agent.tasks.snapshot import Snapshot
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.simulators.mjx import DevicePhysicsStep

Rows = dict[str, Any]


class DeviceWorldState(NamedTuple):
    """Everything that n worlds remember."""

    bodies: Any
    """What the physics remembers, `(n, ...)`."""
    state: Rows
    """What to act on next, each `(n, ...)`."""
    last: Rows
    """The signals of the step before, or of the beginning."""
    elapsed: Any
    """int32 `(n,)`: steps of the running episode."""


class Stepped(NamedTuple):
    """One control step: what training needs of a `tasks.worlds.StepResult`, as arrays of the device."""

    signals: Rows
    """With their `prev_`, from the state before any reset."""
    final_observation: Any
    native_reward: Any
    terminated: Any
    truncated: Any
    first: Any
    fault: Any

    @property
    def done(self) -> Any:
        """bool `(n,)`."""
        return self.terminated | self.truncated


class DevicePhysics(Protocol):
    """The dynamics of one environment for many worlds at once, to be traced; see `MjxPhysics`."""

    observation_space: gym.Space
    action_space: gym.Space

    def reset(self, keys: Any) -> tuple[Any, Rows]:
        """Return bodies and states at the beginning of an episode for each of the `keys` `(n,)`."""
        ...

    def step(self, bodies: Any, actions: Any) -> DevicePhysicsStep:
        """Return bodies and states after a control step with n actions inside the space, as a batch of it."""
        ...


class DeviceWorlds:
    """The worlds of one task."""

    def __init__(self, task: Task, physics: DevicePhysics) -> None:
        portable = Portable(jnp)
        self.task = portable.task(task)
        self.physics = physics
        self.policy_space: spaces.Box = policy_space(physics.observation_space)
        self.actions = ActionCodec.of(physics.action_space)
        self._flat_rows = portable.function(flat_rows)

    def begin(self, keys: Any) -> DeviceWorldState:
        """Begin an episode in a world for each of the `keys` `(n,)`."""
        bodies, state = self.physics.reset(keys)
        first = self._signals(self.task.behaviour.initial_signals(state), "initial_signals", len(keys))
        return DeviceWorldState(bodies, state, first, jnp.zeros(len(keys), jnp.int32))

    def step(self, worlds: DeviceWorldState, actions: Any) -> tuple[DeviceWorldState, Stepped]:
        """Step every world once with n actions of the space, clipped where continuous; nothing is reset."""
        actions = self._prepared(actions)
        moved = self.physics.step(worlds.bodies, actions)
        shown = self._flat_rows(self.actions.space, actions)
        measured = self.task.behaviour.signals(worlds.state, shown, moved.state)
        now = self._signals(measured, "signals", len(actions))
        fault = moved.fault | ~_finite(moved.state) | ~_finite(now)
        # A step that went wrong may leave anything behind: the world stays where it was and its episode ends.
        bodies, state, now = _where(fault, (worlds.bodies, worlds.state, worlds.last),
                                    (moved.bodies, moved.state, now))  # fmt: skip
        elapsed = worlds.elapsed + 1
        stepped = Stepped(
            signals={**now, **{f"prev_{name}": array for name, array in worlds.last.items()}},
            final_observation=state["obs"],
            native_reward=jnp.where(fault, 0.0, moved.native_reward),
            terminated=moved.terminated | fault,
            truncated=elapsed >= self.task.max_episode_steps,
            first=worlds.elapsed == 0,
            fault=fault,
        )
        return DeviceWorldState(bodies, state, now, elapsed), stepped

    def restart(self, worlds: DeviceWorldState, done: Any, fresh: DeviceWorldState) -> DeviceWorldState:
        """Return the worlds with those of `done` `(n,)` exchanged for `fresh` ones."""
        return _where(done, fresh, worlds)

    def snapshot(self, worlds: DeviceWorldState, keys: Any) -> Snapshot:
        """Return worlds, and the keys of any shape that what comes next is drawn from, as plain data."""
        leaves, _ = jax.tree_util.tree_flatten_with_path(jax.device_get(worlds))
        arrays = {jax.tree_util.keystr(path): np.array(leaf) for path, leaf in leaves}
        drawn = {"keys": packed(np.asarray(jax.random.key_data(keys)))}
        return Snapshot(self._source, arrays, (None,) * len(worlds.elapsed), drawn)

    def restore(self, snapshot: Snapshot) -> tuple[DeviceWorldState, Any]:
        """Return the worlds and the keys of a snapshot; the same actions then lead to the same steps."""
        keys = jax.random.split(jax.random.key(0), snapshot.num_envs)
        leaves, tree = jax.tree_util.tree_flatten_with_path(jax.eval_shape(self.begin, keys))
        expected = {jax.tree_util.keystr(path): leaf for path, leaf in leaves}
        snapshot.check(self._source, expected, snapshot.num_envs)
        worlds = tree.unflatten([snapshot.arrays[name] for name in expected])
        drawn = jax.random.wrap_key_data(jnp.asarray(unpacked(snapshot.shared["keys"])))
        return jax.device_put((worlds, drawn))

    @property
    def _source(self) -> str:
        return f"DeviceWorlds of {self.task.name}"

    def fitness(self, signals: Rows) -> Any:
        """Return the task's fitness of each row, `(n,)`; only for tasks that have one for a step."""
        assert self.task.fitness_step is not None
        return jnp.asarray(self.task.fitness_step(signals), jnp.float32)

    def _prepared(self, actions: Any) -> Any:
        space = self.actions.space
        if not isinstance(space, spaces.Box):
            return actions
        low, high = space.low.astype(np.float32), space.high.astype(np.float32)
        return jnp.clip(actions.reshape(len(actions), *space.shape), low, high)

    def _signals(self, measured: Mapping[str, Any], function: str, rows: int) -> Signals:
        """Return every declared signal in its declared type; raises TaskError for a wrong shape."""
        made = {}
        for signal in self.task.signals:
            array = jnp.asarray(measured[signal.name]).astype(signal.dtype)
            if array.shape != (rows, *signal.shape):
                raise TaskError(
                    f"Task '{self.task.name}': the signal '{signal.name}' of {function}() has shape "
                    f"{array.shape} on a device, declared is {(rows, *signal.shape)}.",
                    fix="Correct the task's task.py or the [[signals]] in its task.toml.",
                )
            made[signal.name] = array
        return made


def _finite(rows: Mapping[str, Any]) -> Any:
    """Return bool `(n,)`: where every value of every array is finite."""
    checks = [
        jnp.isfinite(array).reshape(len(array), -1).all(axis=1)
        for array in rows.values()
        if jnp.issubdtype(array.dtype, jnp.floating)
    ]
    return jnp.stack(checks).all(axis=0)


def _where(mask: Any, chosen: Any, others: Any) -> Any:
    """Pick whole rows: of `chosen` where `mask` `(n,)` holds, of `others` elsewhere."""

    def pick(one: Any, other: Any) -> Any:
        return jnp.where(mask.reshape(-1, *([1] * (jnp.ndim(one) - 1))), one, other)

    return jax.tree.map(pick, chosen, others)
