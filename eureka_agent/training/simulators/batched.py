"""What all our own batched simulators share: time limits, signals, same-step autoreset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils.seeding import np_random

from eureka_agent.tasks.observe import ActionCodec, policy_space
from eureka_agent.tasks.plain import packed, unpacked
from eureka_agent.tasks.snapshot import Snapshot, every_row, part, with_rows
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.tasks.tracker import SignalTracker
from eureka_agent.tasks.worlds import StepResult

Array = np.ndarray


class PhysicsStep(NamedTuple):
    """What one step of the physics gave, each `(num_envs,)`."""

    native_reward: Array
    """float64."""
    terminated: Array
    fault: Array | None = None
    """bool: the simulator could not vouch for this step; the episode ends here. None if all went well."""


class Physics(Protocol):
    """The dynamics of one Gymnasium environment for many worlds at once, equal to it step by step."""

    observation_space: gym.Space
    action_space: gym.Space

    def reset(self, worlds: Array, generators: Sequence[np.random.Generator]) -> None:
        """Begin an episode in worlds `(k,)`, each drawing from its own generator what Gymnasium draws."""
        ...

    def step(self, actions: Array) -> PhysicsStep:
        """Step every world with actions `(num_envs, ...)`, finite and inside the space."""
        ...

    def state(self) -> Mapping[str, Array]:
        """Return new arrays `(num_envs, ...)`: `obs` as float32, and whatever else a task reads."""
        ...

    def retain(self, worlds: Array) -> None:
        """Keep worlds `(k,)` only."""
        ...

    def snapshot(self) -> Mapping[str, Array]:
        """Return what the next step depends on, each `(num_envs, ...)`; not to be written to."""
        ...

    def restore(self, worlds: Array, snapshot: Mapping[str, Array]) -> None:
        """Restore worlds `(k,)` to states from `snapshot`, each array `(k, ...)`."""
        ...


class BatchedWorlds:
    """A task's worlds on batched physics; a `Simulator`."""

    def __init__(self, task: Task, physics: Physics, seeds: Sequence[int]) -> None:
        self.task = task
        self.num_envs = len(seeds)
        self.policy_space: spaces.Box = policy_space(physics.observation_space)
        self.actions = ActionCodec.of(physics.action_space)
        self.state: Mapping[str, Array] = {}
        self.final_state: Mapping[str, Array] = {}
        self._physics = physics
        self._generators = [np_random(int(seed))[0] for seed in seeds]
        self._tracker = SignalTracker(task, self.num_envs)
        self._elapsed = np.zeros(self.num_envs, dtype=np.int64)
        self._first = np.ones(self.num_envs, dtype=bool)

    @property
    def action_space(self) -> gym.Space:
        """The environment's own action space."""
        return self.actions.space

    def reset(self) -> Array:
        """Begin an episode in every world; returns `(num_envs, dim)`, see `Simulator.reset`."""
        self._physics.reset(np.arange(self.num_envs), self._generators)
        self._elapsed[:] = 0
        self._first = np.ones(self.num_envs, dtype=bool)
        self.state = self.final_state = self._physics.state()
        self._tracker.reset(self.state)
        return self.state["obs"]

    def step(self, actions: Array, *, measure: bool = True) -> StepResult:
        """Step every world once with actions `(num_envs, ...)`; see `Simulator.step`."""
        if not self.state:
            raise ValueError("call reset() before step()")
        actions = self.actions.prepare(actions)
        moved = self._physics.step(actions)
        self._elapsed += 1
        self.state = self.final_state = self._physics.state()
        signals = self._tracker.step(self.actions.encode(actions), self.state) if measure else None
        return self._autoreset(self._result(signals, moved), measure=measure)

    supports_snapshot = True

    def snapshot(self, worlds: Array | None = None) -> Snapshot:
        """Return the complete state of worlds `(k,)` (None: all); see `Simulator.snapshot`."""
        if not self.state:
            raise ValueError("call reset() before snapshot()")
        rows = every_row(self.num_envs, worlds)
        arrays = {name: array[rows] for name, array in self._remembered().items()}
        return Snapshot(self._source, arrays, tuple(packed(self._generators[row]) for row in rows))

    def restore(self, snapshot: Snapshot, worlds: Array | None = None) -> Array:
        """Continue worlds `(k,)` (None: all) from a snapshot; see `Simulator.restore`."""
        if not self.state:
            self.reset()
        rows = every_row(self.num_envs, worlds)
        snapshot.check(self._source, self._remembered(), len(rows))
        for row, generator in zip(rows, snapshot.worlds, strict=True):
            self._generators[row] = unpacked(generator)
        self._physics.restore(rows, snapshot.part("physics"))
        self._tracker.restore(rows, snapshot)
        self.state = with_rows(self.state, rows, snapshot.part("state"))
        self.final_state = with_rows(self.final_state, rows, snapshot.part("final_state"))
        clock = with_rows({"elapsed": self._elapsed, "first": self._first}, rows, snapshot.part("clock"))
        self._elapsed, self._first = clock["elapsed"], clock["first"]
        return self.state["obs"]

    @property
    def _source(self) -> str:
        return f"{type(self._physics).__name__} of {self.task.name}"

    def _remembered(self) -> dict[str, Array]:
        return {
            **part("state", self.state),
            **part("final_state", self.final_state),
            **part("tracker", self._tracker.snapshot()),
            **part("physics", self._physics.snapshot()),
            **part("clock", {"elapsed": self._elapsed, "first": self._first}),
        }

    def retain(self, worlds: Array) -> None:
        """Keep worlds `(k,)` only; see `Simulator.retain`."""
        self._physics.retain(worlds)
        self._tracker.retain(worlds)
        self._generators = [self._generators[world] for world in worlds]
        self._elapsed, self._first = self._elapsed[worlds], self._first[worlds]
        self.state = {name: array[worlds] for name, array in self.state.items()}
        self.final_state = {name: array[worlds] for name, array in self.final_state.items()}
        self.num_envs = len(worlds)

    def close(self) -> None:
        """Nothing is held that needs closing."""

    def _result(self, signals: Signals | None, moved: PhysicsStep) -> StepResult:
        fitness = self.task.fitness_step if signals is not None else None
        terminated = moved.terminated if moved.fault is None else moved.terminated | moved.fault
        return StepResult(
            policy_obs=self.state["obs"],
            final_policy_obs=self.state["obs"],
            signals=signals or {},
            native_reward=moved.native_reward,
            terminated=terminated,
            truncated=self._elapsed >= self.task.max_episode_steps,
            fitness_step=None if fitness is None else np.asarray(fitness(signals or {}), dtype=np.float32),
            first=self._first,
            fault=moved.fault,
        )

    def _autoreset(self, result: StepResult, *, measure: bool) -> StepResult:
        done = result.done
        self._first = done
        if not done.any():
            return result
        ended = np.flatnonzero(done)
        self._physics.reset(ended, [self._generators[world] for world in ended])
        self._elapsed[ended] = 0
        self.state = self._physics.state()
        if measure:
            self._tracker.reset(self.state, done)
        return replace(result, policy_obs=self.state["obs"])
