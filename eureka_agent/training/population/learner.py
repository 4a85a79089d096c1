"""One PPO update of one candidate as one compiled program (arXiv 1707.06347).

It is compiled once for all candidates of equal shapes and called for one after the other, never vmapped over
them: so a candidate learns bit for bit the same alone and among others. Settings that are plain numbers are
arguments, so that another learning rate needs no other program.
"""

from __future__ import annotations

import functools
import os
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.population.distribution import evaluate_actions
from eureka_agent.training.population.network import Network

Array = np.ndarray
XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
_ADAM_EPSILON = 1e-5


class Experience(NamedTuple):
    """One candidate's rollout of T steps in N worlds."""

    observation: Array
    """float32 `(T, N, dim)`, normalised as it was acted on."""
    last_observation: Array
    """float32 `(N, dim)` after the last step."""
    action: Array
    """float32 `(T, N, dim)` before clipping, or int32 choices `(T, N, heads)`."""
    reward: Array
    """float32 `(T, N)`, scaled, with the bootstrap of truncated episodes added."""
    done: Array
    """bool `(T, N)`."""


class Knobs(NamedTuple):
    """The settings that are numbers."""

    gamma: Any
    gae_lambda: Any
    learning_rate: Any
    clip_range: Any
    ent_coef: Any
    vf_coef: Any
    max_grad_norm: Any

    @classmethod
    def of(cls, settings: PpoSettings) -> Knobs:
        """Pick them from the settings."""
        return cls(*(np.float32(getattr(settings, name)) for name in cls._fields))


class LearnerState(NamedTuple):
    """What an update changes."""

    flat: Any
    optimizer: Any


def configure_jax(cache: Path | None) -> None:
    """Set JAX up for this process, before its first use: one thread a call, programs kept in `cache`."""
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {XLA_FLAGS}".strip()
    import jax

    warnings.filterwarnings("ignore", message="os.fork")
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # run in the calling thread
    if cache is not None:
        jax.config.update("jax_compilation_cache_dir", str(cache))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


