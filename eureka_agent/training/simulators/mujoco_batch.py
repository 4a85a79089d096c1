"""Gymnasium's MuJoCo environments on `mujoco.batch`: one model, many simulations, stepped by C++ threads.

States equal Gymnasium's bit for bit. On a reset everything a simulation remembers is put back first: without
that the warm start and the controls of the finished episode would leak into the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from mujoco.batch import Batch, SimulationError

from eureka_agent.errors import TaskError
from eureka_agent.training.simulators.batched import PhysicsStep
from eureka_agent.training.simulators.mujoco_bodies import MujocoBody

Array = np.ndarray
Generators = Sequence[np.random.Generator]

_NO_STAGE = 0  # mjtStage.mjSTAGE_NONE: a reset whose state is written before anything is computed


class MujocoPhysics:
    """The simulations of one Gymnasium environment's model; a `Physics`.

    `fields` are entries of `MjData` that the task reads, `info` its entries of `info` by their names in the
    state.
    """

    def __init__(
        self,
        env: Any,
        body: MujocoBody,
        num_envs: int,
        *,
        fields: Sequence[str],
        info: Mapping[str, str],
        threads: int,
    ) -> None:
        self.observation_space = env.observation_space
        self.action_space = env.action_space
        # Constants are looked up at every step; `dt` is computed anew each time by Gymnasium's own.
        self._env: Any = SimpleNamespace(**vars(env), dt=env.dt)
        self._body = body
        self._batch = Batch(env.model, num_envs, threads)
        self._counts = self._batch.warning[:, :, 1]
        self._warned, self._warned_total = self._counts.sum(axis=1), int(self._counts.sum())
        self._rows: Array | None = None  # simulations still in use; None for all of them
        self._qpos, self._qvel, self._ctrl = (self._batch.bind(name) for name in ("qpos", "qvel", "ctrl"))
        self._fields = {name: self._batch.bind(name) for name in (*fields, *body.reads)}
        self._shown = tuple(fields)
        self._mark = np.zeros(num_envs)
        """What the native reward compares the next state with: not to be computed again, see `snapshot`."""
        self._info: dict[str, Callable[..., Array]] = {name: body.info[key] for name, key in info.items()}

    def reset(self, worlds: Array, generators: Generators) -> None:
        """Draw positions and velocities of worlds `(k,)` as Gymnasium does; see `Physics.reset`."""
        ids = worlds if self._rows is None else self._rows[worlds]
        self._batch.reset(ids, stage=_NO_STAGE)
        for row, generator in zip(ids, generators, strict=True):
            self._qpos[row], self._qvel[row] = self._body.draw(self._env, generator)
        try:
            self._batch.forward(ids)
        except SimulationError as error:
            raise TaskError(f"MuJoCo cannot start an episode: {error}") from error
        self._mark[worlds] = self._body.before(self._env, self._read())[worlds]
        self._new_warnings()  # a reset takes the counts of its simulations back

    def step(self, actions: Array) -> PhysicsStep:
        """Apply actions `(num_envs, d)` for one control step; see `Physics.step`."""
        ids = self._rows
        if ids is None:
            self._ctrl[:] = actions
        else:
            self._ctrl[ids] = actions
        broken: Array | None = None
        try:
            self._batch.step(ids, nstep=self._env.frame_skip)
        except SimulationError as error:
            broken = np.isin(np.arange(self._batch.nsim) if ids is None else ids, error.ids)
        faults = self._new_warnings()
        if broken is not None:
            faults = broken if faults is None else faults | broken
        data = self._read()
        reward, terminated = self._body.outcome(self._env, self._mark, actions, data)
        self._mark = self._body.before(self._env, data)
        if faults is not None:  # such a step may leave anything behind; its reward is not to be believed
            reward = np.where(faults, 0.0, reward)
        return PhysicsStep(reward, terminated, faults)

    def state(self) -> Mapping[str, Array]:
        """Return observation, `info` entries and fields, each `(num_envs, ...)`; see `Physics.state`."""
        data = self._read()
        state = {"obs": self._body.observe(self._env, data).astype(np.float32)}
        for name, read in self._info.items():
            state[name] = read(self._env, data)
        for name in self._shown:
            state[name] = data[name].copy() if self._rows is None else data[name]
        return state

    def retain(self, worlds: Array) -> None:
        """Keep worlds `(k,)` only: the others are no longer stepped."""
        self._rows = worlds.copy() if self._rows is None else self._rows[worlds]
        self._mark = self._mark[worlds]

    def snapshot(self) -> Mapping[str, Array]:
        """Return MuJoCo's integration states `(num_envs, size)` and the marks; see `Physics.snapshot`.

        Fields computed by a step lie one substep behind its state: a mark from them is kept, for it cannot
        be computed from the state.
        """
        states = self._batch.state
        return {"integration": states if self._rows is None else states[self._rows], "mark": self._mark}

    def restore(self, worlds: Array, snapshot: Mapping[str, Array]) -> None:
        """Restore worlds `(k,)` to earlier states, each `(k, ...)`; see `Physics.restore`."""
        ids = worlds if self._rows is None else self._rows[worlds]
        self._batch.state[ids], self._mark[worlds] = snapshot["integration"], snapshot["mark"]

    def _read(self) -> dict[str, Array]:
        """Return positions, velocities and fields: live views, or copies once worlds have been dropped."""
        live = {"qpos": self._qpos, "qvel": self._qvel, **self._fields}
        return live if self._rows is None else {name: array[self._rows] for name, array in live.items()}

    def _new_warnings(self) -> Array | None:
        """Return where MuJoCo warned since the last call, None if nowhere."""
        total = int(self._counts.sum())
        if total == self._warned_total:
            return None
        counted = self._counts.sum(axis=1)
        fresh = counted > self._warned
        self._warned, self._warned_total = counted, total
        return fresh if self._rows is None else fresh[self._rows]
