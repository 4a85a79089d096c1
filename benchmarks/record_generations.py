"""Record whole generations, every candidate trained to the end of its budget: what `halving.py` replays.

    python benchmarks/record_generations.py benchmarks/data/generations.json [--parallel 1] [--task …]

Runs `search` without early stops, three seeds of three generations a task, and keeps the checkpoints' curves
and the final scores. A run that the file already holds is not made again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import threading
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.store.event_types import Event, GenerationJudged
from eureka_agent.store.files import write_atomic
from eureka_agent.store.state import RunState
from eureka_agent.training.algorithm import PpoSettings

SEEDS = (0, 1, 2)
GENERATIONS = 3
TASKS = {
    "cartpole": (8, 30_000),
    "pendulum": (8, 40_000),
    "mountain_car": (8, 60_000),
    "acrobot": (8, 60_000),
    "reacher": (6, 100_000),
    "half_cheetah": (6, 100_000),
    "hopper": (6, 100_000),
}
"""Candidates of a generation, and steps of learning of each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--task", action="append", choices=list(TASKS), help="all by default")
    parser.add_argument("--parallel", type=int)
    given = parser.parse_args()
    kept = json.loads(given.file.read_text()) if given.file.exists() else []
    for seed in SEEDS:
        for task in given.task or TASKS:
            if not any(row["task"] == task and row["seed"] == seed for row in kept):
                kept += record(task, seed, given.parallel)
                rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in kept)
                write_atomic(given.file, f"[\n{rows}\n]\n")


def record(name: str, seed: int, parallel: int | None) -> list[dict[str, Any]]:
    """Search without early stops and without a confirmation; return a row a generation."""
    samples, env_steps = TASKS[name]
    stop, states = threading.Event(), []

    def listen(event: Event, state: RunState) -> None:
        states[:] = [state]
        if isinstance(event, GenerationJudged) and event.generation == GENERATIONS - 1:
            stop.set()

    task = eureka_agent.find_task(name)
    with tempfile.TemporaryDirectory() as runs, contextlib.suppress(Interrupted):
        eureka_agent.evolve(
            name, model="search", trainer="population", halving=False, seed=seed, samples=samples,
            generations=GENERATIONS, env_steps=env_steps, target=task.fitness.sign * 1e9,
            parallel=parallel, runs=runs, on_event=listen, stop=stop,
        )  # fmt: skip
    return [_row(task, states[0], seed, generation, env_steps) for generation in range(GENERATIONS)]


def _row(task: Any, state: RunState, seed: int, generation: int, env_steps: int) -> dict[str, Any]:
    candidates = []
    for candidate in state.archive(
        sign=task.fitness.sign, generations=range(generation, generation + 1)
    ).candidates:
        first = next((e for e in candidate.evaluations if e.replicate == 0), None)
        if first is None:
            candidates.append({"id": candidate.id, "without_score": candidate.reason})
            continue
        curves = {name: [_short(v) for v in first.curves[name]] for name in ("fitness", "fitness_error")}
        lengths = [round(v, 1) for v in first.curves["episode_length"]]
        candidates.append(
            {"id": candidate.id, "score": _short(first.fitness), **curves, "episode_length": lengths}
        )
    return {
        "task": task.name,
        "seed": seed,
        "generation": generation,
        "sign": task.fitness.sign,
        "env_steps": env_steps,
        "rollout": PpoSettings.of(task.algorithm).rollout,
        "checkpoints": task.budget.checkpoints,
        "eval_episodes": task.budget.eval_episodes,
        "candidates": candidates,
    }


def _short(value: float) -> float:
    return float(f"{value:.6g}")


if __name__ == "__main__":
    main()
