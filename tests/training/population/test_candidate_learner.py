"""What a member learns from a rollout is what Stable-Baselines3's PPO learns from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.policies import read_policy
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.candidate_learner import CandidateLearner
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.rollout import Rollout
from eureka_agent.training.reward_provider import NativeRewardProvider
from eureka_agent.training.sb3.policy_file import save_model

WORLDS, STEPS = 4, 32
SETTINGS: dict[str, Any] = {
    "n_steps": STEPS,
    "batch_size": WORLDS * STEPS,  # every epoch is one minibatch: its order does not matter
    "n_epochs": 5,
    "gamma": 0.9,
    "gae_lambda": 0.8,
    "learning_rate": 1e-2,
    "clip_range": 0.1,
    "ent_coef": 0.01,
}
configure_jax(None)


class Wandering(gym.Env):
    """Observes chance, pays for what is seen and done, and ends or is cut off every tenth step or so."""

    def __init__(self, action_space: spaces.Space) -> None:
        self.observation_space = spaces.Box(-np.inf, np.inf, (3,), np.float32)
        self.action_space = action_space

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        return self._seen(), {}

    def step(self, action: Any) -> Any:
        ends, cut = self.np_random.random(2) < 0.1
        seen = self._seen()
        return seen, float(seen.sum() + np.sum(action)), bool(ends), bool(cut), {}

    def _seen(self) -> np.ndarray:
        return self.np_random.normal(size=3).astype(np.float32)


class Witness(BaseCallback):
    """Writes down the rollout of a model that learns."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, list[np.ndarray]] = {}

    def _on_step(self) -> bool:
        seen, infos, done = self.locals["new_obs"].copy(), self.locals["infos"], self.locals["dones"]
        final = seen.copy()
        for world in np.flatnonzero(done):
            final[world] = infos[world]["terminal_observation"]
        cut = np.array([info["TimeLimit.truncated"] for info in infos])
        for name, row in {
            "observation": self.locals["obs_tensor"].numpy().copy(),
            "last_observation": seen,
            "final_observation": final,
            "action": self.locals["actions"].reshape(WORLDS, -1).copy(),
            "native_reward": self.locals["rewards"].copy(),
            "terminated": done & ~cut,
            "truncated": cut,
        }.items():
            self._rows.setdefault(name, []).append(row)
        return True

    def rollout(self) -> Rollout:
        rows = {name: np.stack(row) for name, row in self._rows.items()}
        done = rows["terminated"] | rows["truncated"]
        first = np.concatenate([np.ones((1, WORLDS), bool), done[:-1]])
        last = rows.pop("last_observation")[-1]
        return Rollout(last_observation=last, signals={}, first=first, faults=0, progress=0.0, **rows)


@pytest.mark.parametrize(
    ("space", "sde"),
    [
        (spaces.Discrete(3), False),
        (spaces.MultiDiscrete([2, 4]), False),
        (spaces.Box(-1.0, 1.0, (2,), np.float32), False),
        (spaces.Box(-1.0, 1.0, (2,), np.float32), True),
    ],
    ids=["choices", "several choices", "vector", "state-dependent exploration"],
)
def test_an_iteration_changes_the_weights_as_that_of_stable_baselines(
    space: spaces.Space, sde: bool, tmp_path: Path
) -> None:
    env = DummyVecEnv([lambda: Wandering(space)] * WORLDS)
    model = PPO("MlpPolicy", env, seed=0, device="cpu", use_sde=sde, **SETTINGS)
    save_model(tmp_path / "before.zip", model, None)
    witness = Witness()
    model.learn(WORLDS * STEPS, callback=witness)
    save_model(tmp_path / "after.zip", model, None)
    before, expected = (read_policy(tmp_path / f"{name}.zip") for name in ("before", "after"))

    rollout = witness.rollout()
    assert rollout.terminated.any()
    assert rollout.truncated.any()
    settings = PpoSettings.of({**SETTINGS, "n_envs": WORLDS, "use_sde": sde, "normalize_reward": False})
    member = CandidateLearner(
        TrainingCandidate("one", 0, NativeRewardProvider(), start=before), Learner(before.network, settings)
    )
    member.learn(rollout, Policies(before.network, [before.flat], None))

    changes, wanted = member.state.flat - before.flat, expected.flat - before.flat
    assert np.abs(wanted).mean() > 1e-3
    np.testing.assert_allclose(changes, wanted, atol=0.01 * float(np.abs(wanted).mean()))
