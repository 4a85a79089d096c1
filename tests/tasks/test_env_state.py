"""What a Gymnasium environment remembers is saved whole, or it is said why it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from eureka_agent.errors import TaskError
from eureka_agent.tasks.env_state import no_state
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.worlds import GymWorlds


class Walk(gym.Env):
    """A random walk whose state lies in an object; it may offer it."""

    observation_space = spaces.Box(-np.inf, np.inf, (4,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.place = _Place()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.place.x = float(self.np_random.normal())
        return self._seen(), {}

    def step(self, action: Any) -> Any:
        self.place.x += float(self.np_random.normal()) + float(action)
        return self._seen(), 0.0, abs(self.place.x) > 4, False, {}

    def _seen(self) -> np.ndarray:
        return np.full(4, self.place.x, np.float32)


class _Place:
    x = 0.0


class OfferedWalk(Walk):
    def get_state(self) -> Any:
        return {"x": self.place.x}

    def set_state(self, state: Any) -> None:
        self.place.x = state["x"]


def worlds_of(make_env: Any) -> GymWorlds:
    return GymWorlds(replace(find_task("cartpole"), make_env=make_env), 2, [0, 1])


def test_an_environment_may_offer_its_state_itself() -> None:
    worlds = worlds_of(OfferedWalk)
    worlds.reset()
    worlds.step(np.array([0, 1]))
    snapshot = worlds.snapshot()
    expected = [worlds.step(np.array([1, 0])) for _ in range(30)]
    assert any(step.done.any() for step in expected)
    worlds.restore(snapshot)
    for step in expected:
        np.testing.assert_array_equal(worlds.step(np.array([1, 0])).policy_obs, step.policy_obs)


def test_one_that_does_not_says_what_is_in_the_way() -> None:
    worlds = worlds_of(Walk)
    worlds.reset()
    assert not worlds.supports_snapshot
    with pytest.raises(TaskError, match="The state of Walk cannot be saved: its attribute 'place'"):
        worlds.snapshot()


@pytest.mark.parametrize("wrap", [gym.wrappers.TimeAwareObservation, gym.wrappers.NormalizeReward])
def test_a_wrapper_that_may_remember_something_is_in_the_way(wrap: Any) -> None:
    assert "wrappers" in no_state(wrap(gym.make("CartPole-v1")))
    assert not no_state(gym.make("CartPole-v1"))
