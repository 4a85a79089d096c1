"""What containment costs: `python benchmarks/workers.py [--share]`.

Prints the zygote's own start, the time from fork to a loaded reward, and the time of answers; with `--share`
also what part of a training the worker takes: the time of a rollout's answer beyond that of the same reward
called in this process, over the processor time of a training step (between two trainings of different length,
so that start-up does not count).
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from eureka_agent.api.bench_speed import POPULATION, measure_speed
from eureka_agent.isolation import RewardSandbox, SignalLayout
from eureka_agent.rewards.loader import load_reward

STEPS, WORLDS = 2048, 8
SHORT_LONG = (10_000, 30_000)
SIGNALS = [
    ("x", (), np.float32),
    ("v", (3,), np.float32),
    ("action", (2,), np.float32),
    ("kind", (), np.int32),
]
SOURCE = """
import numpy as np
def compute_reward(x, v, action, kind):
    forward = x + np.sum(v, axis=-1)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    bonus = np.where(kind > 1, 1.0, 0.0)
    return forward + effort + bonus, {"forward": forward, "effort": effort, "bonus": bonus}
"""


def seconds(action: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return times


def row(name: str, times: list[float], scale: float, unit: str) -> str:
    ordered = [value * scale for value in sorted(times)]
    return (
        f"{name:<34} median {statistics.median(ordered):8.3f}  "
        f"p95 {ordered[int(0.95 * len(ordered))]:8.3f}  min {ordered[0]:8.3f}  {unit}"
    )


def start_zygote() -> float:
    begin = time.perf_counter()
    with RewardSandbox():
        return time.perf_counter() - begin


def training_s_per_step(scheme: str) -> float:
    """Return the processor seconds of one environment step of training and evaluation."""
    rows = []
    for steps in SHORT_LONG:
        peers = scheme != POPULATION
        report = measure_speed(["cartpole"], peers=peers, candidates=1, peer_candidates=1, env_steps=steps)
        rows += [row for row in report.rows if row.scheme == scheme]
    return (rows[1].cpu_s - rows[0].cpu_s) / (rows[1].env_steps - rows[0].env_steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--share", action="store_true", help="train, too: some minutes")
    share = parser.parse_args().share
    generator = np.random.default_rng(0)
    rollout = {
        name: generator.integers(0, 4, (STEPS, WORLDS, *shape)).astype(dtype)
        for name, shape, dtype in SIGNALS
    }
    step = {name: values[0] for name, values in rollout.items()}
    flat = {name: values.reshape(-1, *values.shape[2:]) for name, values in rollout.items()}
    resets = np.zeros((STEPS, WORLDS), bool)
    layout = SignalLayout.build(SIGNALS, STEPS * WORLDS)
    inside = load_reward(SOURCE)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(row("zygote start with self-test", [start_zygote() for _ in range(5)], 1.0, "s"))
    with RewardSandbox() as sandbox:
        print(f"sandboxed by {sandbox.report.backend}")
        print(row("fork to ready", seconds(lambda: sandbox.spawn(SOURCE, layout).close(), 50), 1e3, "ms"))
        worker = sandbox.spawn(SOURCE, layout)
        worker.compute(step)
        by_step = seconds(lambda: worker.compute(step), 5000)
        print(row(f"one step of {WORLDS} rows", by_step, 1e6, "us"))
        by_rollout = seconds(lambda: worker.compute_rollout(rollout, resets=resets), 50)
        print(row(f"rollout of {STEPS} x {WORLDS}, a row", by_rollout, 1e6 / (STEPS * WORLDS), "us"))
        worker.close()
    if share:
        extra_s = (min(by_rollout) - min(seconds(lambda: inside(flat), 50))) / (STEPS * WORLDS)
        for scheme in (POPULATION, "sb3, one at a time"):
            step_s = training_s_per_step(scheme)
            print(
                f"share of {scheme}: {1e6 * extra_s:.2f} us of {1e6 * step_s:.1f} us a step and world, "
                f"{extra_s / step_s:.2%}"
            )


if __name__ == "__main__":
    main()
