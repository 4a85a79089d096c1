"""Entries of `info` that only steps bring are signals that begin at 0; what is left out is said."""

from __future__ import annotations

from pathlib import Path

import fake_envs
import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv

from eureka_agent.rewards.vector_wrapper import VectorRewardWrapper
from eureka_agent.rewards.wrapper import RewardWrapper
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.scaffold import write_task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.inspecting import record_transitions

WON = '''
import numpy as np


def compute_reward(is_success, prev_is_success, prev_pair):
    """Pay the success, and what was there one step earlier."""
    won = is_success + 10.0 * prev_is_success + 100.0 * prev_pair[:, 0]
    return won, {"won": won}
'''
PAID = [0.0, 100.0, 201.0, 311.0, 411.0]
"""Of an episode of five steps."""


def test_they_are_offered_with_the_value_they_begin_with() -> None:
    task = find_task(env="fake_envs:late")
    for name, shape in (("is_success", ()), ("pair", (2,))):
        signal = task.signal(name)
        assert signal is not None
        assert signal.shape == shape
        assert signal.meaning == f"info['{name}'], 0 before the first step"
    assert task.signal("seldom") is None
    assert task.notices == (
        "Entries of info that only steps bring are 0 after a reset: is_success, pair.",
        "Entries of info that some steps lack, or that change their shape, are left out: seldom.",
    )


def test_they_are_zero_at_every_reset_of_a_training() -> None:
    worlds = GymWorlds(find_task(env="fake_envs:late"), 2, [0, 1])
    worlds.reset()
    for _ in range(2):
        for step in range(1, 6):
            signals = worlds.step(np.zeros(2, dtype=np.int64)).signals
            np.testing.assert_array_equal(signals["is_success"], [step >= 3] * 2)
            np.testing.assert_array_equal(signals["prev_pair"], np.full((2, 2), step - 1))
    record_transitions(find_task(env="fake_envs:late"), seed=0)


@pytest.mark.parametrize("task", [None, "fake_envs:late"])
def test_the_wrapper_pays_by_them_with_a_task_and_without(task: str | None) -> None:
    env = RewardWrapper(fake_envs.late(), WON, task)
    for _ in range(2):
        env.reset(seed=0)
        assert [env.step(0)[1] for _ in range(5)] == PAID


@pytest.mark.parametrize("task", [None, "fake_envs:late"])
@pytest.mark.parametrize("kind", [SyncVectorEnv, AsyncVectorEnv])
@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_vector_pays_by_them_in_every_mode(task: str | None, kind: type, mode: AutoresetMode) -> None:
    wrapped = VectorRewardWrapper(kind([fake_envs.late] * 2, autoreset_mode=mode), WON, task)
    wrapped.reset(seed=0)
    paid = []
    while len(paid) < 10:
        _, rewards, terminated, _, infos = wrapped.step(np.zeros(2, dtype=np.int64))
        assert rewards[0] == rewards[1]
        paid += [float(rewards[0])] if infos["reward_valid"][0] else []
        if mode is AutoresetMode.DISABLED and terminated.any():
            wrapped.reset(options={"reset_mask": terminated})
    wrapped.close()
    assert paid == PAID * 2


def test_a_folder_takes_them_by_step_info(tmp_path: Path) -> None:
    folder = write_task("fresh", env_id="fake_envs:late", goal="Win.", folder=tmp_path)
    written = (folder / "task.toml").read_text()
    assert 'step_info = ["is_success", "pair"]' in written
    assert "left out: seldom" in written
    env = RewardWrapper(fake_envs.late(), WON, folder)
    env.reset(seed=0)
    assert [env.step(0)[1] for _ in range(5)] == PAID


def test_what_is_left_out_of_mujoco_is_said() -> None:
    task = find_task("gym:Hopper-v5")
    assert task.signal("x_velocity") is None
    assert "x_velocity" in task.notices[0]
    assert "step_info" in task.notices[0]


def test_gymnasiums_classics_have_nothing_to_say() -> None:
    assert find_task(env=lambda: gym.make("CartPole-v1")).notices == ()
