"""Steps a second of Gymnasium environments in one process and in several, side by side in one run.

    python benchmarks/env_processes.py [--env package:Env-v0] [--step-ms 2] [--processes 1 2] [--worlds 8]

The first environment is made up: its step takes so many milliseconds of a core. "in this process" is how
environments are stepped where `--parallel 1` was asked for. Rounds alternate, so that the load of the machine
falls on all alike; the ratio is the median over rounds.
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import median
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.resources import usable_cores
from eureka_agent.tasks import GymWorlds, Task, find_task
from eureka_agent.training.simulators.env_processes import EnvServer


class Costly(gym.Env):
    """Takes `step_s` seconds of a core a step, and does nothing else."""

    def __init__(self, step_s: float) -> None:
        self.observation_space = spaces.Box(-1.0, 1.0, (16,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (4,), np.float32)
        self.step_s = step_s

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        return np.zeros(16, np.float32), {}

    def step(self, action: Any) -> Any:
        until = time.thread_time() + self.step_s
        while time.thread_time() < until:
            pass
        return np.zeros(16, np.float32), 0.0, False, False, {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--env", action="append", default=[], help="measure an installed environment, too")
    parser.add_argument("--step-ms", type=float, action="append", help="cost of a step of the made-up ones")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"{usable_cores()} cores, load {os.getloadavg()[0]:.1f}, {given.worlds} worlds")
    for step_ms in given.step_ms or [2.0]:
        task = find_task(env=lambda seconds=step_ms / 1000: Costly(seconds), max_episode_steps=1000)
        report(f"made up, {step_ms:g} ms a step", task, given)
    for env in given.env:
        report(env, find_task(env=env), given)


def report(name: str, task: Task, given: argparse.Namespace) -> None:
    """Print how fast every way to step is, and how much faster than in this process."""
    seeds = list(range(given.worlds))
    env = task.make_env()
    server = EnvServer(task, env)
    env.close()
    ways = {"in this process": GymWorlds(task, len(seeds), seeds)}
    for count in given.processes:
        envs = server.make(seeds, count)
        ways[f"{count} process{'es' if count > 1 else ''}"] = GymWorlds(task, len(seeds), seeds, envs=envs)
    paces: dict[str, list[float]] = {way: [] for way in ways}
    for worlds in ways.values():
        worlds.reset()
    for _ in range(given.rounds):
        for way, worlds in ways.items():
            paces[way].append(steps_a_second(worlds, given.seconds))
    for way, found in paces.items():
        ratio = median(pace / here for pace, here in zip(found, paces["in this process"], strict=True))
        print(f"{name}, {way}: {median(found):,.0f} steps a second, {ratio:.2f} times")
    for worlds in ways.values():
        worlds.close()


def steps_a_second(worlds: GymWorlds, seconds: float) -> float:
    """Step for so long with random actions; return the steps of all worlds a second."""
    space = worlds.action_space
    space.seed(0)
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        worlds.step(np.stack([np.asarray(space.sample()) for _ in range(worlds.num_envs)]))
        steps += worlds.num_envs
    return steps / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
