"""Collecting experience for several candidates in one simulator, all in step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gymnasium import spaces

from eureka_agent.tasks.observe import ActionCodec
from eureka_agent.tasks.snapshot import Snapshot, part
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.tasks.tracker import RolloutSignals
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.network import Network
from eureka_agent.training.simulators import Simulator

Array = np.ndarray


@dataclass(frozen=True)
class Rollout:
    """T steps of one candidate's N worlds."""

    observation: Array
    """float32 `(T, N, dim)`, as the simulator gave it."""
    last_observation: Array
    """float32 `(N, dim)`, to act on next."""
    final_observation: Array
    """float32 `(T, N, dim)` after each step, before any reset."""
    action: Array
    """`(T, N, dim)` before clipping, or choices `(T, N, heads)`."""
    signals: Signals
    """`(T, N, ...)`, those that some reward reads."""
    native_reward: Array
    terminated: Array
    truncated: Array
    first: Array
    """bool `(T, N)`: the step was the first of its episode."""
    faults: int
    """Steps in which the simulator warned."""
    progress: float
    """The share of the training that was done before, the same for every candidate."""

    @property
    def done(self) -> Array:
        """bool `(T, N)`: the episode ended with the step."""
        return self.terminated | self.truncated


class Actions:
    """A network's actions as the simulator wants them: one row a world."""

    def __init__(self, network: Network, space: Any) -> None:
        self._network = network
        self._codec = ActionCodec.of(space)

    def flat(self, actions: Array) -> Array:
        """Return actions `(K, N, columns)` as `(K * N, ...)` values of the space."""
        rows = actions.reshape(-1, actions.shape[-1])
        if not self._network.heads:
            return rows
        if isinstance(self._codec.space, spaces.Discrete):
            rows = rows[:, 0]
        return self._codec.from_choices(rows.reshape(len(rows), *(self._codec.space.shape or ())))


