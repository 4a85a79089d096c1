"""A thin wrapper around every environment that turns contract violations into actionable errors."""

from __future__ import annotations

import math
import numbers
import time
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils import RecordConstructorArgs

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.tasks import hanging
from eureka_agent.tasks.culprit import FOREIGN, raised

STEP_WALL_S = 20.0
"""A step that takes longer has hung as far as a training is concerned: even short ones have thousands."""
RESET_WALL_S = 120.0
"""A first reset may load files."""


class Guard(gym.Wrapper, RecordConstructorArgs):
    """Check the form of what `reset` and `step` return: a pair, five values, a finite reward, real flags."""

    def __init__(self, env: gym.Env, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds and measures each call."""
        RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)
        self._clock = clock

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        """Reset the environment; raises TaskError if it fails or does not return `(observation, info)`."""
        result: Any = self._call("reset", lambda: self.env.reset(seed=seed, options=options), RESET_WALL_S)
        if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], Mapping):
            raise TaskError(
                f"reset() of {self._name} returned {_form(result)}.",
                allowed="a pair (observation, info) with a dictionary as info",
                fix="Return `observation, {}`: the Gymnasium API, not the older Gym one.",
            )
        return result[0], dict(result[1])

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        """Step the environment; raises TaskError if it fails or breaks Gymnasium's contract."""
        result: Any = self._call("step", lambda: self.env.step(action), STEP_WALL_S)
        if not isinstance(result, tuple) or len(result) != 5:
            raise TaskError(
                f"step() of {self._name} returned {_form(result)}.",
                allowed="five values: observation, reward, terminated, truncated, info",
                fix="Split the old `done` into `terminated` and `truncated`.",
            )
        observation, reward, terminated, truncated, info = result
        flags = self._flag("terminated", terminated), self._flag("truncated", truncated)
        if not isinstance(info, Mapping):
            raise TaskError(
                f"step() of {self._name} returned {type(info).__name__} as info.", allowed="a dict"
            )
        return observation, self._reward(reward), *flags, dict(info)

    @property
    def _name(self) -> str:
        return type(self.env.unwrapped).__name__

    def _call(self, method: str, call: Callable[[], Any], wall_s: float) -> Any:
        began = self._clock()
        hanging.begin(self, method, wall_s)
        try:
            result = call()
        except EurekaError:
            raise
        except FOREIGN as error:
            raise TaskError(
                f"{method}() of {self._name} raised {raised(error)}",
                fix="Run the environment alone with random actions to see where it fails.",
            ) from error
        finally:
            hanging.end()
        if (took_s := self._clock() - began) > wall_s:
            raise TaskError(
                f"{method}() of {self._name} took {took_s:.0f} s.",
                allowed=f"at most {wall_s:g} s a call; a training makes thousands of them",
                fix="Look for a sleep, a download or a window in the environment.",
            )
        return result

    def _reward(self, reward: Any) -> float:
        if isinstance(reward, np.ndarray) and reward.size == 1:
            reward = reward.reshape(()).item()
        if isinstance(reward, (numbers.Real, np.bool_)) and math.isfinite(float(reward)):
            return float(reward)
        raise TaskError(
            f"step() of {self._name} returned {reward!r:.80} as reward.",
            allowed="a finite number",
            fix="Return a float; the native reward is logged, and is the fitness where no other is given.",
        )

    def _flag(self, name: str, value: Any) -> bool:
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.reshape(()).item()
        if isinstance(value, (bool, np.bool_)) or (isinstance(value, (int, np.integer)) and value in (0, 1)):
            return bool(value)
        raise TaskError(f"step() of {self._name} returned {value!r:.80} as {name}.", allowed="True or False")


def _form(result: Any) -> str:
    if isinstance(result, tuple):
        return f"{len(result)} values"
    return f"a {type(result).__name__}, not a tuple"
