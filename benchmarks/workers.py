"""How fast reward workers start and answer: `python benchmarks/bench_workers.py`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from eureka_agent.isolation import RewardSandbox, SignalLayout

STEPS, WORLDS = 2048, 8
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


def main() -> None:
    generator = np.random.default_rng(0)
    rollout = {
        name: generator.integers(0, 4, (STEPS, WORLDS, *shape)).astype(dtype)
        for name, shape, dtype in SIGNALS
    }
    step = {name: values[0] for name, values in rollout.items()}
    resets = np.zeros((STEPS, WORLDS), bool)
    layout = SignalLayout.build(SIGNALS, STEPS * WORLDS)
    begin = time.perf_counter()
    with RewardSandbox() as sandbox:
        print(f"sandbox start with self-test: {time.perf_counter() - begin:.3f} s ({sandbox.report.backend})")
        print(row("fork to ready", seconds(lambda: sandbox.spawn(SOURCE, layout).close(), 30), 1e3, "ms"))
        worker = sandbox.spawn(SOURCE, layout)
        worker.compute(step)
        print(row(f"one step of {WORLDS} rows", seconds(lambda: worker.compute(step), 5000), 1e6, "us"))
        times = seconds(lambda: worker.compute_rollout(rollout, resets=resets), 50)
        print(row(f"rollout of {STEPS} x {WORLDS}, a row", times, 1e6 / (STEPS * WORLDS), "us"))
        worker.close()


if __name__ == "__main__":
    main()
