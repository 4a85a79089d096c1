"""Weights that move in one's own training: `progress` is counted by the wrappers, or told."""

from __future__ import annotations

import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from eureka_agent.errors import EurekaError, RewardError, TaskError
from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.training_progress import TrainingProgress
from eureka_agent.rewards.vector_wrapper import VectorRewardWrapper
from eureka_agent.rewards.wrapper import RewardWrapper

FADES = '''
import numpy as np


def compute_reward(pole_angle, progress):
    """Stand up first; then nothing."""
    left = (1.0 - progress) + 0.0 * pole_angle
    return left, {"left": left}
'''

OBSERVES = '''
def compute_reward(obs, progress):
    """Pay the training's share."""
    share = progress + 0.0 * obs[:, 0]
    return share, {"share": share}
'''


def make(limit: int = 12) -> gym.Env:
    return gym.make("CartPole-v1", max_episode_steps=limit)


def play(env: gym.Env, steps: int) -> list[float]:
    """Return what each of some steps is paid, over as many episodes as they take."""
    paid = []
    env.reset(seed=0)
    for _ in range(steps):
        _, reward, terminated, truncated, _ = env.step(0)
        paid.append(float(reward))
        if terminated or truncated:
            env.reset()
    return paid


def test_steps_are_counted_over_episodes_up_to_the_end_of_the_training() -> None:
    env = RewardWrapper(make(), FADES, task="cartpole", total_steps=20)
    np.testing.assert_allclose(play(env, 25), [*np.linspace(1, 0, 21), 0, 0, 0, 0], atol=1e-6)


def test_without_a_task_it_is_the_same() -> None:
    paid = play(RewardWrapper(make(), OBSERVES, total_steps=4), 5)
    np.testing.assert_allclose(paid, [0, 0.25, 0.5, 0.75, 1.0])


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_step_of_a_vector_counts_every_world(mode: AutoresetMode) -> None:
    venv = SyncVectorEnv([make] * 4, autoreset_mode=mode)
    wrapped = VectorRewardWrapper(venv, FADES, task="cartpole", total_steps=16)
    wrapped.reset(seed=0)
    paid = [wrapped.step(np.zeros(4, dtype=np.int64))[1] for _ in range(5)]
    np.testing.assert_allclose(paid, np.repeat([[1.0], [0.75], [0.5], [0.25], [0.0]], 4, axis=1))


def test_a_trainer_that_counts_elsewhere_says_how_far_it_is() -> None:
    env = RewardWrapper(make(), OBSERVES)
    env.set_progress(0.0)
    assert play(env, 2) == [0.0, 0.0]
    env.set_progress(0.5)
    assert play(env, 2) == [0.5, 0.5]
    counting = RewardWrapper(make(), OBSERVES, total_steps=4)
    assert play(counting, 2) == [0.0, 0.25]
    counting.set_progress(0.125)
    assert play(counting, 3) == [0.125] * 3


def test_environments_in_a_vector_are_told_by_a_call() -> None:
    venv = SyncVectorEnv([lambda: RewardWrapper(make(), OBSERVES)] * 2)
    venv.call("set_progress", 0.25)
    venv.reset(seed=0)
    assert venv.step(np.zeros(2, dtype=np.int64))[1].tolist() == [0.25, 0.25]
    single = VectorRewardWrapper(SyncVectorEnv([make] * 2), OBSERVES)
    single.set_progress(0.75)
    single.reset(seed=0)
    assert single.step(np.zeros(2, dtype=np.int64))[1].tolist() == [0.75, 0.75]


@pytest.mark.parametrize(("reward", "task"), [(FADES, "cartpole"), (OBSERVES, None)])
def test_without_a_number_of_steps_the_reset_says_what_to_give(reward: str, task: str | None) -> None:
    for env in (
        RewardWrapper(make(), reward, task),
        VectorRewardWrapper(SyncVectorEnv([make]), reward, task),
    ):
        with pytest.raises(RewardError, match="nobody told how long") as caught:
            env.reset(seed=0)
        assert "total_steps" in caught.value.fix
        assert "set_progress" in caught.value.allowed


@pytest.mark.parametrize("total", [0, -5, float("nan"), float("inf")])
def test_a_training_has_steps(total: Any) -> None:
    with pytest.raises(RewardError, match="has no progress"):
        TrainingProgress(total)


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_progress_goes_from_0_to_1(value: float) -> None:
    with pytest.raises(RewardError, match="cannot be"):
        RewardWrapper(make(), OBSERVES).set_progress(value)


def test_other_rewards_ask_for_no_number_of_steps() -> None:
    reward = "def compute_reward(pole_angle):\n    return pole_angle, {'angle': pole_angle}\n"
    assert len(play(RewardWrapper(make(), reward, "cartpole"), 3)) == 3


def test_the_count_travels_with_the_wrapper_and_the_number_with_its_specification() -> None:
    env = RewardWrapper(make(), FADES, "cartpole", total_steps=8)
    assert play(env, 2) == [1.0, 0.875]
    assert play(pickle.loads(pickle.dumps(env)), 1) == [0.75]
    assert play(gym.make(env.spec), 2) == [1.0, 0.875]  # pyright: ignore[reportArgumentType]


class Lap(gym.Wrapper):
    """Tells in its `info` how far a lap is done: an environment's own `progress`."""

    def reset(self, **kwargs: Any) -> Any:
        observation, _ = self.env.reset(**kwargs)
        return observation, {"progress": 0.5}

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, _ = self.env.step(action)
        return observation, reward, terminated, truncated, {"progress": 3.0}


def test_an_environment_that_shows_a_progress_keeps_its_own() -> None:
    assert play(RewardWrapper(Lap(make()), OBSERVES, total_steps=4), 2) == [3.0, 3.0]
    assert play(RewardWrapper(Lap(make()), OBSERVES), 2) == [3.0, 3.0]


def test_progress_has_no_past() -> None:
    reward = "def compute_reward(prev_progress):\n    return prev_progress, {'p': prev_progress}\n"
    with pytest.raises(EurekaError, match="prev_progress"):
        RewardWrapper(make(), reward, "cartpole", total_steps=4)
    env = RewardWrapper(make(), reward.replace("prev_progress", "prev_progress, obs", 1), total_steps=4)
    env.reset(seed=0)
    with pytest.raises(TaskError, match="asks for 'progress'"):
        env.step(0)


@pytest.mark.parametrize("library", ["numpy", "jax", "torch"])
def test_a_loaded_reward_takes_it_like_any_signal(library: Any) -> None:
    pytest.importorskip(library)
    module = __import__("jax.numpy", fromlist=["asarray"]) if library == "jax" else __import__(library)
    given = {name: module.asarray(np.full(3, 0.25, np.float32)) for name in ("pole_angle", "progress")}
    reward, _ = load_reward(FADES, library=library)(**given)
    np.testing.assert_allclose(np.asarray(reward), 0.75)
