"""Environments to be stepped in several processes, and a task that reads inside them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.tasks import find_task
from eureka_agent.tasks.generic import GenericBehaviour
from eureka_agent.tasks.guard import Guard
from eureka_agent.tasks.task import Array, State, Task


class Walk(gym.Env):
    """A random walk with drawn lengths; `info` holds a count always, and a jump after steps only."""

    def __init__(self, does: Callable[[Walk], object] | None = None) -> None:
        self.observation_space = spaces.Box(-np.inf, np.inf, (3,), np.float64)
        self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.does = does
        self.place = np.zeros(3)
        self.count = self.length = 0
        self.hidden = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.place = self.np_random.normal(size=3)
        self.count, self.length = 0, int(self.np_random.integers(2, 9))
        self.hidden = float(self.np_random.normal())
        return self.place.copy(), {"count": 0}

    def step(self, action: Any) -> Any:
        if self.does is not None:
            self.does(self)
        jump = self.np_random.normal(size=3)
        self.place[:] += jump * 1e-3 + float(np.sum(action)) / 3.0
        self.hidden *= 1.1
        self.count += 1
        over = self.count >= self.length
        terminated = over and self.length % 2 == 0
        info = {"count": self.count, "jump": jump}
        return self.place.copy(), float(self.place.sum()), terminated, over and not terminated, info


class ReadsInside(GenericBehaviour):
    """Shows where the environment is stepped, and a number that it observes nowhere."""

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        inner: Any = env.unwrapped
        return {"hidden": np.asarray(inner.hidden), "place": inner.place, "pid": np.asarray(os.getpid())}

    def signals(self, before: State, action: Array, after: State) -> dict[str, Array]:
        told = dict(super().signals(before, action, after))
        return told | {"obs": told["obs"] + after["hidden"][:, None] + np.mean(after["place"])}


def walk() -> gym.Env:
    return Walk()


def walking(does: Callable[[Walk], object] | None = None) -> Task:
    """Return the task of a walk that `does` something more in each step."""
    task = find_task(env="stepped_envs:walk")
    assert isinstance(task.behaviour, GenericBehaviour)
    behaviour = ReadsInside(task.behaviour.names, task.behaviour.action_dim)
    return replace(task, behaviour=behaviour, make_env=lambda: Guard(Walk(does)))


def die(_: Walk) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_: Walk) -> None:
    raise SystemExit(3)


def lose(_: Walk) -> None:
    raise KeyError("lost")


def note_pids(folder: Path) -> Callable[[Walk], object]:
    """Return what leaves a file named as the process."""
    return lambda _: (folder / str(os.getpid())).touch()


HOME = "home-of-steppers"
"""The name of a home folder in which every process that steps `slow` leaves a file."""


def take_time(_: Walk) -> None:
    time.sleep(0.0005)
    if Path.home().name == HOME:
        (Path.home() / f"pid-{os.getpid()}").touch()


def slow() -> gym.Env:
    return Walk(take_time)
