"""Any Gymnasium environment as a batched simulator: single environments, measured all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import gymnasium as gym
import numpy as np

from eureka_agent.tasks.envs import Envs, LocalEnvs
from eureka_agent.tasks.observe import ActionCodec, leaves_of, policy_observation, policy_space
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

    def __init__(self, task: Task, num_envs: int, seeds: Sequence[int], *, envs: Envs | None = None) -> None:
        """`envs` are the environments with these seeds, where they are not to be built in this process."""
        if len(seeds) != num_envs:
            raise ValueError(f"{num_envs} worlds need as many seeds, got {len(seeds)}")
        self.task = task
        self.num_envs = num_envs
        self._envs: Envs = LocalEnvs(task, seeds) if envs is None else envs
        self.leaves = leaves_of(self._envs.observation_space)
        self.actions = ActionCodec.of(self._envs.action_space)
        self.policy_space = policy_space(self._envs.observation_space)
        self._tracker = SignalTracker(task, num_envs)
        self._first = np.ones(num_envs, dtype=bool)
        self.state: dict[str, Array] = {}
        """State to act on next, each `(num_envs, ...)`."""
        self.final_state: dict[str, Array] = {}
        """State after the last step, before any reset, each `(num_envs, ...)`."""

    @property
    def envs(self) -> Sequence[gym.Env]:
        """The environments, one a world; none where other processes step them."""
        return self._envs.envs if isinstance(self._envs, LocalEnvs) else ()

    @property
    def action_space(self) -> gym.Space:
        """The environment's own action space; `step` takes batches of its values."""
        return self.actions.space

    def reset(self) -> Array:
        """Begin a new episode in every world and return the policy's observations `(num_envs, d)`."""
        self.state = self._envs.reset()
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
        taken = self._envs.step(actions)
        self.final_state = taken.after
        signals = self._tracker.step(self.actions.encode(actions), self.final_state) if measure else {}
        fitness = self.task.fitness_step if measure else None
        result = StepResult(
            policy_obs=(final := policy_observation(self.leaves, self.final_state)),
            final_policy_obs=final,
            signals=signals,
            native_reward=taken.native_reward,
            terminated=taken.terminated,
            truncated=taken.truncated,
            fitness_step=None if fitness is None else np.asarray(fitness(signals), dtype=np.float32),
            first=self._first,
        )
        return self._begin_anew(result, taken.fresh)

    def _begin_anew(self, result: StepResult, fresh: dict[str, Array]) -> StepResult:
        """Go on with new episodes where one ended, and show their first observations to the policy."""
        done = result.done
        self.state = self.final_state
        self._first = done
        if not done.any():
            return result
        ended = np.flatnonzero(done)
        self.state = {name: _scattered(array, ended, fresh[name]) for name, array in self.final_state.items()}
        self._tracker.reset(self.state, done)
        return replace(result, policy_obs=policy_observation(self.leaves, self.state))

    @property
    def supports_snapshot(self) -> bool:
        """Whether the environment offers its state; see `env_state`."""
        return self._envs.supports_snapshot

    def snapshot(self, worlds: Array | None = None) -> Snapshot:
        """Return the complete state of worlds `(k,)` (None: all); see `Simulator.snapshot`."""
        if not self.state:
            raise ValueError("call reset() before snapshot()")
        rows = every_row(self.num_envs, worlds)
        arrays = {name: array[rows] for name, array in self._remembered().items()}
        return Snapshot(self._source, arrays, tuple(self._envs.read_states(rows.tolist())))

    def restore(self, snapshot: Snapshot, worlds: Array | None = None) -> Array:
        """Continue worlds `(k,)` (None: all) from a snapshot; see `Simulator.restore`."""
        if not self.state:
            self.reset()
        rows = every_row(self.num_envs, worlds)
        snapshot.check(self._source, self._remembered(), len(rows))
        self._envs.write_states(rows.tolist(), snapshot.worlds)
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
        self._envs.retain([int(world) for world in worlds])
        self.state = {name: array[worlds] for name, array in self.state.items()}
        self.final_state = {name: array[worlds] for name, array in self.final_state.items()}
        self._tracker.retain(worlds)
        self._first = self._first[worlds]
        self.num_envs = len(worlds)

    def close(self) -> None:
        """Close every environment."""
        self._envs.close()

    def __enter__(self) -> GymWorlds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _scattered(array: Array, rows: Array, values: Array) -> Array:
    result = array.copy()
    result[rows] = values
    return result
