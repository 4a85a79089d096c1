"""The one forward pass: NumPy and JAX agree, and stacked candidates do not see each other."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eureka_agent.training.population.distribution import evaluate_actions, most_likely, sampled
from eureka_agent.training.population.encoder import Glyphs
from eureka_agent.training.population.network import Network

NETWORKS = {
    "vector": Network(5, (16, 8), (), 3),
    "state-dependent exploration": Network(5, (16, 8), (), 3, sde=True),
    "choices": Network(5, (16, 8), (4,), 0),
    "several choices": Network(5, (16,), (2, 4, 3), 0),
    "no hidden layer": Network(5, (), (), 2),
    "glyphs": Network(5, (16, 8), (2, 4), 0, encoder=Glyphs(2, 3, 4)),
    "glyphs and no hidden layer": Network(5, (), (), 3, sde=True, encoder=Glyphs(3, 2, 1)),
    "nothing but glyphs": Network(5, (8,), (), 2, encoder=Glyphs(5, 2, 3)),
}
K, N = 3, 7


def weights_of(network: Network) -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.normal(0.0, 0.5, (K, network.size)).astype(np.float32)


def noise_for(network: Network) -> np.ndarray:
    generator = np.random.default_rng(1)
    if network.heads:
        return generator.random((K, N, len(network.heads)), dtype=np.float32)
    shape = (network.latent, network.dim) if network.sde else (network.dim,)
    return generator.standard_normal((K, N, *shape), dtype=np.float32)


@pytest.mark.parametrize("name", NETWORKS)
def test_numpy_and_jax_compute_the_same(name: str) -> None:
    network = NETWORKS[name]
    flats, noise = weights_of(network), noise_for(network)
    observation = np.random.default_rng(2).normal(size=(K, N, 5)).astype(np.float32)
    own, traced = network.views(flats), network.views(jnp.asarray(flats))
    (policy, value), (same, same_value) = (
        network.forward(own, observation, np), network.forward(traced, observation, jnp)
    )  # fmt: skip
    assert policy.output.shape == (K, N, network.outputs)
    assert value.shape == (K, N)
    np.testing.assert_allclose(same.output, policy.output, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(same.latent, policy.latent, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(same_value, value, rtol=1e-4, atol=1e-5)
    for choose in (
        lambda xp, weights, said: most_likely(network, said, xp),
        lambda xp, weights, said: sampled(network, weights, said, noise, xp),
    ):
        expected, got = choose(np, own, policy), choose(jnp, traced, same)
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4 if not network.heads else 0)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_candidate_computes_bit_for_bit_the_same_alone(name: str) -> None:
    network = NETWORKS[name]
    flats, noise = weights_of(network), noise_for(network)
    observation = np.random.default_rng(2).normal(size=(K, N, 5)).astype(np.float32)
    weights = network.views(flats)
    policy, value = network.forward(weights, observation, np)
    actions = sampled(network, weights, policy, noise, np)
    for k in range(K):
        alone = network.views(flats[k : k + 1])
        own, own_value = network.forward(alone, observation[k : k + 1], np)
        np.testing.assert_array_equal(own.output[0], policy.output[k])
        np.testing.assert_array_equal(own_value[0], value[k])
        np.testing.assert_array_equal(sampled(network, alone, own, noise[k : k + 1], np)[0], actions[k])


def test_choices_come_as_often_as_their_probabilities_say() -> None:
    network = NETWORKS["several choices"]
    weights = network.views(weights_of(network)[0])
    one = np.random.default_rng(3).normal(size=(1, 5)).astype(np.float32)
    rows = np.repeat(one, 40_000, axis=0)
    noise = np.random.default_rng(4).random((len(rows), 3), dtype=np.float32)
    policy = network.policy(weights, rows, np)
    chosen = sampled(network, weights, policy, noise, np)
    log_probs, _ = evaluate_actions(network, weights, network.policy(weights, rows, jnp), chosen)
    for choices in ([0, 0, 0], [1, 2, 1], [0, 3, 2]):
        came = (chosen == choices).all(axis=1)
        expected = float(np.exp(np.asarray(log_probs)[came][0])) if came.any() else 0.0
        assert came.mean() == pytest.approx(expected, abs=0.01)


def test_a_gaussians_log_probability_and_entropy_are_those_of_the_textbook() -> None:
    network = NETWORKS["vector"]
    weights = network.views(weights_of(network)[0])
    rows = np.random.default_rng(3).normal(size=(6, 5)).astype(np.float32)
    action = np.random.default_rng(4).normal(size=(6, 3)).astype(np.float32)
    policy = network.policy(weights, rows, jnp)
    got, entropy = evaluate_actions(network, jax.tree.map(jnp.asarray, weights), policy, action)
    std = np.exp(weights["log_std"])
    mean = np.asarray(policy.output)
    density = np.exp(-0.5 * np.square((action - mean) / std)) / (std * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(got, np.log(density).sum(axis=1), rtol=1e-4)
    np.testing.assert_allclose(entropy, np.log(std * np.sqrt(2 * np.pi * np.e)).sum(), rtol=1e-4)
