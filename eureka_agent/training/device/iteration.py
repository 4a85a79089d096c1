"""One iteration of a whole generation as one compiled program: collect, pay, learn.

Candidates are vmapped where they do the same (acting, updating); the physics sees all their worlds as rows;
only the rewards differ, each a traced program of its own on its candidate's rows. A candidate whose reward or
weights cease to be finite keeps its last good weights and is marked; nothing of it reaches the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.device.reward_provider import (
    DeviceRewardBatch,
    DeviceRewardProvider,
    DeviceSteps,
    Memory,
)
from eureka_agent.training.device.rollout import DevicePolicies, DeviceRollout, collect
from eureka_agent.training.device.statistics import DeviceMoments, DeviceReturnScale
from eureka_agent.training.device.worlds import DeviceWorlds, DeviceWorldState
from eureka_agent.training.population.learner import Experience, Knobs, Learner, traced_update


class GenerationState(NamedTuple):
    """Everything that K candidates carry from one iteration to the next."""

    flat: Any
    """float32 `(K, size)`."""
    optimizer: Any
    moments: DeviceMoments
    scale: DeviceReturnScale
    worlds: DeviceWorldState
    """`K * N` rows, one candidate's after the other's."""
    memory: tuple[Memory, ...]
    """One a candidate, each `(N, ...)`."""
    keys: Any
    """`(K,)`."""
    alive: Any
    """bool `(K,)`: reward and weights were finite so far."""


class IterationReport(NamedTuple):
    """What is told of an iteration; a few numbers a candidate."""

    reward: Any
    """`(K,)` mean."""
    components: tuple[dict[str, Any], ...]
    """Name to mean, one dictionary a candidate."""
    bad_rewards: tuple[dict[str, Any], ...]
    """Name ("reward", or of a component) to the number of values that were not finite."""
    finite_weights: Any
    """bool `(K,)`."""
    faults: Any
    """int32 `(K,)`: steps in which the simulator failed."""


class Iteration:
    """The compiled iteration for some providers; the state of its generation is passed in and out."""

    def __init__(
        self, worlds: DeviceWorlds, learner: Learner, providers: Sequence[DeviceRewardProvider]
    ) -> None:
        self._worlds, self._learner, self._providers = worlds, learner, tuple(providers)
        self._settings: PpoSettings = learner.settings
        self._knobs = Knobs.of(self._settings)
        self._names = sorted({name for provider in providers for name in provider.signals})
        # The old generation is given up: two copies of all worlds would take twice a device's memory.
        self._program = jax.jit(self._traced, donate_argnums=0)

    def begin(self, seeds: Sequence[int]) -> GenerationState:
        """Return K candidates before their first step; equal seeds begin, and go on, with equal draws."""
        states = [self._learner.initial(seed) for seed in seeds]
        n, count = self._settings.n_envs, len(seeds)
        keys = jax.vmap(jax.random.key)(jnp.asarray(seeds, jnp.uint32))
        begun, going_on = jnp.moveaxis(jax.vmap(lambda key: jax.random.split(key))(keys), 1, 0)
        starts = jax.vmap(lambda key: jax.random.split(key, n))(begun).reshape(-1)
        begun_with = GenerationState(
            flat=jnp.stack([state.flat for state in states]),
            optimizer=jax.tree.map(lambda *leaves: jnp.stack(leaves), *[state.optimizer for state in states]),
            moments=DeviceMoments.empty(count, self._learner.network.observation),
            scale=DeviceReturnScale.empty(count, n),
            worlds=jax.jit(self._worlds.begin)(starts),
            memory=tuple(jax.tree.map(jnp.array, provider.initial_memory(n)) for provider in self._providers),
            keys=going_on,
            alive=jnp.ones(count, bool),
        )
        # As what the program returns: an array that could be anywhere would have it compiled a second time.
        return jax.device_put(begun_with, jax.devices()[0])

    def __call__(
        self, generation: GenerationState, progress: float = 0.0
    ) -> tuple[GenerationState, IterationReport]:
        """Return the generation after one rollout and one update of everybody; the old one is used up.

        `progress` is the share of the training that is done.
        """
        return self._program(generation, np.float32(progress))

    def narrowed(self, generation: GenerationState, kept: Sequence[int]) -> tuple[Iteration, GenerationState]:
        """Return the iteration of some of the candidates and their part of the generation."""
        providers = [self._providers[k] for k in kept]
        narrow = Iteration(self._worlds, self._learner, providers)
        chosen, n = jnp.asarray(kept), self._settings.n_envs
        rows = (chosen[:, None] * n + jnp.arange(n)).reshape(-1)

        def of(part: Any, where: Any) -> Any:
            return jax.tree.map(lambda array: array[where], part)

        parts = {
            name: of(getattr(generation, name), chosen)
            for name in ("flat", "optimizer", "moments", "scale", "keys", "alive")
        }
        memory = tuple(generation.memory[k] for k in kept)
        narrowed = GenerationState(**parts, worlds=of(generation.worlds, rows), memory=memory)
        return narrow, jax.device_put(narrowed, jax.devices()[0])

    def policies(self, generation: GenerationState) -> DevicePolicies:
        """Return the candidates' policies as they are now."""
        known = generation.moments if self._settings.normalize_observation else None
        return DevicePolicies(generation.flat, known)

    def _traced(self, generation: GenerationState, progress: Any) -> tuple[GenerationState, IterationReport]:
        settings = self._settings
        keys, acting, ordering = jnp.moveaxis(
            jax.vmap(lambda key: jax.random.split(key, 3))(generation.keys), 1, 0
        )
        policies = self.policies(generation)
        worlds, rollout = collect(
            self._worlds, self._learner.network, policies, generation.worlds, acting,
            steps=settings.n_steps, names=self._names,
        )  # fmt: skip
        paid = self._pay(rollout, generation.memory, progress)
        reward = jnp.stack([one.reward for one in paid])
        bad = tuple(_not_finite(one) for one in paid)
        sound = jnp.stack([sum(counts.values()) == 0 for counts in bad])
        scale, scaled = generation.scale, reward
        if settings.normalize_reward:
            scale, scaled = scale(reward, _by_candidate(rollout.done), settings.gamma)
        moments = generation.moments
        if settings.normalize_observation:
            # A first rollout is learned from with its own statistics: see `CandidateLearner.learn`.
            rows = _by_candidate(rollout.observation).reshape(len(reward), -1, moments.mean.shape[1])
            updated = moments.update(rows)
            policies = DevicePolicies(generation.flat, moments.where_seen(updated))
            moments = updated
        flat, optimizer = self._learn(generation, policies, rollout, worlds, scaled, ordering)
        finite = jnp.isfinite(flat).all(axis=1)
        alive = generation.alive & sound & finite
        learned = GenerationState(
            flat, optimizer, moments, scale, worlds, tuple(one.memory for one in paid), keys, alive
        )
        return _kept_where(alive, learned, generation), IterationReport(
            reward=reward.mean(axis=(1, 2)),
            components=tuple({name: c.mean() for name, c in one.components.items()} for one in paid),
            bad_rewards=bad,
            finite_weights=finite,
            faults=rollout.fault.sum(axis=(0, 2)),
        )

    def _pay(
        self, rollout: DeviceRollout, memory: Sequence[Memory], progress: Any
    ) -> list[DeviceRewardBatch]:
        paid = []
        for k, provider in enumerate(self._providers):
            signals = {name: rollout.signals[name][:, k] for name in provider.signals}
            native, done, first = (a[:, k] for a in (rollout.native_reward, rollout.done, rollout.first))
            seen = DeviceSteps(signals, native, done, first, progress)
            paid.append(provider(seen, memory[k]))
        return paid

    def _learn(
        self,
        generation: GenerationState,
        policies: DevicePolicies,
        rollout: DeviceRollout,
        worlds: DeviceWorldState,
        reward: Any,
        keys: Any,
    ) -> tuple[Any, Any]:
        """Return weights and optimisers after one PPO update of every candidate."""
        settings, network = self._settings, self._learner.network
        last = worlds.state["obs"].reshape(len(reward), settings.n_envs, -1)
        observed = _by_candidate(rollout.observation)
        rows = observed.reshape(len(reward), -1, observed.shape[-1])
        experience = Experience(
            observation=policies.normalized(network, rows).reshape(observed.shape),
            last_observation=policies.normalized(network, last),
            action=_by_candidate(rollout.action),
            reward=reward + settings.gamma * _by_candidate(rollout.bootstrap),
            done=_by_candidate(rollout.done),
        )

        def update(flat: Any, optimizer: Any, given: Any, key: Any) -> Any:
            return traced_update(network, flat, optimizer, given, self._order(key), self._knobs)

        return jax.vmap(update)(generation.flat, generation.optimizer, experience, keys)

    def _order(self, key: Any) -> Any:
        """Return the rows of every minibatch, `(epochs * batches, batch)`; a short last one is filled up."""
        rows, (batches, batch) = self._settings.rollout, self._learner.minibatches
        epochs = jax.random.split(key, self._settings.n_epochs)
        orders = jax.vmap(lambda key: jnp.resize(jax.random.permutation(key, rows), (batches * batch,)))(
            epochs
        )
        return orders.reshape(-1, batch)


def _by_candidate(array: Any) -> Any:
    """Return `(T, K, N, ...)` as `(K, T, N, ...)`."""
    return jnp.moveaxis(array, 1, 0)


def _not_finite(paid: DeviceRewardBatch) -> dict[str, Any]:
    columns = {"reward": paid.reward, **{f"component '{name}'": c for name, c in paid.components.items()}}
    return {name: (~jnp.isfinite(column)).sum() for name, column in columns.items()}


def _kept_where(alive: Any, new: GenerationState, old: GenerationState) -> GenerationState:
    """Return the new generation, but with what dead candidates learned taken back: no NaN is carried on."""

    def pick(one: Any, other: Any) -> Any:
        return jnp.where(alive.reshape(-1, *([1] * (one.ndim - 1))), one, other)

    kept = {
        name: jax.tree.map(pick, getattr(new, name), getattr(old, name))
        for name in ("flat", "optimizer", "scale")
    }
    return new._replace(**kept)
