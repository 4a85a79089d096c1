"""To be paid once a rollout changes nothing of what Stable-Baselines3 learns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.reward_provider import NativeRewardProvider, RewardBatch, RolloutSteps
from eureka_agent.training.sb3.ppo import train_ppo
from eureka_agent.training.sb3.vec_env import TaskVecEnv

SEED, WORLDS, STEPS, ROLLOUTS = 3, 4, 64, 5


class PaidAtOnce(TaskVecEnv):
    """Pays the environment's own reward with every step, as Stable-Baselines3 expects it."""

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        observation, _, done, infos = super().step_wait()
        return observation, self.take(progress=0.0).native_reward[0].astype(np.float32), done, infos


@pytest.mark.parametrize("normalize", [True, False], ids=["scaled", "as it is"])
@pytest.mark.parametrize("name", ["cartpole", "pendulum"])
def test_the_policy_is_bit_for_bit_that_of_rewards_at_every_step(name: str, normalize: bool) -> None:
    own: dict[str, Any] = {"n_steps": STEPS, "batch_size": 32, "n_epochs": 3, "gamma": 0.98}
    named = {"n_envs": WORLDS, "normalize_observation": True, "normalize_reward": normalize}
    task = find_task(name)
    # Episodes that a time limit cuts off inside the first rollout: their values are bootstrapped.
    task = replace(task, algorithm={**own, **named, "hidden_sizes": [16]}, max_episode_steps=50)
    task = replace(task, budget=replace(task.budget, checkpoints=1, eval_episodes=1))
    total = ROLLOUTS * WORLDS * STEPS
    ours = train_ppo(task, TrainingCandidate("one", SEED, NativeRewardProvider()), env_steps=total)

    torch.set_num_threads(1)
    worlds = GymWorlds(task, WORLDS, [seed_for(SEED, "world", index) for index in range(WORLDS)])
    env = VecNormalize(PaidAtOnce(worlds, ()), norm_reward=normalize, gamma=own["gamma"])
    plain = PPO("MlpPolicy", env, policy_kwargs={"net_arch": [16]}, seed=SEED, device="cpu", **own)
    plain.learn(total)
    env.close()

    expected = plain.policy.state_dict()
    for key, value in ours.model.policy.state_dict().items():
        assert torch.equal(value, expected[key]), key


class Counting:
    """Pays nothing, and remembers what it was shown."""

    signals: tuple[str, ...] = ("pole_angle", "prev_pole_angle")

    def __init__(self) -> None:
        self.shown: list[RolloutSteps] = []

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        self.shown.append(rollout)
        return RewardBatch(np.zeros(rollout.done.shape, dtype=np.float32), {})


def test_a_reward_is_asked_once_a_rollout_and_sees_all_of_it() -> None:
    task = find_task("cartpole")
    task = replace(task, algorithm={**task.algorithm, "n_envs": WORLDS, "n_steps": STEPS})
    provider = Counting()
    train_ppo(task, TrainingCandidate("one", SEED, provider), env_steps=ROLLOUTS * WORLDS * STEPS)
    assert len(provider.shown) == ROLLOUTS
    assert {rollout.signals["pole_angle"].shape for rollout in provider.shown} == {(STEPS, WORLDS)}
    rollout = provider.shown[1]
    angle, before = rollout.signals["pole_angle"], rollout.signals["prev_pole_angle"]
    going_on = ~rollout.first[1:]
    np.testing.assert_array_equal(before[1:][going_on], angle[:-1][going_on])
    np.testing.assert_array_equal(rollout.first[1:], rollout.done[:-1])
