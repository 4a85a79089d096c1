"""A reward is not put on an environment that cannot be the one it was designed for."""

from __future__ import annotations

from pathlib import Path

import gymnasium as gym
import pytest
from gymnasium.wrappers import FlattenObservation, TimeLimit

from eureka_agent import RewardWrapper, VectorRewardWrapper
from eureka_agent.errors import TaskError
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.registry import find_task

REFERENCE = bundled_folders("envs")[0] / "cartpole" / "reference.py"


@pytest.mark.parametrize("env_id", ["Pendulum-v1", "MountainCarContinuous-v0", "Acrobot-v1"])
def test_another_environment_is_refused_by_its_spaces(env_id: str) -> None:
    with pytest.raises(
        TaskError, match="is not the environment of the task 'cartpole', CartPole-v1"
    ) as caught:
        RewardWrapper(gym.make(env_id), REFERENCE, "cartpole")
    assert "CartPole-v1, in any wrappers" in caught.value.allowed
    with pytest.raises(TaskError, match="is not the environment"):
        VectorRewardWrapper(gym.make_vec(env_id, 2, vectorization_mode="sync"), REFERENCE, "cartpole")


def test_wrapped_and_unnamed_ones_are_taken(tmp_path: Path) -> None:
    bare = gym.make("CartPole-v1").unwrapped
    bare.spec = None
    for env in (
        gym.make("CartPole-v1"),
        gym.make("CartPole-v0"),
        FlattenObservation(TimeLimit(gym.make("CartPole-v1").unwrapped, 9)),
        bare,
        find_task("cartpole").make_env(),
    ):
        wrapped = RewardWrapper(env, REFERENCE, "cartpole")
        wrapped.reset(seed=0)
        assert wrapped.step(wrapped.action_space.sample())[1] != 0.0
