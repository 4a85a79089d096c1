"""The distribution of actions that a policy's output means: its mode, its draws, its probabilities.

Draws take their noise as an argument, so that NumPy and JAX make of equal noise equal actions; `xp` is the
array library, as in `Network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eureka_agent.training.population.network import Network, PolicyOutput

_SDE_EPSILON = 1e-6


def most_likely(network: Network, policy: PolicyOutput, xp: Any) -> Any:
    """Return deterministic actions: `(..., n, dim)`, or choices `(..., n, heads)`."""
    if not network.heads:
        return policy.output
    return xp.stack([head.argmax(axis=-1) for head in network.split(policy.output)], axis=-1)


def sampled(network: Network, weights: Mapping[str, Any], policy: PolicyOutput, noise: Any, xp: Any) -> Any:
    """Return random actions `(..., n, dim)`, or choices `(..., n, heads)`.

    `noise` is standard normal `(..., n, dim)`, an exploration matrix for each row `(..., n, latent, dim)`
    under state-dependent exploration, or uniform `(..., n, heads)` where actions are discrete.
    """
    if network.heads:
        logits = network.split(policy.output)
        return xp.stack([_drawn(head, noise[..., i], xp) for i, head in enumerate(logits)], axis=-1)
    if network.sde:
        return policy.output + (policy.latent[..., None, :] @ noise)[..., 0, :]
    return policy.output + xp.exp(weights["log_std"])[..., None, :] * noise


def exploration_matrices(weights: Mapping[str, Any], noise: Any, xp: Any) -> Any:
    """Turn standard normal `(K, n, latent, dim)` into exploration matrices of the learned deviations."""
    return xp.exp(weights["log_std"])[:, None] * noise


def _drawn(logits: Any, uniform: Any, xp: Any) -> Any:
    """Return choices `(..., n)` by inverting the cumulated softmax."""
    cumulated = xp.cumsum(xp.exp(logits - logits.max(axis=-1, keepdims=True)), axis=-1)
    return (uniform[..., None] * cumulated[..., -1:] > cumulated[..., :-1]).sum(axis=-1)


def evaluate_actions(
    network: Network, weights: Mapping[str, Any], policy: PolicyOutput, action: Any
) -> tuple[Any, Any]:
    """Return log probability and entropy `(n,)` of every row's action; JAX's arrays only, to be derived."""
    if network.heads:
        return _categorical(network, policy.output, action)
    return _gaussian(network, weights, policy, action)


def _categorical(network: Network, logits: Any, action: Any) -> tuple[Any, Any]:
    import jax
    import jax.numpy as jnp

    log_prob: Any = 0.0
    entropy: Any = 0.0
    for head, own in enumerate(network.split(logits)):
        logs = jax.nn.log_softmax(own)
        chosen = jax.nn.one_hot(action[:, head], network.heads[head], dtype=logs.dtype)
        log_prob += jnp.sum(logs * chosen, axis=-1)
        entropy -= jnp.sum(jnp.exp(logs) * logs, axis=-1)
    return log_prob, entropy


def _gaussian(
    network: Network, weights: Mapping[str, Any], policy: PolicyOutput, action: Any
) -> tuple[Any, Any]:
    import jax
    import jax.numpy as jnp

    mean, latent = policy
    if network.sde:
        variance = jnp.square(jax.lax.stop_gradient(latent)) @ jnp.exp(2.0 * weights["log_std"])
        log_std = 0.5 * jnp.log(variance + _SDE_EPSILON)
    else:
        log_std = jnp.broadcast_to(weights["log_std"], mean.shape)
    constant = 0.5 * jnp.log(2.0 * jnp.pi)
    log_prob = -0.5 * jnp.square((action - mean) * jnp.exp(-log_std)) - log_std - constant
    return log_prob.sum(axis=-1), (log_std + 0.5 + constant).sum(axis=-1)
