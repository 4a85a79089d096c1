"""Collecting experience on a device: K policies act in N worlds each for T steps, as one scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from eureka_agent.training.device.statistics import DeviceMoments
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState
from eureka_agent.training.population.distribution import most_likely, sampled
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.rollout import Actions


class DevicePolicies(NamedTuple):
    """The policies of K candidates."""

    flat: Any
    """float32 `(K, size)`."""
    moments: DeviceMoments | None
    """Of observations; None where they are not normalised."""

    def normalized(self, network: Network, observation: Any) -> Any:
        """Return observations `(K, n, dim)` as the networks see them."""
        if self.moments is None:
            return observation
        return network.as_seen(observation, self.moments.normalized(observation), jnp)

    def best_actions(self, network: Network, seen: Any) -> Any:
        """Return deterministic actions for normalised observations; see `distribution.most_likely`."""
        return most_likely(network, network.policy(network.views(self.flat), seen, jnp), jnp)

    def sampled_actions(self, network: Network, seen: Any, noise: Any) -> Any:
        """Return random actions for normalised observations; see `distribution.sampled`."""
        weights = network.views(self.flat)
        return sampled(network, weights, network.policy(weights, seen, jnp), noise, jnp)

    def values(self, network: Network, seen: Any) -> Any:
        """Return the value `(K, n)` of normalised observations."""
        return network.value(network.views(self.flat), seen, jnp)


class DeviceRollout(NamedTuple):
    """T steps of K candidates in N worlds each, every array `(T, K, N, ...)`; see `population/rollout.py`."""

    observation: Any
    """As the worlds gave it."""
    action: Any
    """Before clipping, or int32 choices of every head."""
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
    actions = Actions(network, worlds.actions.space)
    first_row = jnp.arange(candidates)[:, None] * num_envs

    def act(rows: DeviceWorldState, step_keys: Any) -> tuple[DeviceWorldState, DeviceRollout]:
        noise_keys, pick_keys = jnp.moveaxis(jax.vmap(lambda key: jax.random.split(key))(step_keys), 1, 0)
        observation = split(rows.state["obs"])
        seen = policies.normalized(network, observation)
        noise = jax.vmap(lambda key: _noise(network, key, num_envs))(noise_keys)
        action = policies.sampled_actions(network, seen, noise)
        moved, step = worlds.step(rows, actions.flat(action))
        cut = step.truncated & ~step.terminated
        after = policies.values(network, policies.normalized(network, split(step.final_observation)))
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


def _noise(network: Network, key: Any, num_envs: int) -> Any:
    """Return what one candidate's actions of one step are drawn with; see `distribution.sampled`."""
    if network.heads:
        return jax.random.uniform(key, (num_envs, len(network.heads)))
    return jax.random.normal(key, (num_envs, network.dim))
