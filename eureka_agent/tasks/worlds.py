"""Any Gymnasium environment as a batched simulator: single environments stepped in order, in one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.env_state import no_state, read_state_of, write_state_of
from eureka_agent.tasks.observe import (
    ActionCodec,
    late_zeros,
    leaves_of,
    policy_observation,
    policy_space,
    stack_info,
    stack_leaf,
)
from eureka_agent.tasks.snapshot import Snapshot, every_row, part, with_rows
from eureka_agent.tasks.task import Array, Signals, Task
from eureka_agent.tasks.tracker import SignalTracker


@dataclass(frozen=True)
class StepResult:
    """What one control step of all worlds gave; every array has a leading axis `num_envs`."""

    policy_obs: Array
    """float32 `(num_envs, d)` to act on next: where an episode ended, the next one's first observation."""
    final_policy_obs: Array
    """float32 `(num_envs, d)` after the step and before any reset: what a truncated value bootstraps from."""
    signals: Signals
    """Signals of this step, from the state before any reset."""
    native_reward: Array
    """float64 `(num_envs,)`, the environment's own reward."""
    terminated: Array
    truncated: Array
    fitness_step: Array | None
    """float32 `(num_envs,)`, or None where the task scores whole episodes only."""
    first: Array
    """bool `(num_envs,)`: this step was the first of its episode."""
    fault: Array | None = None
    """bool `(num_envs,)`: the simulator warned or failed, which ended the episode; None if nowhere."""

    @property
    def done(self) -> Array:
        """bool `(num_envs,)`: the episode ended with this step."""
        return self.terminated | self.truncated


