"""What a curriculum is worth: the same reward, seeds and learning steps, with a task's stages and without.

    python benchmarks/curriculum.py [--seeds 5] [--reward reference] [--trainer population] [task …]

Prints the fitness of every seed, scored on the task itself in both arms, and all steps including evaluation.
Exits with 1 where a curriculum is not better on average.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.train import TrainReport


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["mountain_car_weak"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--reward", default="reference")
    parser.add_argument("--trainer", default="population", choices=("population", "sb3"))
    arguments = parser.parse_args()
    better = True
    print("| task | stages | fitness | on each seed | learning steps | all steps |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in arguments.tasks:
        task = eureka_agent.find_task(name)
        arms = {stages: trained(name, arguments, stages=stages) for stages in (True, False)}
        for stages, report in arms.items():
            words = ", ".join(stage.name for stage in task.stages) if stages else "none"
            values = [t.fitness for t in report.trainings if t.fitness is not None]
            shown = ", ".join(f"{value:.3g}" for value in values)
            steps = ", ".join(f"{t.env_steps:,}" for t in report.trainings)
            learning = f"{task.budget.env_steps:,}"
            print(f"| {name} | {words} | {t_interval(values)} | {shown} | {learning} | {steps} |", flush=True)
        means = {stages: mean(report) for stages, report in arms.items()}
        better &= task.fitness.sign * means[True] > task.fitness.sign * means[False]
    return 0 if better else 1


def trained(task: str, arguments: argparse.Namespace, *, stages: bool) -> TrainReport:
    with tempfile.TemporaryDirectory() as folder:
        report = eureka_agent.train(
            task, arguments.reward, seeds=arguments.seeds, trainer=arguments.trainer, stages=stages,
            output=Path(folder),
        )  # fmt: skip
    if failures := [t.failure for t in report.trainings if t.failure]:
        sys.exit(f"{task}: a training failed: {failures[0]}")
    return report


def mean(report: TrainReport) -> float:
    values = [t.fitness for t in report.trainings if t.fitness is not None]
    return sum(values) / len(values)


if __name__ == "__main__":
    sys.exit(main())
