"""What runs find on the tasks: each against the reference and the sparse baseline, at equal steps.

    python benchmarks/suite.py run RUNS [--model search] [--generations 2] [--samples 6] TASK[=STEPS] …
    python benchmarks/suite.py report RUNS [RUNS …]

`run` evolves a reward for each task, `STEPS` of learning a training, and goes on where an earlier call
stopped. `report` prints one row for each finished run: fitness over fresh seeds with its 95 % t-interval,
checkpoints chosen on other episodes than those that score.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from pathlib import Path

import eureka_agent
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.records import ConfirmationRow, PairedDifference
from eureka_agent.store.state import RunState

NEVER = 1e9
"""A target that is never reached: every run has the same number of candidates."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("runs", type=Path)
    run.add_argument("tasks", nargs="+", metavar="TASK[=STEPS]")
    run.add_argument("--model", default="search")
    run.add_argument("--generations", type=int, default=2)
    run.add_argument("--samples", type=int, default=6)
    run.add_argument("--seeds", type=int, default=3)
    report = commands.add_parser("report")
    report.add_argument("runs", type=Path, nargs="+")
    given = parser.parse_args()
    if given.command == "report":
        print_report(given.runs)
        return
    for wanted in given.tasks:
        evolve(wanted, given)


def evolve(wanted: str, given: argparse.Namespace) -> None:
    task, _, steps = wanted.partition("=")
    if any(task == task_of(folder) and finished(folder) for folder in list_runs(given.runs)):
        return
    result = eureka_agent.evolve(
        task,
        runs=given.runs,
        model=given.model,
        generations=given.generations,
        samples=given.samples,
        env_steps=int(steps) if steps else None,
        confirm_top=2,
        confirm_seeds=given.seeds,
        target=target_of(task),
    )
    print(task, result.winner, result.folder, flush=True)


def target_of(task: str) -> float:
    return NEVER * eureka_agent.find_task(task).fitness.sign


def task_of(folder: RunFolder) -> str:
    return Path(tomllib.loads(folder.config.read_text())["task"]["value"]).name


def finished(folder: RunFolder) -> bool:
    return RunState.of(read_events(folder.events)).finished


def print_report(roots: list[Path]) -> None:
    columns = ("task", "proposer", "candidates", "steps each", "found", "reference", "sparse", "difference")
    print(f"| {' | '.join(columns)} |")
    print("| --- " * len(columns) + "|")
    for row in sorted(row for root in roots for row in rows_of(root)):
        print("| " + " | ".join(row) + " |")


def rows_of(root: Path) -> Iterator[tuple[str, ...]]:
    for folder in list_runs(root):
        state = RunState.of(read_events(folder.events))
        if not state.finished or state.confirmation is None:
            continue
        steps = state.config["env_steps"] or eureka_agent.find_task(task_of(folder)).budget.env_steps
        yield (
            f"`{task_of(folder)}`",
            state.config["model"],
            str(len(state.candidates)),
            f"{steps:,}",
            interval(state.confirmation.row(state.confirmation.winner)),
            interval(state.confirmation.row("reference")),
            interval(state.confirmation.row("sparse")),
            difference(state.confirmation.paired_difference),
        )


def interval(row: ConfirmationRow | None) -> str:
    if row is None:
        return "none"
    return f"{row.fitness:.3g} [{row.low:.3g}, {row.high:.3g}] ({len(row.seeds)})"


def difference(found: PairedDifference | None) -> str:
    return "" if found is None else f"{found.mean:+.3g} [{found.low:+.3g}, {found.high:+.3g}]"


if __name__ == "__main__":
    main()
