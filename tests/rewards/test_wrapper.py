"""A saved reward in one's own environment: every row as computed by hand, in every autoreset mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from eureka_agent.errors import RewardError, TaskError
from eureka_agent.rewards.loader import load_reward
from eureka_agent.rewards.vector_wrapper import VectorRewardWrapper
from eureka_agent.rewards.wrapper import RewardWrapper

CHANGE = '''
import numpy as np


def compute_reward(obs, prev_obs, action, prev_action):
    """Pay the change of the first two numbers and of the action."""
    first = obs[:, 0] - prev_obs[:, 0]
    second = 2.0 * (obs[:, 1] - prev_obs[:, 1])
    switched = 0.5 * np.sum(np.abs(action - prev_action), axis=-1)
    return first + second + switched, {"first": first, "second": second, "switched": switched}
'''

COUNTING = '''
import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(obs, memory):
    """Pay the number of the step within its episode."""
    steps = memory["steps"] + 1.0
    return steps, {"steps": steps}, {"steps": steps}
'''

UPRIGHT = '''
import numpy as np


def compute_reward(pole_angle):
    """Stay up."""
    upright = np.cos(pole_angle)
    return upright, {"upright": upright}
'''


def one_hot(action: int) -> np.ndarray:
    return np.eye(2)[action]


def by_hand(seed: int, actions: list[int]) -> list[float]:
    """Play CartPole with resets and compute CHANGE in plain Python."""
    env = gym.make("CartPole-v1", max_episode_steps=12)
    before, _ = env.reset(seed=seed)
    previous, paid = np.zeros(2), []
    for action in actions:
        after, _, terminated, truncated, _ = env.step(action)
        delta = after - before
        switched = 0.5 * np.abs(one_hot(action) - previous).sum()
        paid.append(float(delta[0] + 2.0 * delta[1] + switched))
        before, previous = after, one_hot(action)
        if terminated or truncated:
            (before, _), previous = env.reset(), np.zeros(2)
    return paid


def make(limit: int = 12) -> gym.Env:
    return gym.make("CartPole-v1", max_episode_steps=limit)


ACTIONS = np.random.default_rng(0).integers(0, 2, (60, 3))


def test_a_single_environment_pays_as_computed_by_hand() -> None:
    env = RewardWrapper(make(), CHANGE)
    env.reset(seed=4)
    paid = []
    for action in ACTIONS[:, 0]:
        _, reward, terminated, truncated, info = env.step(int(action))
        paid.append(reward)
        assert info["native_reward"] == 1.0
        assert sum(info["reward_components"].values()) == pytest.approx(reward, abs=1e-6)
        if terminated or truncated:
            env.reset()
    np.testing.assert_allclose(paid, by_hand(4, ACTIONS[:, 0].tolist()), atol=1e-5)


def play(mode: AutoresetMode, reward: str) -> list[list[float]]:
    """Return what each of three worlds was paid, dummy steps left out."""
    venv = VectorRewardWrapper(SyncVectorEnv([make] * 3, autoreset_mode=mode), reward)
    venv.reset(seed=4)
    taken, paid = [0, 0, 0], [[], [], []]
    while min(taken) < len(ACTIONS):
        actions = np.array([ACTIONS[min(t, len(ACTIONS) - 1), world] for world, t in enumerate(taken)])
        _, rewards, terminated, truncated, infos = venv.step(actions)
        for world in range(3):
            if infos["reward_valid"][world]:
                paid[world].append(float(rewards[world]))
                taken[world] += 1
            else:
                assert rewards[world] == 0.0
                assert all(values[world] == 0.0 for values in infos["reward_components"].values())
        done = terminated | truncated
        if mode is AutoresetMode.DISABLED and done.any():
            venv.reset(options={"reset_mask": done})
    return [rewards[: len(ACTIONS)] for rewards in paid]


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_every_autoreset_mode_pays_what_single_environments_do(mode: AutoresetMode) -> None:
    expected = [by_hand(4 + world, ACTIONS[:, world].tolist()) for world in range(3)]
    np.testing.assert_allclose(play(mode, CHANGE), expected, atol=1e-5)


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_memory_begins_anew_with_every_episode(mode: AutoresetMode) -> None:
    env = RewardWrapper(make(), COUNTING)
    for world, paid in enumerate(play(mode, COUNTING)):
        env.reset(seed=4 + world)
        expected = []
        for action in ACTIONS[:, world]:
            _, reward, terminated, truncated, _ = env.step(int(action))
            expected.append(reward)
            if terminated or truncated:
                env.reset()
        assert paid == expected
        assert max(paid) <= 12.0


def test_a_batched_implementation_is_wrapped_too() -> None:
    venv = gym.make_vec("CartPole-v1", num_envs=4, vectorization_mode="vector_entry_point")
    wrapped = VectorRewardWrapper(venv, UPRIGHT, task="cartpole")
    wrapped.reset(seed=0)
    invalid = 0
    for _ in range(60):
        observations, rewards, _, _, infos = wrapped.step(np.ones(4, dtype=np.int64))
        valid = infos["reward_valid"]
        np.testing.assert_allclose(rewards[valid], np.cos(observations[valid, 2]), rtol=1e-6)
        invalid += int((~valid).sum())
    assert invalid > 4


def test_a_task_brings_its_signals_and_a_path_is_read(tmp_path: Path) -> None:
    (tmp_path / "reward.py").write_text(UPRIGHT)
    for reward in (tmp_path / "reward.py", str(tmp_path / "reward.py"), load_reward(UPRIGHT)):
        env = RewardWrapper(make(), reward, task="cartpole")
        env.reset(seed=0)
        observation, paid, *_ = env.step(1)
        assert paid == pytest.approx(float(np.cos(observation[2])))


def test_a_signal_that_is_not_there_is_named() -> None:
    env = RewardWrapper(make(), UPRIGHT)
    env.reset(seed=0)  # a step might still bring it
    with pytest.raises(TaskError, match="pole_angle"):
        env.step(0)


def test_code_outside_the_contract_is_refused() -> None:
    with pytest.raises(RewardError):
        RewardWrapper(make(), "import os\n\ndef compute_reward(obs):\n    return obs[:, 0], {}\n")


class Informed(gym.Wrapper):
    """Adds a numeric entry to info; `gap` counts its steps."""

    def reset(self, **kwargs: Any) -> Any:
        observation, _ = self.env.reset(**kwargs)
        self.steps = 0
        return observation, {"gap": 0.0}

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, _ = self.env.step(action)
        self.steps += 1
        return observation, reward, terminated, truncated, {"gap": 0.5 * self.steps}


GAP = '''
def compute_reward(gap, prev_gap):
    """Pay the gap and its past."""
    now = gap + 10.0 * prev_gap
    return now, {"now": now}
'''


def test_info_entries_are_signals_up_to_the_last_step() -> None:
    env = RewardWrapper(Informed(make(4)), GAP)
    env.reset(seed=0)
    assert [env.step(0)[1] for _ in range(4)] == [0.5, 6.0, 11.5, 17.0]


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_info_entries_survive_a_vector_reset(mode: AutoresetMode) -> None:
    venv = SyncVectorEnv([lambda: Informed(make(2))] * 2, autoreset_mode=mode)
    wrapped = VectorRewardWrapper(venv, GAP)
    wrapped.reset(seed=0)
    paid = [wrapped.step(np.zeros(2, dtype=np.int64))[1][0] for _ in range(5)]
    dummy = [] if mode is AutoresetMode.SAME_STEP else [0.0]
    assert paid == [0.5, 6.0, *dummy, 0.5, 6.0, *dummy, 0.5, 6.0][:5]


def test_components_of_a_vector_are_arrays() -> None:
    wrapped = VectorRewardWrapper(SyncVectorEnv([make] * 2), CHANGE)
    wrapped.reset(seed=0)
    infos = wrapped.step(np.array([0, 1]))[4]
    assert {name: values.shape for name, values in infos["reward_components"].items()} == {
        "first": (2,),
        "second": (2,),
        "switched": (2,),
    }
    assert infos["native_reward"].tolist() == [1.0, 1.0]
