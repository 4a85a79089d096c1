"""An encoder of glyphs: what it sees, what it learns, what is kept of it, and what it is good for."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import glyph_envs
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gymnasium import spaces

from eureka_agent.arrays import write_arrays
from eureka_agent.errors import StoreError, TrainingError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import ENCODERS, PpoSettings
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.policies import network_of, read_policy
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.encoder import (
    FLAT,
    Glyphs,
    encoder_from_json,
    encoder_of,
    encoder_to_json,
)
from eureka_agent.training.population.learner import configure_jax
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import save_policy
from eureka_agent.training.population.population import Population
from eureka_agent.training.reward_provider import NativeRewardProvider, RewardProvider
from eureka_agent.training.simulators import SimulatorFactory

SMALL = Glyphs(3, 10, 2)
NETWORK = Network(5, (16, 8), (4,), 0, encoder=SMALL)
NETHACK = encoder_of(PpoSettings.of({"encoder": "glyphs"}))
configure_jax(None)


def observed(*shape: int, network: Network = NETWORK) -> np.ndarray:
    """Identifiers, and plain numbers beside them."""
    generator = np.random.default_rng(5)
    rows = generator.normal(size=(*shape, network.observation)).astype(np.float32)
    assert isinstance(network.encoder, Glyphs)
    count = network.encoder.glyphs
    rows[..., :count] = generator.integers(network.encoder.vocabulary, size=(*shape, count))
    return rows


def test_every_glyph_becomes_its_vector_and_other_numbers_stay() -> None:
    weights = NETWORK.views(NETWORK.initial(0))
    row = np.array([[7.0, 0.0, 7.0, -1.5, 20.0]], np.float32)
    table = weights["glyphs"]
    expected = [[*table[7], *table[0], *table[7], -1.5, 20.0]]
    np.testing.assert_array_equal(SMALL(weights, row, np), expected)
    assert SMALL.width(5) == NETWORK.width == 8


@pytest.mark.parametrize("shape", [(6,), (4, 6)], ids=["rows", "a rollout"])
def test_numpy_and_jax_see_the_same_glyphs_alone_and_stacked(shape: tuple[int, ...]) -> None:
    network = Network(141, (32, 32), (23,), 0, encoder=NETHACK)
    flats = np.stack([network.initial(seed) for seed in range(3)])
    rows = observed(*shape, network=network)
    policy, value = network.forward(network.views(flats[1]), rows, np)
    same, same_value = network.forward(network.views(jnp.asarray(flats[1])), rows, jnp)
    np.testing.assert_allclose(same.output, policy.output, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(same_value, value, rtol=1e-5, atol=1e-6)
    seen = np.broadcast_to(rows.reshape(1, -1, 141), (3, rows.size // 141, 141))
    for xp, weights in ((np, network.views(flats)), (jnp, network.views(jnp.asarray(flats)))):
        stacked, stacked_value = network.forward(weights, seen, xp)
        np.testing.assert_allclose(stacked.output[1], policy.output.reshape(-1, 23), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(stacked_value[1], value.reshape(-1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("xp", [np, jnp])
def test_identifiers_outside_the_vocabulary_count_as_the_nearest(xp: Any) -> None:
    weights = NETWORK.views(xp.asarray(NETWORK.initial(0)))
    wild = np.array([[-3.0, 10.0, 3e38, 0.0, 0.0], [-np.inf, np.inf, 9.0, 0.0, 0.0]], np.float32)
    tame = np.array([[0.0, 9.0, 9.0, 0.0, 0.0], [0.0, 9.0, 9.0, 0.0, 0.0]], np.float32)
    np.testing.assert_array_equal(SMALL(weights, wild, xp), SMALL(weights, tame, xp))


def test_the_gradient_reaches_the_vectors_of_glyphs_that_were_seen_and_no_others() -> None:
    rows = observed(4)
    rows[:, :3] = [[1, 4, 4], [1, 8, 4], [8, 4, 1], [12, 1, 1]]

    def total(weights: Any) -> Any:
        policy, value = NETWORK.forward(weights, rows, jnp)
        return jnp.sum(jnp.square(policy.output)) + jnp.sum(value)

    gradient = jax.grad(total)(NETWORK.views(jnp.asarray(NETWORK.initial(1))))["glyphs"]
    assert set(np.flatnonzero(np.abs(gradient).sum(axis=1))) == {1, 4, 8, 9}, "12 counts as 9"


def test_first_weights_follow_from_the_seed_and_the_towers_are_as_without_glyphs() -> None:
    np.testing.assert_array_equal(NETWORK.initial(3), NETWORK.initial(3))
    first, second = (NETWORK.views(NETWORK.initial(seed))["glyphs"] for seed in (3, 4))
    assert not np.any(first == second)
    assert 0.02 < first.std() < 0.5
    plain = Network(NETWORK.width, (16, 8), (4,), 0)
    towers, alone = NETWORK.views(NETWORK.initial(3)), plain.views(plain.initial(3))
    for name, weights in alone.items():
        np.testing.assert_array_equal(towers[name], weights)


def test_the_default_encoder_leaves_nethack_a_network_of_half_a_million_weights_at_most() -> None:
    network = Network.of(200, spaces.Discrete(121), (128, 128), sde=False, encoder=NETHACK)
    assert network.views(network.initial(0))["glyphs"].shape == (5977, 8)
    assert network.size <= 500_000


def test_observations_shorter_than_the_glyphs_are_refused_with_what_to_do() -> None:
    with pytest.raises(TrainingError, match="81 glyphs of observations of length 80") as caught:
        Network.of(80, spaces.Discrete(2), (8,), sde=False, encoder=NETHACK)
    assert "[algorithm]" in caught.value.fix
    Network.of(81, spaces.Discrete(2), (8,), sde=False, encoder=NETHACK)


def test_normalising_leaves_identifiers_alone_and_nothing_else() -> None:
    rows = observed(2, 50)
    moments = [Moments(5), Moments(5)]
    for known, own in zip(moments, rows, strict=True):
        known.update(own + 100.0)
    flats = [NETWORK.initial(0), NETWORK.initial(1)]
    seen = Policies(NETWORK, flats, moments).normalized(rows)
    plain = Network(5, (16, 8), (4,), 0)
    normalised = Policies(plain, [plain.initial(0)] * 2, moments).normalized(rows)
    np.testing.assert_array_equal(seen[..., :3], rows[..., :3])
    np.testing.assert_array_equal(seen[..., 3:], normalised[..., 3:])
    assert not np.any(normalised == rows)


def test_a_saved_policy_has_its_encoder_and_acts_alike(tmp_path: Path) -> None:
    moments = Moments(5)
    moments.update(observed(40))
    flat = np.random.default_rng(0).normal(size=NETWORK.size).astype(np.float32)
    save_policy(tmp_path / "policy.npz", NETWORK, flat, moments)
    saved = read_policy(tmp_path / "policy.npz")
    assert saved.network == NETWORK
    np.testing.assert_array_equal(saved.flat, flat)
    rows = observed(200)
    expected = Policies(NETWORK, [flat], [moments]).best_actions(rows[None])[0]
    np.testing.assert_array_equal(saved.act(rows), expected)
    assert len(np.unique(expected)) > 1


def test_a_policy_from_before_there_were_encoders_is_read_as_one_without(tmp_path: Path) -> None:
    network = Network(3, (4,), (), 1)
    told = {name: value for name, value in asdict(network).items() if name != "encoder"}
    flat = network.initial(0)
    write_arrays(tmp_path / "policy.npz", {"flat": flat, "network": np.array(json.dumps(told))})
    assert read_policy(tmp_path / "policy.npz").network == network


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        ({"name": "pictures"}, "'pictures' is not known here"),
        ({"name": "glyphs", "glyphs": 3, "vocabulary": 10}, "embedding"),
        ({"name": "glyphs", "glyphs": 3, "vocabulary": 10, "embedding": 0}, "positive whole numbers"),
        ({"name": "glyphs", "glyphs": 3, "vocabulary": True, "embedding": 2}, "positive whole numbers"),
        ({"name": "glyphs", "glyphs": 3, "vocabulary": 10, "embedding": "2"}, "positive whole numbers"),
        ({"name": "glyphs", "glyphs": 6, "vocabulary": 10, "embedding": 2}, "cannot read observations of"),
        ({"name": "glyphs", "glyphs": 3, "vocabulary": 11, "embedding": 2}, "weights for a network"),
        ({"name": "flat", "glyphs": 3}, "glyphs"),
        ({"glyphs": 3}, "name"),
        (["glyphs"], "not a saved policy"),
        ("glyphs", "not a saved policy"),
        (3, "not a saved policy"),
    ],
)
def test_a_file_with_another_encoder_than_its_weights_need_is_refused(
    encoder: Any, words: str, tmp_path: Path
) -> None:
    told = {**asdict(NETWORK), "encoder": encoder}
    arrays = {"flat": NETWORK.initial(0), "network": np.array(json.dumps(told))}
    write_arrays(tmp_path / "policy.npz", arrays)
    with pytest.raises(StoreError, match=r"is not a saved policy") as caught:
        read_policy(tmp_path / "policy.npz")
    assert words in caught.value.what


@pytest.mark.parametrize("name", ENCODERS)
def test_every_encoder_that_settings_name_is_made_and_read_again(name: str) -> None:
    made = encoder_of(PpoSettings.of({"encoder": name}))
    assert made.name == name
    assert encoder_from_json(json.loads(json.dumps(encoder_to_json(made)))) == made


def crossroads(**settings: Any) -> Task:
    task = find_task(env=glyph_envs.make)
    learning = {"n_envs": 16, "n_steps": 64, "batch_size": 128, "n_epochs": 6, "learning_rate": 2e-3}
    algorithm = {**learning, "gamma": 0.5, "normalize_observation": True, **settings}
    return replace(task, budget=replace(task.budget, checkpoints=1, eval_episodes=8), algorithm=algorithm)


def share_right(task: Task) -> float:
    """Train for 12,288 steps and return the share of right choices in the scoring episodes."""
    factory, ends = SimulatorFactory(task), []
    candidate: TrainingCandidate[RewardProvider] = TrainingCandidate("one", 0, NativeRewardProvider())
    Population(
        task, [candidate], factory=factory, learner=make_learner(task, factory), env_steps=12_288,
        on_end=lambda _, end: ends.append(end),
    ).run()  # fmt: skip
    return ends[0].scoring.fitness / glyph_envs.LENGTH


def test_what_to_do_about_a_glyph_is_learned_with_the_encoder_and_hardly_without() -> None:
    glyphs = crossroads(encoder="glyphs")
    assert network_of(glyphs).encoder == Glyphs(81, 5977, 8)
    assert share_right(glyphs) > 0.8, "0.98 to 1.00 with five seeds"
    assert share_right(crossroads()) < 0.5, "0.27 to 0.40 with five seeds; a quarter by chance"
    assert encoder_of(PpoSettings.of({})) is FLAT
