"""How a task's Gymnasium environments are stepped: in this process, or in several where that pays."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Sequence
from statistics import median

import gymnasium as gym

from eureka_agent.errors import EurekaError
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators.env_processes import EnvServer

PAYS_FROM_S = 0.0002
"""Steps of environments that take less cost little beside telling another process of them."""
_TIMED_STEPS = 9


class GymWorldsMaker:
    """Makes worlds of one task, whose results are the same wherever they are stepped."""

    def __init__(self, task: Task, env: gym.Env, *, processes: int = 1) -> None:
        """`env` is one of the task's, to be timed and closed; at most so many processes step worlds."""
        self._task, self.processes = task, processes
        self._server: EnvServer | None = None
        try:
            if processes > 1 and step_s(env) >= PAYS_FROM_S and can_fork():
                with contextlib.suppress(OSError):  # no room for another process: this one has to do
                    self._server = EnvServer(task, env)
        finally:
            env.close()

    def __call__(self, seeds: Sequence[int], *, here: bool = False) -> GymWorlds:
        """Return worlds with these seeds; they are stepped in this process if they must be `here`."""
        server = None if here or len(seeds) < 2 else self._server
        envs = None if server is None else server.make(seeds, self.processes)
        return GymWorlds(self._task, len(seeds), seeds, envs=envs)


def can_fork() -> bool:
    """Tell whether this process can be forked safely: on Linux, as long as its threads are all Python's.

    Libraries that environments use (JAX, drivers of graphics cards) do not survive a fork once they have
    started theirs.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == threading.active_count()


def step_s(env: gym.Env) -> float:
    """Return how long a step of an environment takes, in seconds; 0 where it fails, which others tell."""
    env.action_space.seed(0)
    took = []
    try:
        env.reset(seed=0)
        for _ in range(_TIMED_STEPS):
            began = time.perf_counter()
            _, _, terminated, truncated, _ = env.step(env.action_space.sample())
            took.append(time.perf_counter() - began)
            if terminated or truncated:
                env.reset()
    except EurekaError:
        return 0.0
    return median(took)