class GymWorlds:
    """`num_envs` environments of one task, with same-step autoreset.

    Every environment is seeded at its first reset only, and keeps its own generator: the random numbers of
    one world never depend on another.
    """

    def __init__(self, task: Task, num_envs: int, seeds: Sequence[int]) -> None:
        if len(seeds) != num_envs:
            raise ValueError(f"{num_envs} worlds need as many seeds, got {len(seeds)}")
        self.task = task
        self.num_envs = num_envs
        self.envs: list[gym.Env] = [task.make_env() for _ in range(num_envs)]
        self.leaves = leaves_of(self.envs[0].observation_space)
        self.actions = ActionCodec.of(self.envs[0].action_space)
        self.policy_space = policy_space(self.envs[0].observation_space)
        self._shapes = {signal.name: signal.shape for signal in task.signals}
        self._tracker = SignalTracker(task, num_envs)
        self._first_seeds: list[int] | None = [int(seed) for seed in seeds]
        self._first = np.ones(num_envs, dtype=bool)
        self.state: dict[str, Array] = {}
        """State to act on next, each `(num_envs, ...)`."""
        self.final_state: dict[str, Array] = {}
        """State after the last step, before any reset, each `(num_envs, ...)`."""

    @property
    def action_space(self) -> gym.Space:
        """The environment's own action space; `step` takes batches of its values."""
        return self.actions.space

    def reset(self) -> Array:
        """Begin a new episode in every world and return the policy's observations `(num_envs, d)`."""
        given, self._first_seeds = self._first_seeds, None
        seeds = given or [None] * self.num_envs
        rows = [env.reset(seed=seed) for env, seed in zip(self.envs, seeds, strict=True)]
        observations, infos = [row[0] for row in rows], [row[1] for row in rows]
        self.state = self._read(range(self.num_envs), observations, infos, fresh=True)
        self.final_state = self.state
        self._tracker.reset(self.state)
        self._first = np.ones(self.num_envs, dtype=bool)
        return policy_observation(self.leaves, self.state)

    def step(self, actions: Array, *, measure: bool = True) -> StepResult:
        """Step every world once with actions `(num_envs, ...)`; continuous ones are clipped to the space.

        Without `measure` signals and fitness are left out, for callers that measure whole rollouts at once
        from `state` and `final_state`. One object's steps are all measured, or none of them.

        Raises TrainingError if an action is not finite, TaskError if an environment misbehaves.
        """
        if not self.state:
            raise ValueError("call reset() before step()")
        actions = self.actions.prepare(actions)
        rows = [env.step(self.actions.one(action)) for env, action in zip(self.envs, actions, strict=True)]
        observations, rewards, terminated, truncated, infos = zip(*rows, strict=True)
        self.final_state = self._read(range(self.num_envs), observations, infos)
        signals = self._tracker.step(self.actions.encode(actions), self.final_state) if measure else {}
        fitness = self.task.fitness_step if measure else None
        result = StepResult(
            policy_obs=(final := policy_observation(self.leaves, self.final_state)),
            final_policy_obs=final,
            signals=signals,
            native_reward=np.array(rewards, dtype=np.float64),
            terminated=np.array(terminated, dtype=bool),
            truncated=np.array(truncated, dtype=bool),
            fitness_step=None if fitness is None else np.asarray(fitness(signals), dtype=np.float32),
            first=self._first,
        )
        return self._autoreset(result)

    def _autoreset(self, result: StepResult) -> StepResult:
        """Begin new episodes where one ended, and show their first observations to the policy."""
        done = result.done
        self.state = self.final_state
        self._first = done
        if not done.any():
            return result
        ended = np.flatnonzero(done)
        rows = [self.envs[i].reset() for i in ended]
        fresh = self._read(ended, [row[0] for row in rows], [row[1] for row in rows], fresh=True)
        self.state = {name: _scattered(array, ended, fresh[name]) for name, array in self.final_state.items()}
        self._tracker.reset(self.state, done)
        return replace(result, policy_obs=policy_observation(self.leaves, self.state))

    def _read(
        self,
        worlds: Sequence[int] | range | Array,
        observations: Sequence[Any],
        infos: Sequence[Mapping[str, Any]],
        *,
        fresh: bool = False,
    ) -> dict[str, Array]:
        """Return the state of some worlds: observation leaves, `info` entries, what the task reads itself.

        `fresh` worlds were just reset.
        """
        state = {leaf.name: stack_leaf(leaf, observations) for leaf in self.leaves}
        for name, key in self.task.info.items():
            if fresh and name in self.task.late_info:
                state[name] = late_zeros(self.task, name, len(infos))
            else:
                state[name] = stack_info(name, key, self._shapes.get(name), infos)
        extra = [self.task.behaviour.read_state(self.envs[i]) for i in worlds]
        for name in extra[0]:
            state[name] = _stacked(name, [row[name] for row in extra])
        return state

    @property
    def supports_snapshot(self) -> bool:
        """Whether the environment offers its state; see `env_state`."""
        return not no_state(self.envs[0])

    def snapshot(self, worlds: Array | None = None) -> Snapshot:
        """Return the complete state of worlds `(k,)` (None: all); see `Simulator.snapshot`."""
        if not self.state:
            raise ValueError("call reset() before snapshot()")
        rows = every_row(self.num_envs, worlds)
        arrays = {name: array[rows] for name, array in self._remembered().items()}
        return Snapshot(self._source, arrays, tuple(read_state_of(self.envs[row]) for row in rows))

    def restore(self, snapshot: Snapshot, worlds: Array | None = None) -> Array:
        """Continue worlds `(k,)` (None: all) from a snapshot; see `Simulator.restore`."""
        if not self.state:
            self.reset()
        rows = every_row(self.num_envs, worlds)
        snapshot.check(self._source, self._remembered(), len(rows))
        for row, state in zip(rows, snapshot.worlds, strict=True):
            write_state_of(self.envs[row], state)
        self._tracker.restore(rows, snapshot)
        self.state = with_rows(self.state, rows, snapshot.part("state"))
        self.final_state = with_rows(self.final_state, rows, snapshot.part("final_state"))
        self._first = with_rows({"first": self._first}, rows, snapshot.part("clock"))["first"]
        return policy_observation(self.leaves, self.state)

    @property
    def _source(self) -> str:
        return f"GymWorlds of {self.task.name}"

    def _remembered(self) -> dict[str, Array]:
        return {
            **part("state", self.state),
            **part("final_state", self.final_state),
            **part("tracker", self._tracker.snapshot()),
            **part("clock", {"first": self._first}),
        }

    def retain(self, worlds: Array) -> None:
        """Keep these worlds only, increasing indices `(k,)`; they are renumbered in this order."""
        kept = {int(world) for world in worlds}
        for index, env in enumerate(self.envs):
            if index not in kept:
                env.close()
        self.envs = [self.envs[world] for world in worlds]
        if self._first_seeds is not None:
            self._first_seeds = [self._first_seeds[world] for world in worlds]
        self.state = {name: array[worlds] for name, array in self.state.items()}
        self.final_state = {name: array[worlds] for name, array in self.final_state.items()}
        self._tracker.retain(worlds)
        self._first = self._first[worlds]
        self.num_envs = len(worlds)

    def close(self) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()

    def __enter__(self) -> GymWorlds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _scattered(array: Array, rows: Array, values: Array) -> Array:
    result = array.copy()
    result[rows] = values
    return result


def _stacked(name: str, rows: Sequence[Array]) -> Array:
    try:
        return np.stack([np.array(row) for row in rows])
    except ValueError as error:
        raise TaskError(
            f"read_state() gave '{name}' in different shapes.", allowed="one shape for all"
        ) from error
