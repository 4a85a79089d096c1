"""Collecting experience on a device: K policies act in N worlds each for T steps, as one scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from eureka_agent.training.device.statistics import DeviceMoments
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState
from eureka_agent.training.population.learner import tower, value
from eureka_agent.training.population.network import Network


class DevicePolicies(NamedTuple):
    """The policies of K candidates."""

    flat: Any
    """float32 `(K, size)`."""
    moments: DeviceMoments | None
    """Of observations; None where they are not normalised."""

    def normalized(self, observation: Any) -> Any:
        """Return observations `(K, n, dim)` as the networks see them."""
        return observation if self.moments is None else self.moments.normalized(observation)

    def mean_actions(self, network: Network, seen: Any) -> Any:
        """Return the means of continuous actions `(K, n, dim)` for normalised observations."""
        return jax.vmap(lambda flat, rows: tower(network, network.views(flat), "pi", rows)[0])(
            self.flat, seen
        )

    def values(self, network: Network, seen: Any) -> Any:
        """Return the value `(K, n)` of normalised observations."""
        return jax.vmap(lambda flat, rows: value(network, network.views(flat), rows))(self.flat, seen)


class DeviceRollout(NamedTuple):
    """T steps of K candidates in N worlds each, every array `(T, K, N, ...)`; see `population/rollout.py`."""

    observation: Any
    """As the worlds gave it."""
    action: Any
    signals: dict[str, Any]
    """Those that some reward reads."""
    native_reward: Any
    bootstrap: Any
    """The value after a step that was cut off by the time limit, elsewhere zero; of what was seen there as it
    was acted on."""
    done: Any
    first: Any
    fault: Any


def collect(
    worlds: DeviceWorlds,
    network: Network,
    policies: DevicePolicies,
    rows: DeviceWorldState,
    keys: Any,
    *,
    steps: int,
    names: Iterable[str],
) -> tuple[DeviceWorldState, DeviceRollout]:
    """Return the worlds `(K * N)` after a rollout, and the rollout.

    `keys` `(K,)` are all that is random, one candidate's apart from the others'. Where an episode ends, the
    world goes on from one of N first states that are drawn for the rollout beforehand: to draw one for every
    world in every step would cost a whole forward computation each time.
    """
    candidates = len(policies.flat)
    num_envs = len(rows.elapsed) // candidates
    wanted = tuple(names)

    def split(array: Any) -> Any:
        return array.reshape(candidates, num_envs, *array.shape[1:])

    started, stepping = jnp.moveaxis(jax.vmap(lambda key: jax.random.split(key))(keys), 1, 0)
    pool = worlds.begin(jax.vmap(lambda key: jax.random.split(key, num_envs))(started).reshape(-1))
    log_std = jax.vmap(lambda flat: network.views(flat)["log_std"])(policies.flat)
    first_row = jnp.arange(candidates)[:, None] * num_envs

    def act(rows: DeviceWorldState, step_keys: Any) -> tuple[DeviceWorldState, DeviceRollout]:
        noise_keys, pick_keys = jnp.moveaxis(jax.vmap(lambda key: jax.random.split(key))(step_keys), 1, 0)
        observation = split(rows.state["obs"])
        seen = policies.normalized(observation)
        noise = jax.vmap(lambda key: jax.random.normal(key, (num_envs, network.dim)))(noise_keys)
        action = policies.mean_actions(network, seen) + jnp.exp(log_std)[:, None] * noise
        moved, step = worlds.step(rows, action.reshape(-1, network.dim))
        cut = step.truncated & ~step.terminated
        after = policies.values(network, policies.normalized(split(step.final_observation)))
        picked = jax.vmap(lambda key: jax.random.randint(key, (num_envs,), 0, num_envs))(pick_keys)
        fresh = jax.tree.map(lambda array: array[(picked + first_row).reshape(-1)], pool)
        taken = DeviceRollout(
            observation=observation,
            action=action,
            signals={name: split(step.signals[name]) for name in wanted},
            native_reward=split(step.native_reward),
            bootstrap=jnp.where(split(cut), after, 0.0),
            done=split(step.done),
            first=split(step.first),
            fault=split(step.fault),
        )
        return worlds.restart(moved, step.done, fresh), taken

    keys_by_step = jnp.moveaxis(jax.vmap(lambda key: jax.random.split(key, steps))(stepping), 1, 0)
    return jax.lax.scan(act, rows, keys_by_step)
