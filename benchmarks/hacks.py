"""Every hack must lose to its task's reference: rewards that a careless fitness would let win.

    python benchmarks/hacks.py [--seeds 3] [--trainer population] [task …]

Trains the reference and every hack of each task on the same seeds and prints fitness with its interval.
Exits with 1 if any hack is not below the reference on every seed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import eureka_agent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trainer", default="population", choices=("population", "sb3"))
    arguments = parser.parse_args()
    lost = True
    print("| task | reward | fitness on each seed |\n| --- | --- | --- |")
    for name in arguments.tasks or [task.name for task in eureka_agent.list_tasks() if not task.missing]:
        task = eureka_agent.find_task(name)
        reference = fitnesses(name, "reference", arguments)
        print(f"| {name} | reference | {shown(reference)} |", flush=True)
        for hack in task.hacks:
            scores = fitnesses(name, f"hack:{hack}", arguments)
            sign = task.fitness.sign
            below = all(sign * h < sign * r for h, r in zip(scores, reference, strict=True))
            lost &= below
            print(f"| {name} | {hack} | {shown(scores)}{'' if below else ' **does not lose**'} |", flush=True)
    return 0 if lost else 1


def fitnesses(task: str, reward: str, arguments: argparse.Namespace) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        report = eureka_agent.train(
            task, reward, seeds=arguments.seeds, trainer=arguments.trainer, output=Path(folder)
        )
    # A training that fails gives nothing to be fooled by: it counts as the worst.
    worst = -eureka_agent.find_task(task).fitness.sign * float("inf")
    return [t.fitness if t.fitness is not None else worst for t in report.trainings]


def shown(values: list[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
