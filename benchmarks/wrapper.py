"""How much of an environment's speed the wrappers keep: CartPole, the cheapest one, bare and wrapped in turn.

    python benchmarks/wrapper.py [--rounds 5]

Each round measures the processor time of bare and wrapped one after the other, so that a busy machine slows
both; what is printed is the median of the rounds' ratios. The reward is the task's own reference (three
components).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent import RewardWrapper, VectorRewardWrapper, find_task

TASK = find_task("cartpole")
WORLDS = 64
VECTORISED = "vector_entry_point"


def single(wrap: bool, steps: int = 8_000) -> float:
    """Return steps a second of one environment."""
    env: Any = gym.make("CartPole-v1")
    env = RewardWrapper(env, TASK.reference, TASK) if wrap else env
    env.reset(seed=0)
    begun = time.process_time()
    for step in range(steps):
        *_, terminated, truncated, _ = env.step(step % 2)
        if terminated or truncated:
            env.reset()
    return steps / (time.process_time() - begun)


def vector(wrap: bool, steps: int = 1_500, how: str = VECTORISED) -> float:
    """Return steps a second of all worlds of a vector."""
    env: Any = gym.make_vec("CartPole-v1", num_envs=WORLDS, vectorization_mode=how)
    env = VectorRewardWrapper(env, TASK.reference, TASK) if wrap else env
    env.reset(seed=0)
    actions = [np.full(WORLDS, side, dtype=np.int64) for side in (0, 1)]
    begun = time.process_time()
    for step in range(steps):
        env.step(actions[step % 2])
    return WORLDS * steps / (time.process_time() - begun)


def synchronous(wrap: bool) -> float:
    """Return the same of 64 environments that are stepped one by one."""
    return vector(wrap, 150, "sync")


def main() -> None:
    """Print bare and wrapped speed, and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    cases: dict[str, Callable[[bool], float]] = {
        "one CartPole": single,
        f"{WORLDS} in CartPole's own vector": vector,
        f"{WORLDS} in a SyncVectorEnv": synchronous,
    }
    for name, measure in cases.items():
        pairs = [(measure(False), measure(True)) for _ in range(rounds)]
        bare, wrapped = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios = sorted(wrapped / bare for bare, wrapped in pairs)
        print(
            f"{name}: {bare:,.0f} bare, {wrapped:,.0f} wrapped steps a second; "
            f"{statistics.median(ratios):.2f} of it ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


if __name__ == "__main__":
    main()
