"""Saved policies: what acts in one trainer acts alike in the other, and what does not fit is told."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import fake_spaces
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from eureka_agent.errors import ConfigError, StoreError, TrainingError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.policies import check_can_act, fitting_policy, network_of, read_policy
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.moments import Moments
from eureka_agent.training.population.network import Network
from eureka_agent.training.population.policy_file import save_policy
from eureka_agent.training.population.population import Population
from eureka_agent.training.reward_provider import NativeRewardProvider, RewardProvider
from eureka_agent.training.sb3.backend import Sb3Backend
from eureka_agent.training.sb3.policy_file import load_into, save_model
from eureka_agent.training.sb3.ppo import train_ppo
from eureka_agent.training.simulators import SimulatorFactory

ACTIONS: dict[str, spaces.Space] = {
    "choices": spaces.Discrete(3),
    "several": spaces.MultiDiscrete([2, 4]),
    "bits": spaces.MultiBinary(3),
    "vector": spaces.Box(-1.0, 1.0, (2,), np.float32),
}
GLYPHS = {"encoder": "glyphs", "glyphs": 2, "vocabulary": 9, "embedding": 3}
configure_jax(None)


def model_of(name: str, seed: int, **settings: Any) -> tuple[PPO, VecNormalize]:
    """A model of random weights whose normalisation has seen something."""
    normalize = VecNormalize(DummyVecEnv([lambda: fake_spaces.Still(ACTIONS[name])]))
    normalize.obs_rms.update(np.random.default_rng(seed).normal(2.0, 3.0, (50, 3)))  # pyright: ignore[reportAttributeAccessIssue]
    model = PPO("MlpPolicy", normalize, seed=seed, device="cpu", **settings)
    with torch.no_grad():
        for weights in model.policy.parameters():
            weights.add_(torch.randn_like(weights) * 0.3)
    return model, normalize


def actions_of(model: PPO, normalize: VecNormalize, observation: np.ndarray) -> np.ndarray:
    return model.predict(normalize.normalize_obs(observation), deterministic=True)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "settings"),
    [(name, {}) for name in ACTIONS]
    + [("vector", {"use_sde": True}), ("choices", {"policy_kwargs": {"net_arch": [5]}})],
)
def test_a_model_of_stable_baselines_acts_alike_when_read_and_when_loaded_again(
    name: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    model, normalize = model_of(name, 1, **settings)
    save_model(tmp_path / "policy.zip", model, normalize.obs_rms)
    saved = read_policy(tmp_path / "policy.zip")
    observation = np.random.default_rng(3).normal(2.0, 3.0, (200, 3)).astype(np.float32)
    expected = actions_of(model, normalize, observation)
    got = saved.act(observation)
    if name == "vector":
        np.testing.assert_allclose(np.clip(got, -1.0, 1.0), expected, atol=1e-5)
    else:
        np.testing.assert_array_equal(got.reshape(expected.shape), expected)
    other, other_normalize = model_of(name, 2, **settings)
    assert not np.array_equal(actions_of(other, other_normalize, observation), expected)
    load_into(other, other_normalize, saved)
    np.testing.assert_allclose(actions_of(other, other_normalize, observation), expected, atol=1e-5)
    assert other_normalize.obs_rms.count == normalize.obs_rms.count  # type: ignore[union-attr]
    assert other.policy.state_dict().keys() == model.policy.state_dict().keys()
    for key, weights in model.policy.state_dict().items():
        torch.testing.assert_close(other.policy.state_dict()[key], weights)


def small(name: str, **settings: Any) -> Task:
    task = find_task(name)
    budget = replace(task.budget, checkpoints=1, eval_episodes=2)
    return replace(task, budget=budget, algorithm={**task.algorithm, "n_steps": 32, **settings})


def saved_for(task: Task, path: Path, *, normalized: bool) -> Path:
    network = network_of(task)
    flat = np.random.default_rng(0).normal(size=network.size).astype(np.float32)
    moments = None
    if normalized:
        moments = Moments(network.observation)
        moments.update(np.random.default_rng(1).normal(3.0, 2.0, (64, network.observation)))
    save_policy(path, network, flat, moments)
    return path


@pytest.mark.parametrize("normalized", [True, False])
def test_both_trainers_start_from_the_given_policy(normalized: bool, tmp_path: Path) -> None:
    task = small("pendulum", normalize_observation=normalized, learning_rate=1e-12, max_grad_norm=1e-9)
    start = read_policy(fitting_policy(saved_for(task, tmp_path / "p.npz", normalized=normalized), task))
    factory = SimulatorFactory(task)
    learner = Learner(start.network, PpoSettings.of(task.algorithm))
    candidate: TrainingCandidate[RewardProvider] = TrainingCandidate("one", 0, NativeRewardProvider(), start)
    population = Population(
        task, [candidate], factory=factory, learner=learner, env_steps=64, on_end=lambda *_: None
    )
    np.testing.assert_array_equal(population.weights[0], start.flat)
    population.run()
    np.testing.assert_allclose(candidate.chosen.policy.flat, start.flat, atol=1e-6)
    other: TrainingCandidate[RewardProvider] = TrainingCandidate("two", 0, NativeRewardProvider(), start)
    trained = train_ppo(task, other, env_steps=64)
    save_model(tmp_path / "q.zip", trained.model, trained.normalize.obs_rms if normalized else None)
    after = read_policy(tmp_path / "q.zip")
    np.testing.assert_allclose(after.flat, start.flat, atol=1e-6)
    if normalized:
        assert start.moments is not None
        assert after.moments is not None
        seen = trained.model.num_timesteps + trained.model.n_envs
        assert after.moments.count == start.moments.count + seen, "statistics go on from the saved ones"
        assert candidate.chosen.policy.moments.count == start.moments.count + trained.model.num_timesteps


@pytest.mark.parametrize(
    ("trained_on", "settings", "words"),
    [
        ("cartpole", {}, ["observations of length 4", "discrete actions of 2 choices", "length 3"]),
        ("pendulum", {"hidden_sizes": (8,)}, ["hidden layers 8,", "hidden layers 64 and 64"]),
        ("pendulum", {"use_sde": False}, ["state-dependent exploration"]),
        ("pendulum", {"normalize_observation": True}, ["normalised observations", "plain observations"]),
        ("pendulum", GLYPHS, ["the encoder glyphs (glyphs 2, vocabulary 9, embedding 3)"]),
    ],
)
def test_a_policy_that_does_not_fit_names_both_sides(
    trained_on: str, settings: dict[str, Any], words: list[str], tmp_path: Path
) -> None:
    own = small(trained_on, **settings)
    normalized = bool(settings.get("normalize_observation"))
    path = saved_for(own, tmp_path / "p.npz", normalized=normalized)
    with pytest.raises(ConfigError) as caught:
        fitting_policy(path, small("pendulum"))
    assert [word for word in words if word not in caught.value.what] == []


def test_to_act_only_what_is_seen_and_done_must_fit(tmp_path: Path) -> None:
    path = saved_for(small("pendulum", hidden_sizes=(8,)), tmp_path / "p.npz", normalized=True)
    check_can_act(read_policy(path), find_task("pendulum"), path)
    with pytest.raises(ConfigError, match=r"length 3 and continuous actions of length 1; cartpole has obs"):
        check_can_act(read_policy(path), find_task("cartpole"), path)


def test_a_policy_with_an_encoder_goes_on_where_the_task_has_the_same_one(tmp_path: Path) -> None:
    own, other = small("pendulum", **GLYPHS), small("pendulum", **{**GLYPHS, "vocabulary": 10})
    path = saved_for(own, tmp_path / "p.npz", normalized=False)
    assert fitting_policy(path, own) == path
    check_can_act(read_policy(path), find_task("pendulum"), path)
    with pytest.raises(ConfigError, match=r"vocabulary 9.*vocabulary 10"):
        fitting_policy(path, other)


def test_stable_baselines_refuses_an_encoder_before_anything_is_trained() -> None:
    task = small("pendulum", **GLYPHS)
    candidate: TrainingCandidate[RewardProvider] = TrainingCandidate("one", 0, NativeRewardProvider())
    for begin in (
        lambda: train_ppo(task, candidate, env_steps=64),
        lambda: Sb3Backend(RewardSandbox(unsafe=True)).steps_of(task, 64),
    ):
        with pytest.raises(TrainingError, match="'glyphs' of pendulum") as caught:
            begin()
        assert "--trainer population" in caught.value.fix


def damaged(kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "text":
        return b"not a policy"
    if kind == "curves":
        np.savez(buffer, fitness=np.zeros(3))
    elif kind == "short":
        network = json.dumps(asdict(Network(3, (4,), (), 1)))
        np.savez(buffer, flat=np.zeros(2), network=np.array(network))
    elif kind == "cut":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("data", "{}")
            archive.writestr("policy.pth", b"cut off")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["text", "curves", "short", "cut", "missing"])
def test_a_file_that_is_no_policy_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.npz"
    if kind != "missing":
        path.write_bytes(damaged(kind))
    with pytest.raises(StoreError, match=r"policy\.npz is not a saved policy"):
        read_policy(path)


def test_a_model_of_another_kind_is_refused_rather_than_misread(tmp_path: Path) -> None:
    model, _ = model_of("choices", 0, policy_kwargs={"activation_fn": torch.nn.ReLU})
    save_model(tmp_path / "policy.zip", model, None)
    with pytest.raises(StoreError, match="ReLU"):
        read_policy(tmp_path / "policy.zip")
