"""Small environments, well-behaved and not, found by `fake_envs:<name>`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class Counter(gym.Env):
    """Counts its steps: obs is `[start, steps]`, reward the step's number, an episode lasts `length` steps.

    Rewards
    -------
    Pays the secret_number 41 of each step.
    """

    def __init__(self, *, length: int = 5, truncates: bool = False, changes: dict[str, Any] | None = None):
        self.observation_space = spaces.Box(-100.0, 100.0, (2,), np.float32)
        self.action_space = spaces.Discrete(2)
        self.length, self.truncates = length, truncates
        self.changes = changes or {}
        self.secret_number = 41.0
        self.speed_limit = 7.0
        self.start, self.count = 0.0, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.start, self.count = float(self.np_random.integers(1, 50)), 0
        if "reset" in self.changes:
            return self.changes["reset"]
        return self._get_obs(), self._info()

    def step(self, action: Any) -> Any:
        payment = self.secret_number * 0 + self.count + 1.0
        self.count += int(min(1.0, self.speed_limit))
        ended = self.count >= self.length
        values = {
            "obs": self._get_obs(),
            "reward": payment,
            "terminated": ended and not self.truncates,
            "truncated": ended and self.truncates,
            "info": self._info(),
        } | self.changes
        if "raises" in values:
            raise values["raises"]
        if "four" in values:
            return values["obs"], values["reward"], ended, values["info"]
        return values["obs"], values["reward"], values["terminated"], values["truncated"], values["info"]

    def _get_obs(self) -> np.ndarray:
        return np.array([self.start, min(self.count, 100)], dtype=np.float32)

    def _info(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "height": 0.5 * self.count,
            "falling": self.count > 2,
            "for": 1.0,
            "obs": 2.0,
            "odd key!": 3.0,
            "reward_forward": 99.0,
            "TotalReward": 99.0,
            "note": "text",
        }


def well_behaved() -> gym.Env:
    return Counter()


def truncating() -> gym.Env:
    return Counter(truncates=True)


def four_values() -> gym.Env:
    return Counter(changes={"four": True})


def bare_reset() -> gym.Env:
    return Counter(changes={"reset": np.zeros(2, np.float32)})


def wrong_shape() -> gym.Env:
    return Counter(changes={"obs": np.zeros(3, np.float32)})


def text_obs() -> gym.Env:
    return Counter(changes={"obs": "here"})


def nan_obs() -> gym.Env:
    return Counter(changes={"obs": np.array([np.nan, 0.0], np.float32)})


def far_obs() -> gym.Env:
    return Counter(changes={"obs": np.array([0.0, 500.0], np.float32)})


def nan_reward() -> gym.Env:
    return Counter(changes={"reward": float("nan")})


def text_reward() -> gym.Env:
    return Counter(changes={"reward": "much"})


def no_flag() -> gym.Env:
    return Counter(changes={"terminated": None})


def crashes() -> gym.Env:
    return Counter(changes={"raises": KeyError("lost")})


def endless() -> gym.Env:
    return Counter(length=10**9)


def not_an_env() -> Any:
    return {"no": "environment"}


def fails_to_build() -> gym.Env:
    raise RuntimeError("no licence")


class Spaces(gym.Env):
    """Observes and acts in any spaces, at random; four steps an episode."""

    def __init__(self, observation: spaces.Space, action: spaces.Space):
        self.observation_space, self.action_space = observation, action
        self.count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        if seed is not None:
            self.observation_space.seed(seed)
        self.count = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        self.count += 1
        return self.observation_space.sample(), 1.0, self.count >= 4, False, {}


def nested() -> gym.Env:
    observation = spaces.Dict(
        {
            "pose": spaces.Dict({"x": spaces.Box(-1, 1, (2, 3)), "mode": spaces.Discrete(3, start=5)}),
            "keys": spaces.MultiBinary(4),
            "pair": spaces.Tuple((spaces.MultiDiscrete([2, 3]), spaces.Box(-1, 1, (1,), np.float64))),
        }
    )
    return Spaces(observation, spaces.MultiDiscrete([2, 4]))


def shifted() -> gym.Env:
    return Spaces(spaces.Discrete(6, start=-2), spaces.Discrete(3, start=10))


def graph() -> gym.Env:
    return Spaces(spaces.Graph(spaces.Box(-1, 1, (1,)), None), spaces.Discrete(2))


class Late(gym.Wrapper):
    """Its `info` is empty after a reset, and holds a count and a pair after every step, and more at times."""

    def reset(self, **options: Any) -> Any:
        observation, _ = self.env.reset(**options)
        self.steps = 0
        return observation, {}

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, _ = self.env.step(action)
        self.steps += 1
        info: dict[str, Any] = {
            "is_success": self.steps >= 3,
            "pair": np.full(2, self.steps),
            "text": "words",
        }
        if self.steps == 2:
            info["seldom"] = 1.0
        return observation, reward, terminated, truncated, info


def late() -> gym.Env:
    return Late(Counter())


class Brittle(Counter):
    """Bears any action but the highest, which `breaks` it."""

    def __init__(self, breaks: Callable[[], object]) -> None:
        super().__init__()
        self.action_space = spaces.Box(-1.0, 1.0, (1,), np.float32)
        self.breaks = breaks

    def step(self, action: Any) -> Any:
        if action[0] == 1.0:
            self.breaks()
        return super().step(action)


def brittle() -> gym.Env:
    return Brittle(lambda: {}["joint"])


def fatal() -> gym.Env:
    return Brittle(lambda: os._exit(3))


class Blank(gym.Env):
    """Says neither what it observes nor what it can be told."""


def without_spaces() -> gym.Env:
    return Blank()


def without_actions() -> gym.Env:
    env = Blank()
    env.observation_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
    return env


def exits() -> gym.Env:
    return Counter(changes={"raises": SystemExit(3)})


def asserts_nothing() -> gym.Env:
    length = 0
    assert length > 0
    return Counter()


def exits_when_built() -> gym.Env:
    raise SystemExit(3)


class SucceedsLate(Counter):
    """Tells only with its steps how it does."""

    def __init__(self, key: str = "is_success") -> None:
        super().__init__()
        self.key = key

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        observation, _ = super().reset(seed=seed)
        return observation, {"count": 0}

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, _ = super().step(action)
        info = {"count": self.count, self.key: self.count > 3, "both": np.zeros(2)}
        return observation, reward, terminated, truncated, info


def succeeds_late() -> gym.Env:
    return SucceedsLate()


def succeeds_at_some_step() -> gym.Env:
    return SucceedsLate("success")


def spoken_mission() -> gym.Env:
    words = spaces.Text(20)
    return Spaces(
        spaces.Dict({"image": spaces.Box(0, 255, (7, 7, 3), np.uint8), "mission": words}), spaces.Discrete(2)
    )


def only_words() -> gym.Env:
    return Spaces(spaces.Dict({"mission": spaces.Text(20)}), spaces.Discrete(2))


class Overshooting(Counter):
    """Counts a little further than its space says, to 4 of 3, and shows a goal where it declares none."""

    def __init__(self) -> None:
        super().__init__(length=4)
        self.observation_space = spaces.Box(
            np.array([0.0, 0.0, 0.0], np.float32), np.array([50.0, 3.0, 0.0], np.float32)
        )

    def _get_obs(self) -> np.ndarray:
        return np.array([self.start, self.count, 0.5], dtype=np.float32)


def overshoots() -> gym.Env:
    return Overshooting()
