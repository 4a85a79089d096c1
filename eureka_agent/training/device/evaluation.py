"""Held-out episodes of K policies on a device, all side by side, brought back in one copy.

What comes back is a `Records` as the CPU keeps one, so that whoever reads trajectories reads one format.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.training.device.rollout import DevicePolicies
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.rollout import Actions
from eureka_agent.training.population.scoring import Records, watched_worlds


class _Running(NamedTuple):
    """Episodes in progress."""

    t: Any
    worlds: DeviceWorldState
    running: Any
    """bool `(K * E,)`."""
    lengths: Any
    terminated: Any
    """bool `(K * E,)`: the episode ended in a terminal state."""
    rows: dict[str, Any]
    """`(T, ...)` each, filled up to t."""


class DeviceScoring:
    """The compiled evaluation of one task; episodes run to their end or to the time limit."""

    def __init__(self, task: Task, worlds: DeviceWorlds, network: Network) -> None:
        self._task, self._worlds, self._network = task, worlds, network
        self._actions = Actions(network, worlds.actions.space)
        self._program = jax.jit(self.run, static_argnames="watched")

    def __call__(
        self, policies: DevicePolicies, seeds: Sequence[Sequence[int]], *, recorded: int = 0
    ) -> list[EpisodeSet | EurekaError]:
        """Run one episode from each of E seeds for each of K policies; see `scoring.score`."""
        candidates, episodes = len(seeds), len(seeds[0])
        watched = watched_worlds(self._task, candidates, episodes, recorded)
        keys = jax.vmap(jax.random.key)(jnp.asarray(np.ravel(seeds), jnp.uint32))
        policies, keys = jax.device_put((policies, keys), jax.devices()[0])
        found = jax.device_get(self._program(policies, keys, watched=tuple(watched.tolist())))
        longest = int(found.t)
        arrays = {name: array[:longest] for name, array in found.rows.items()}
        place = np.full(candidates * episodes, -1)
        place[watched] = np.arange(len(watched))
        lengths = found.lengths.astype(np.int64)
        records = Records(self._task, seeds, arrays, lengths, found.terminated, place, simulator="device")
        return records.sets(recorded)

    def run(self, policies: DevicePolicies, keys: Any, watched: tuple[int, ...]) -> _Running:
        """Play to the end; every step of the episodes `watched` comes back, of others what scores them."""
        count, candidates = len(keys), len(policies.flat)
        worlds = self._worlds.begin(keys)

        def chosen(worlds: DeviceWorldState) -> Any:
            observation = worlds.state["obs"].reshape(candidates, -1, self._network.observation)
            seen = policies.normalized(self._network, observation)
            best = policies.best_actions(self._network, seen)
            return self._actions.flat(best)

        rows: dict[str, tuple[int, ...]] = {"native": (count,)}
        if self._task.fitness_step is not None:
            rows["fitness"] = (count,)
        kinds: dict[str, Any] = dict.fromkeys(rows, jnp.float32)
        if watched:
            action = jax.eval_shape(chosen, worlds)
            rows["action"], kinds["action"] = (len(watched), *action.shape[1:]), action.dtype
        for signal in self._task.all_signals if watched else ():
            rows[f"signal/{signal.name}"] = (len(watched), *signal.shape)
            kinds[f"signal/{signal.name}"] = signal.dtype
        steps = self._task.max_episode_steps
        empty = {name: jnp.zeros((steps, *shape), kinds[name]) for name, shape in rows.items()}

        def going_on(now: _Running) -> Any:
            return now.running.any() & (now.t < steps)

        def step(now: _Running) -> _Running:
            actions = chosen(now.worlds)
            moved, taken = self._worlds.step(now.worlds, actions)
            row: dict[str, Any] = {"native": jnp.where(now.running, taken.native_reward, 0.0)}
            if "fitness" in rows:
                row["fitness"] = jnp.where(now.running, self._worlds.fitness(taken.signals), 0.0)
            if "action" in rows:
                row["action"] = actions[jnp.asarray(watched)]
            for name in rows:
                if name.startswith("signal/"):
                    row[name] = taken.signals[name.removeprefix("signal/")][jnp.asarray(watched)]
            filled = {name: array.at[now.t].set(row[name]) for name, array in now.rows.items()}
            lengths = now.lengths + now.running
            terminated = now.terminated | (now.running & taken.terminated)
            return _Running(now.t + 1, moved, now.running & ~taken.done, lengths, terminated, filled)

        zeros = jnp.zeros(count, jnp.int32)
        begun = _Running(jnp.int32(0), worlds, jnp.ones(count, bool), zeros, jnp.zeros(count, bool), empty)
        ended = jax.lax.while_loop(going_on, step, begun)
        return ended._replace(worlds=None)  # only what is looked at is brought back