def draw_noise(network: Network, settings: PpoSettings, generator: np.random.Generator) -> Array:
    """Draw one candidate's exploration noise for a whole rollout, `(T, N, ...)`; acting then draws none.

    With state-dependent exploration it is `(draws, N, latent, dim)`: normal numbers for each matrix.
    """
    shape = (settings.n_steps, settings.n_envs)
    if network.heads:
        return generator.random((*shape, len(network.heads)), dtype=np.float32)
    if not network.sde:
        return generator.standard_normal((*shape, network.dim), dtype=np.float32)
    every = settings.sde_sample_freq if settings.sde_sample_freq > 0 else settings.n_steps
    draws = -(-settings.n_steps // every)
    return generator.standard_normal((draws, settings.n_envs, network.latent, network.dim), dtype=np.float32)


class Collector:
    """Steps the worlds of K candidates, `n_envs` each, one candidate's after the other's."""

    def __init__(
        self, task: Task, worlds: Simulator, network: Network, settings: PpoSettings, *, candidates: int
    ) -> None:
        self._task, self._worlds, self._network, self._settings = task, worlds, network, settings
        self._candidates = candidates
        self._actions = Actions(network, worlds.action_space)
        self._signals = RolloutSignals(task)
        self._observation = self._split(worlds.reset())

    def retain(self, candidates: Sequence[int]) -> None:
        """Go on with these candidates only; they are numbered anew."""
        n = self._settings.n_envs
        worlds = np.concatenate([np.arange(k * n, (k + 1) * n) for k in candidates])
        self._worlds.retain(worlds)
        self._signals.retain(worlds)
        self._observation = self._observation[list(candidates)]
        self._candidates = len(candidates)

    def snapshot(self) -> Snapshot:
        """Return what the worlds remember, and what the next rollout's first signals compare with."""
        worlds = self._worlds.snapshot()
        return replace(worlds, arrays={**worlds.arrays, **part("rollout", self._signals.snapshot())})

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of as many candidates: equal policies and noise then give equal rollouts."""
        own = {name: array for name, array in snapshot.arrays.items() if not name.startswith("rollout/")}
        self._observation = self._split(self._worlds.restore(replace(snapshot, arrays=own)))
        self._signals.restore(snapshot.part("rollout"))

    def close(self) -> None:
        """Close the worlds."""
        self._worlds.close()

    def collect(
        self, policies: Policies, noise: Sequence[Array], signals: Iterable[str], *, progress: float = 0.0
    ) -> list[Rollout]:
        """Return one rollout per candidate; `noise` is `draw_noise`'s `(T, N, ...)` for each."""
        names = tuple(signals)
        rows = _Rows(self._settings.n_steps, self._candidates, self._settings.n_envs, names)
        chosen = _Exploration(self._network, self._settings, policies, np.stack(noise))
        states = _States()
        for t in range(self._settings.n_steps):
            actions = policies.sampled_actions(policies.normalized(self._observation), chosen.at(t))
            flat, before = self._actions.flat(actions), self._worlds.state
            step = self._worlds.step(flat, measure=False)
            states.add(before, self._worlds.final_state)
            rows.put("observation", t, self._observation)
            rows.put("action", t, actions)
            for name in ("terminated", "truncated", "first", "native_reward", "final_policy_obs"):
                rows.put(name, t, self._split(getattr(step, name)))
            if step.fault is not None:
                rows.faults += self._split(step.fault).sum(axis=1)
            self._observation = self._split(step.policy_obs)
        if names:
            first, codec = rows.together("first"), self._worlds.actions
            shown = codec.encode(codec.prepare(self._actions.flat(rows.together("action"))))
            measured = states.measured(self._signals, shown.reshape(*first.shape, -1), first)
            for name in names:
                rows.put_all(f"signal/{name}", measured[name])
        return [rows.of(k, self._observation[k], progress) for k in range(self._candidates)]

    def _split(self, array: Array) -> Array:
        return array.reshape(self._candidates, self._settings.n_envs, *array.shape[1:])


class _States:
    """States of a rollout, until its signals are measured all at once."""

    def __init__(self) -> None:
        self._before: list[Mapping[str, Array]] = []
        self._after: list[Mapping[str, Array]] = []

    def add(self, before: Mapping[str, Array], after: Mapping[str, Array]) -> None:
        self._before.append(before)
        self._after.append(after)

    def measured(self, signals: RolloutSignals, action: Array, first: Array) -> Signals:
        """Return the signals under actions `(T, N, dim)`, as signals show them."""
        return signals.measure(_joined(self._before), action, _joined(self._after), first)


def _joined(steps: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Return T states, each `(N, ...)`, as arrays `(T, N, ...)`; `np.stack` takes three times as long."""
    return {
        name: np.concatenate([state[name] for state in steps]).reshape(len(steps), *array.shape)
        for name, array in steps[0].items()
    }


class _Exploration:
    """The noise of each step; exploration matrices last for several."""

    def __init__(self, network: Network, settings: PpoSettings, policies: Policies, noise: Array) -> None:
        self._sde = network.sde
        self._every = settings.sde_sample_freq if settings.sde_sample_freq > 0 else settings.n_steps
        self._policies, self._noise = policies, noise
        self._matrices = noise[:, 0]

    def at(self, t: int) -> Array:
        if not self._sde:
            return self._noise[:, t]
        if t % self._every == 0:
            self._matrices = self._policies.exploration(self._noise[:, t // self._every])
        return self._matrices


class _Rows:
    """Arrays `(K, T, N, ...)`, made when the first row comes."""

    def __init__(self, steps: int, candidates: int, num_envs: int, signals: tuple[str, ...]) -> None:
        self._shape = (candidates, steps, num_envs)
        self._arrays: dict[str, Array] = {}
        self.signals = signals
        self.faults = np.zeros(candidates, dtype=np.int64)

    def put(self, name: str, t: int, values: Array) -> None:
        array = self._arrays.get(name)
        if array is None:
            array = self._arrays[name] = np.empty((*self._shape, *values.shape[2:]), values.dtype)
        array[:, t] = values

    def put_all(self, name: str, values: Array) -> None:
        """Take in `(T, K * N, ...)`."""
        candidates, steps, num_envs = self._shape
        split = values.reshape(steps, candidates, num_envs, *values.shape[2:])
        self._arrays[name] = np.ascontiguousarray(np.moveaxis(split, 1, 0))

    def together(self, name: str) -> Array:
        """Return what was put, `(T, K * N, ...)`."""
        array = np.moveaxis(self._arrays[name], 0, 1)
        return array.reshape(len(array), -1, *array.shape[3:])

    def of(self, k: int, last_observation: Array, progress: float) -> Rollout:
        a = {name: array[k] for name, array in self._arrays.items()}
        return Rollout(
            observation=a["observation"],
            last_observation=last_observation,
            final_observation=a["final_policy_obs"],
            action=a["action"],
            signals={name: a[f"signal/{name}"] for name in self.signals},
            native_reward=a["native_reward"],
            terminated=a["terminated"],
            truncated=a["truncated"],
            first=a["first"],
            faults=int(self.faults[k]),
            progress=progress,
        )
