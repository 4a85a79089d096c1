"""Do the rules of selection, or labels of captions, find better rewards? The built-in search, in pairs.

    python benchmarks/paired_searches.py run FOLDER [task …] [--pairs 10] [--arm ARM …]
    python benchmarks/paired_searches.py table FOLDER [task …] [--pairs 10] [--arm ARM …]

A pair is two searches with one root seed and one budget of environment steps, which pays for everything a run
does, its confirmation included. What both name as winner is then trained on 8 seeds that no search has seen,
with what was learned from labels beside it where the search had any. Arms are compared with the first of
them. A run that ended is not repeated.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w
from intrinsic_arms import GOALS

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.files import write_atomic
from eureka_agent.training.job import most_steps

TASKS = {"acrobot": 40_000, "pendulum": 10_000, "mountain_car_weak": 20_000}
"""Steps of a training, with which the reference solves its task on some seeds of five and fails on others."""
ARMS: dict[str, dict[str, Any]] = {
    "before": {"selection": "duels", "confirm_top": 2, "confirm_seeds": 5, "choose_seeds": 0},
    "duels": {"selection": "duels"},
    "posterior": {"selection": "posterior"},
    "labels": {"selection": "duels", "intrinsic": "rules:{rules}"},
}
"""Options of each arm; the first is what searches did before winners were chosen on seeds of their own.

`{rules}` is a file with the rules that label captions of the task in `benchmarks/intrinsic_arms.py`.
"""
SAMPLES = 8
TRAININGS = 64
"""A budget is as many trainings as this, evaluation included."""
FRESH_SEEDS, FRESH_SEED = 8, 88_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "table"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", nargs="*", metavar="task", help=", ".join(TASKS))
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--arm", action="append", choices=tuple(ARMS), help="run and compare these arms only")
    arguments = parser.parse_args()
    tasks = arguments.tasks or list(TASKS)
    if unknown := set(tasks) - set(TASKS):
        parser.error(f"no steps are set here for {', '.join(sorted(unknown))}; add them to TASKS.")
    if arguments.command == "run":
        for number, task in itertools.product(range(arguments.pairs), tasks):
            for arm in arguments.arm or ARMS:
                run(task, arm, number, arguments.folder)
    for task in tasks:
        table(task, arguments.arm or list(ARMS), arguments.folder, arguments.pairs)


def run(task: str, arm: str, number: int, root: Path) -> None:
    """Search and train the winner on fresh seeds, unless that was done."""
    place = root / task / arm / str(number)
    outcome = place / "outcome.json"
    if outcome.exists():
        return
    known, steps = eureka_agent.find_task(task), TASKS[task]
    result = eureka_agent.evolve(
        task, runs=place, model="search", seed=number, generations=99, samples=SAMPLES, target=_never(known),
        env_steps=steps, budget_steps=TRAININGS * most_steps(known, steps), **options_of(arm, task, place),
    )  # fmt: skip
    told: dict[str, Any] = {"winner": result.winner, "confirmed": None, "fresh": []}
    if result.winner is not None and result.reward is not None:
        row = next(row for row in result.confirmation["table"] if row["name"] == result.winner)
        report = eureka_agent.train(
            task, result.reward, env_steps=steps, seeds=FRESH_SEEDS, seed=FRESH_SEED, output=place / "fresh"
        )
        fresh = [one.fitness for one in report.trainings if one.fitness is not None]
        told |= {"confirmed": row["fitness"], "fresh": fresh}
    outcome.write_text(json.dumps(told))
    print(f"{task} {arm} {number}: {told}", flush=True)


def options_of(arm: str, task: str, place: Path) -> dict[str, Any]:
    """Return the options of an arm; where it has labels, write the rules for them."""
    options = ARMS[arm]
    if "intrinsic" not in options:
        return options
    rules = [{"pattern": pattern, "value": value} for pattern, value in GOALS[task].rules]
    path = place / "rules.toml"
    write_atomic(path, tomli_w.dumps({"rules": rules}))
    told = {"intrinsic": options["intrinsic"].format(rules=path), "intrinsic_goal": GOALS[task].sentence}
    return options | told


def _never(task: eureka_agent.Task) -> float:
    """Return a target that no search reaches, so that all spend their budget."""
    return task.fitness.sign * 1e12


def table(task: str, arms: Sequence[str], root: Path, pairs: int) -> None:
    """Print each arm's winners on fresh seeds, and the paired differences to the first arm."""
    sign = eureka_agent.find_task(task).fitness.sign
    means = {arm: [_fresh(root / task / arm / str(n)) for n in range(pairs)] for arm in arms}
    first = arms[0]
    for arm, found in means.items():
        known = [mean for mean, _ in (one for one in found if one is not None)]
        flattery = [sign * (told - mean) for mean, told in (one for one in found if one is not None)]
        if not known:
            continue
        pairs_ = [
            sign * (own[0] - other[0])
            for own, other in zip(found, means[first], strict=True)
            if own is not None and other is not None
        ]
        better = "" if arm == first or len(pairs_) < 2 else f"; better by {t_interval(pairs_)} in pairs"
        print(
            f"{task} {arm}: {t_interval(known)} over {len(known)} searches, reported too good by "
            f"{statistics.fmean(flattery):.3g}{better}"
        )


def _fresh(place: Path) -> tuple[float, float] | None:
    """Return the mean on fresh seeds of a search's winner, and what its confirmation said."""
    path = place / "outcome.json"
    told: Any = json.loads(path.read_text()) if path.exists() else {"fresh": []}
    return (statistics.fmean(told["fresh"]), told["confirmed"]) if told["fresh"] else None


if __name__ == "__main__":
    main()
