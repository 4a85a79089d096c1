"""How many steps does a task need? Its reference on 5 seeds, and when each of them has solved it.

    python benchmarks/budgets.py run [task[=STEPS] …] [--seeds 5]
    python benchmarks/budgets.py show

`run` trains each task's reference once for STEPS steps (by default a million, a tenth of it in classic
control) and writes the curves to `benchmarks/data/budgets.json`; what that holds is not trained again. A seed
has solved its task at the first checkpoint whose score on held-out episodes reaches `solved`. A budget is
enough if four of five seeds have solved the task by then. `show` prints the smallest such budget beside the
task's own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.files import write_atomic
from eureka_agent.tasks.task import Task

DATA = Path(__file__).parent / "data" / "budgets.json"
CLASSIC = ("acrobot", "cartpole", "mountain_car", "mountain_car_weak", "pendulum")
STEPS, CLASSIC_STEPS = 1_000_000, 100_000
ENOUGH = 0.8
"""Share of the seeds that must have solved a task."""
ROOT_SEED = 6161


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "show"))
    parser.add_argument("tasks", nargs="*", metavar="TASK[=STEPS]")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.command == "run":
        usable = [task.name for task in eureka_agent.list_tasks() if not task.missing]
        for wanted in arguments.tasks or usable:
            name, _, steps = wanted.partition("=")
            run(name, int(steps or (CLASSIC_STEPS if name in CLASSIC else STEPS)), arguments.seeds)
    show()


def run(name: str, steps: int, seeds: int) -> None:
    known = held()
    if name in known and known[name]["steps"] >= steps:
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = eureka_agent.train(
            name, "reference", seeds=seeds, seed=ROOT_SEED, env_steps=steps, output=folder
        )
        curves = [curve(training.folder) for training in report.trainings if not training.failure]
    known[name] = {"steps": steps, "seconds": round(time.monotonic() - began), "curves": curves}
    lines = ",\n".join(f"{json.dumps(task)}: {json.dumps(told)}" for task, told in sorted(known.items()))
    write_atomic(DATA, f"{{\n{lines}\n}}\n".encode())
    print(row(name, known[name]), flush=True)


def curve(folder: Path) -> list[float]:
    told = json.loads((folder / "result.json").read_text())["evaluation"]
    return [float(f"{value:.4g}") for value in told["curves"]["fitness"]]


def held() -> dict[str, Any]:
    return json.loads(DATA.read_text()) if DATA.exists() else {}


def enough(task: Task, told: dict[str, Any]) -> int | None:
    """Return the smallest number of steps after which enough seeds have solved a task; None if never."""
    solved, sign = task.fitness.solved, task.fitness.sign
    if solved is None:
        return None
    firsts = [
        next((at for at, score in enumerate(one, start=1) if sign * score >= sign * solved), None)
        for one in told["curves"]
    ]
    needed = -(-len(firsts) * ENOUGH // 1)
    reached = sorted(at for at in firsts if at is not None)
    if len(reached) < needed:
        return None
    return round(told["steps"] * reached[int(needed) - 1] / len(told["curves"][0]))


def row(name: str, told: dict[str, Any]) -> str:
    task = eureka_agent.find_task(name)
    best = [max(task.fitness.sign * score for score in one) * task.fitness.sign for one in told["curves"]]
    after = enough(task, told)
    return (
        f"| `{name}` | {task.fitness.solved} | {', '.join(f'{score:.3g}' for score in best)} "
        f"| {'never' if after is None else f'{after:,}'} | {task.budget.env_steps:,} "
        f"| {told['steps']:,} | {told['seconds']} |"
    )


def show() -> None:
    print("| task | solved | best of each seed | enough | its budget | trained | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, told in sorted(held().items()):
        print(row(name, told))


if __name__ == "__main__":
    main()