class Learner:
    """The compiled update for one network and one shape of rollout."""

    def __init__(self, network: Network, settings: PpoSettings) -> None:
        self.network = network
        self.settings = settings
        self._knobs = Knobs.of(settings)
        rows = settings.rollout
        self._batch = min(settings.batch_size, rows)
        self._batches = -(-rows // self._batch)

    @property
    def minibatches(self) -> tuple[int, int]:
        """How many minibatches an epoch has, and rows each."""
        return self._batches, self._batch

    def initial(self, seed: int) -> LearnerState:
        """Return initial weights and a fresh optimiser."""
        return self.starting(self.network.initial(seed))

    def starting(self, flat: Array) -> LearnerState:
        """Return the state with weights `flat` `(network.size,)` and a fresh optimiser."""
        return LearnerState(flat, _optimizer(self._knobs.max_grad_norm).init(flat))

    def warm_up(self) -> None:
        """Compile the update, or load it from the cache, before threads need it."""
        s, n = self.settings, self.network
        columns, kind = (len(n.heads), np.int32) if n.heads else (n.dim, np.float32)
        shape = (s.n_steps, s.n_envs)
        empty = Experience(
            np.zeros((*shape, n.observation), np.float32),
            np.zeros((s.n_envs, n.observation), np.float32),
            np.zeros((*shape, columns), kind),
            np.zeros(shape, np.float32),
            np.zeros(shape, bool),
        )
        self.update(self.initial(0), empty, np.random.default_rng(0))

    def update(
        self, state: LearnerState, experience: Experience, generator: np.random.Generator
    ) -> LearnerState:
        """Learn from one rollout; minibatches are drawn from `generator`."""
        flat, optimizer = _program()(
            self.network, state.flat, state.optimizer, experience, self._order(generator), self._knobs
        )
        return LearnerState(np.asarray(flat), optimizer)

    def _order(self, generator: np.random.Generator) -> Array:
        """Return the rows of every minibatch, `(epochs * batches, batch)`; a short last one is filled up."""
        rows, padded = self.settings.rollout, self._batches * self._batch
        epochs = [generator.permutation(rows) for _ in range(self.settings.n_epochs)]
        filled = [np.resize(order, padded) for order in epochs]
        return np.concatenate(filled).astype(np.int32).reshape(-1, self._batch)


def _optimizer(max_grad_norm: Any) -> Any:
    import optax

    return optax.chain(optax.clip_by_global_norm(max_grad_norm), optax.scale_by_adam(eps=_ADAM_EPSILON))


@functools.cache
def _program() -> Any:
    """Return the jitted update; JAX is imported here and not with the package."""
    import jax

    return jax.jit(traced_update, static_argnums=0)


def traced_update(
    network: Network, flat: Any, optimizer: Any, given: Experience, order: Any, knobs: Knobs
) -> tuple[Any, Any]:
    """Return weights and optimiser after one update, to be traced; `order` has the minibatches' rows."""
    import jax
    import jax.numpy as jnp
    import optax

    advantage, target = _advantages(network, flat, given, knobs)
    columns = given.action.shape[-1]
    data = (
        given.observation.reshape(-1, network.observation),
        given.action.reshape(-1, columns),
        advantage.reshape(-1),
        target.reshape(-1),
    )
    weights = network.views(flat)
    before, _ = evaluate_actions(network, weights, network.policy(weights, data[0], jnp), data[1])
    data = (*data, before)
    steps = _optimizer(knobs.max_grad_norm)

    def learn(carry: Any, rows: Any) -> Any:
        flat, optimizer = carry
        batch = tuple(array[rows] for array in data)
        gradient = jax.grad(_loss, argnums=1)(network, network.views(flat), batch, knobs)
        # One flat vector: the optimiser is then one fused loop instead of one a weight.
        whole = jnp.concatenate([gradient[slot.name].reshape(-1) for slot in network.slots])
        change, optimizer = steps.update(whole, optimizer)
        return (optax.apply_updates(flat, -knobs.learning_rate * change), optimizer), None

    (flat, optimizer), _ = jax.lax.scan(learn, (flat, optimizer), order)
    return flat, optimizer


def _advantages(network: Network, flat: Any, given: Experience, knobs: Knobs) -> tuple[Any, Any]:
    """Generalised advantage estimation (arXiv 1506.02438): advantages and value targets, each `(T, N)`."""
    import jax
    import jax.numpy as jnp

    weights = network.views(flat)
    seen = jnp.concatenate([given.observation, given.last_observation[None]])
    values = network.value(weights, seen, jnp)
    going_on = 1.0 - given.done.astype(jnp.float32)
    errors = given.reward + knobs.gamma * values[1:] * going_on - values[:-1]

    def back(advantage: Any, step: Any) -> Any:
        error, alive = step
        advantage = error + knobs.gamma * knobs.gae_lambda * alive * advantage
        return advantage, advantage

    _, advantages = jax.lax.scan(back, jnp.zeros_like(errors[0]), (errors, going_on), reverse=True)
    return advantages, advantages + values[:-1]


def _loss(network: Network, weights: Any, batch: Any, knobs: Knobs) -> Any:
    import jax.numpy as jnp

    observation, action, advantage, target, before = batch
    policy, values = network.forward(weights, observation, jnp)
    log_prob, entropy = evaluate_actions(network, weights, policy, action)
    if advantage.shape[0] > 1:
        advantage = (advantage - advantage.mean()) / (advantage.std(ddof=1) + 1e-8)
    ratio = jnp.exp(log_prob - before)
    clipped = jnp.clip(ratio, 1.0 - knobs.clip_range, 1.0 + knobs.clip_range)
    gain = jnp.minimum(advantage * ratio, advantage * clipped).mean()
    miss = jnp.square(target - values).mean()
    return -gain - knobs.ent_coef * entropy.mean() + knobs.vf_coef * miss
