"""Learned rewards in somebody's own Stable-Baselines3 code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.models.kinds import make_model
from eureka_agent.intrinsic.sb3 import CaptionedVecEnv, IntrinsicRewards, flat_observation

Array = np.ndarray
LENGTH = 5


class Corridor(gym.Env[Array, np.int64]):
    """Walks right by itself; what it says and pays is its position; ends at LENGTH."""

    observation_space = gym.spaces.Box(0.0, float(LENGTH), (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.at = 0
        return self._seen(), {}

    def step(self, action: np.int64) -> Any:
        self.at += 1
        return self._seen(), 1.0, self.at == LENGTH, False, {"caption": f"at {self.at}"}

    def _seen(self) -> Array:
        return np.array([self.at], np.float32)


class PaysCaptions:
    """Pays 1 for one caption, and remembers what it was shown."""

    def __init__(self, liked: str) -> None:
        self.liked = liked
        self.seen: list[tuple[Captions, Array]] = []

    def pay(self, captions: Captions, first: Array, features: Array | None = None) -> Array:
        assert features is None, "nobody asked for any"
        self.seen.append((captions, first))
        return captions.spread(np.array([text == self.liked for text in captions.texts], np.float32))


class AsksNobody:
    """For rewards that need no labels."""

    def submit(self, questions: Sequence[Question]) -> None:
        assert not questions

    def collect(self) -> Sequence[Label]:
        return ()


def trained(learned: PaysCaptions, **coefficients: Any) -> PPO:
    env = CaptionedVecEnv(DummyVecEnv([Corridor, Corridor]))
    model = PPO("MlpPolicy", env, n_steps=10, batch_size=20, n_epochs=1, seed=0, device="cpu", gamma=1.0)
    model.learn(20, callback=IntrinsicRewards(env, learned, **coefficients))
    return model


def test_every_step_is_captioned_the_last_of_an_episode_too() -> None:
    learned = PaysCaptions("at 5")
    trained(learned)
    (captions, first), *more = learned.seen
    assert not more
    said = [captions.texts[i] for i in captions.index[:, 0]]
    assert said == [f"at {at}" for at in (1, 2, 3, 4, 5)] * 2
    assert first[:, 0].tolist() == [True, False, False, False, False] * 2


def test_what_is_paid_stands_in_the_buffer_and_in_its_returns() -> None:
    model = trained(PaysCaptions("at 5"), coefficient=10.0, extrinsic=0.5)
    rewards = model.rollout_buffer.rewards
    assert np.allclose(rewards[:, 0], [0.5, 0.5, 0.5, 0.5, 10.5] * 2)
    returns = model.rollout_buffer.returns.reshape(2, -1)  # flattened world by world once learned from
    assert np.allclose(returns[:, -1], 10.5), "the episode ended there, so that nothing follows"


def test_coefficients_may_follow_the_progress_of_training() -> None:
    env = CaptionedVecEnv(DummyVecEnv([Corridor]))
    model = PPO("MlpPolicy", env, n_steps=10, batch_size=10, n_epochs=1, seed=0, device="cpu")
    seen: list[float] = []

    def fading(progress: float) -> float:
        seen.append(progress)
        return 1.0 - progress

    model.learn(40, callback=IntrinsicRewards(env, PaysCaptions("at 5"), coefficient=fading))
    assert seen == pytest.approx([0.0, 0.25, 0.5, 0.75]), "what was done before the rollout"


def test_a_caption_may_come_from_the_final_observation() -> None:
    env = CaptionedVecEnv(DummyVecEnv([Corridor]), caption=lambda observation, _: f"saw {observation[0]:g}")
    env.reset()
    for _ in range(LENGTH):
        env.step(np.array([0]))
    captions = env.take().captions
    assert captions.texts[-1] == "saw 5", "not the observation of the next episode, which is 0"


def test_rewards_of_all_ages_are_refused() -> None:
    env = CaptionedVecEnv(DummyVecEnv([Corridor]))
    with pytest.raises(ConfigError, match="replay buffer"):
        DQN("MlpPolicy", env, device="cpu").learn(
            1, callback=IntrinsicRewards(env, PaysCaptions("at 5"), coefficient=1.0)
        )


def test_steps_between_two_trainings_are_not_learned_from() -> None:
    learned = PaysCaptions("at 5")
    env = CaptionedVecEnv(DummyVecEnv([Corridor, Corridor]))
    model = PPO("MlpPolicy", env, n_steps=10, batch_size=20, n_epochs=1, seed=0, device="cpu")
    callback = IntrinsicRewards(env, learned)
    model.learn(20, callback=callback)
    for _ in range(3):
        env.step(np.zeros(2, np.int64))
    model.learn(20, callback=callback, reset_num_timesteps=False)
    assert [captions.index.shape for captions, _ in learned.seen] == [(10, 2), (10, 2)]


def test_an_episode_that_began_in_forgotten_steps_is_another_one() -> None:
    env = CaptionedVecEnv(DummyVecEnv([Corridor]))
    env.reset()
    for _ in range(LENGTH + 2):
        env.step(np.array([0]))
    env.forget()
    env.step(np.array([0]))
    assert env.take().first.tolist() == [[True]]


def test_random_network_distillation_pays_by_the_observation_the_last_of_an_episode_too() -> None:
    env = CaptionedVecEnv(DummyVecEnv([Corridor, Corridor]))
    learned = LearnedReward(make_model("rnd", seed=0), AsksNobody(), num_envs=2, beta=0.0)
    model = PPO("MlpPolicy", env, n_steps=10, batch_size=20, n_epochs=1, seed=0, device="cpu")
    model.learn(100, callback=IntrinsicRewards(env, learned, coefficient=10.0))
    assert learned.tally.steps == learned.tally.paid == 100
    assert model.rollout_buffer.rewards.max() > 1.0
    for _ in range(LENGTH):
        env.step(np.zeros(2, np.int64))
    features = env.take().features
    assert features is not None
    assert features.shape == (LENGTH, 2, 1)
    assert features.max() == LENGTH, "not the observation of the next episode, which is 0"


def test_features_may_be_a_function_of_the_users() -> None:
    env = CaptionedVecEnv(
        DummyVecEnv([Corridor]), features=lambda observation, _: np.append(observation, 7.0)
    )
    env.reset()
    env.step(np.array([0]))
    assert env.take()[2] == pytest.approx(np.array([[[1.0, 7.0]]]))
    assert env.take().features is not None
    told = flat_observation({"b": np.array([[3, 4]]), "a": (np.array(1.0), np.array([2.0]))}, {})
    assert told.tolist() == [1.0, 2.0, 3.0, 4.0]
