"""What larger minibatches and fewer epochs gain and cost: `python benchmarks/minibatches.py`.

HalfCheetah's own reward and hyperparameters but for the two, 200,000 steps for each of 16 seeds, the same for
every setting. Time is of whole generations of 8, start-up and evaluation included, with programs compiled
before; the share is of what MuJoCo alone steps on the same cores, measured before and after each setting, as
a machine's speed varies. Differences of returns are paired by seed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.bench_physics import physics_steps_a_second
from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import usable_cores
from eureka_agent.rewards.reward import Native
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.trainers import make_trainer

GENERATION = 8
SETTINGS: tuple[dict[str, int], ...] = (
    {},
    {"n_epochs": 5},
    {"batch_size": 256},
    {"batch_size": 256, "n_epochs": 5},
    {"batch_size": 512, "n_epochs": 5},
    {"batch_size": 256, "n_epochs": 3},
)
"""What is changed; the first changes nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--output", type=Path, help="a JSON file besides the table")
    given = parser.parse_args()
    folder = find_task("half_cheetah")
    task = replace(find_task("gym:HalfCheetah-v5"), algorithm=folder.algorithm, budget=folder.budget)
    rows = [measured(task, folder, changed, given.seeds) for changed in SETTINGS]
    print(f"On {usable_cores()} cores:\n")
    print("| minibatch | epochs | bare physics | steps a second | of it | return | difference, paired |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        settings, returns = row["settings"], np.asarray(row["returns"])
        difference = "" if row is rows[0] else interval(returns - np.asarray(rows[0]["returns"]))
        rate = row["env_steps"] / row["wall_s"]
        shown = [
            str(settings["batch_size"]),
            str(settings["n_epochs"]),
            f"{row['physics']:,.0f}",
            f"{rate:,.0f}",
            f"{rate / row['physics']:.0%}",
            interval(returns),
            difference,
        ]
        print(f"| {' | '.join(shown)} |")
    if given.output is not None:
        given.output.write_text(json.dumps(rows, indent=1))


def measured(task: Task, folder: Task, changed: dict[str, int], seeds: int) -> dict[str, Any]:
    task = replace(task, algorithm={**task.algorithm, **changed})
    settings = PpoSettings.of(task.algorithm)
    generation(task, range(2), settings.rollout)
    done: list[Evaluation] = []
    before = bare_physics(folder)
    started = time.perf_counter()
    for first in range(0, seeds, GENERATION):
        done += generation(task, range(first, min(first + GENERATION, seeds)), task.budget.env_steps)
    wall_s = time.perf_counter() - started
    return {
        "settings": asdict(settings),
        "physics": (before + bare_physics(folder)) / 2,
        "wall_s": wall_s,
        "env_steps": sum(evaluation.env_steps for evaluation in done),
        "returns": [evaluation.fitness for evaluation in done],
    }


def bare_physics(folder: Task) -> float:
    rate = physics_steps_a_second(folder, threads=usable_cores())
    assert rate is not None  # a MuJoCo task
    return rate


def generation(task: Task, seeds: range, env_steps: int) -> list[Evaluation]:
    with tempfile.TemporaryDirectory() as name, RewardSandbox() as sandbox:
        root = Path(name)
        jobs = [
            TrainingJob("native", "minibatches", k, seed_for(0, "minibatches", k), Native(),
                        root / f"{k}", env_steps)
            for k in seeds
        ]  # fmt: skip
        trainer = make_trainer(
            "population", sandbox, scratch=root / "tmp", parallel=None, stop=threading.Event()
        )
        try:
            outcomes = trainer.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
        finally:
            trainer.close()
    done = [outcome for outcome in outcomes if isinstance(outcome, Evaluation)]
    if len(done) < len(seeds):
        raise SystemExit(f"{len(seeds) - len(done)} of {len(seeds)} trainings failed: {outcomes}")
    return done


def interval(values: np.ndarray) -> str:
    found = t_interval(values.tolist())
    return f"{found.mean:.0f} [{found.low:.0f}, {found.high:.0f}]"


if __name__ == "__main__":
    main()
