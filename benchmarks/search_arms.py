"""What do the LLM analyzer and the LLM critic change? Searches by arm, their winners on fresh seeds.

    python benchmarks/search_arms.py search TASK ARM NUMBER --root FOLDER [--model manual] [--first-from ARM]
    python benchmarks/search_arms.py confirm TASK --root FOLDER [--seeds 5]
    python benchmarks/search_arms.py table TASK --root FOLDER

`search` runs one search of an arm up to its confirmation and repeats nothing that it finds done. Searches of
one number have the same training seeds in all arms. With `--model manual`, `--first-from` gives the first
generation the replies that another arm's search of that number got to the same requests, so that arms differ
only in what they are compared by. `confirm` trains every arm's leaders, the reference and the task's sparse
reward on seeds that chose nothing; `table` prints what came out.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import threading
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import Interrupted
from eureka_agent.evolution.confirmation import STAGE, finalists_of
from eureka_agent.files import write_atomic
from eureka_agent.store.event_types import Event, RunStarted, TrainingStarted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.state import RunState

ARMS: dict[str, dict[str, Any]] = {
    "both": {"critic_model": "same", "analyzer_model": "same"},
    "no-analyzer": {"critic_model": "same"},
    "no-critic": {"analyzer_model": "same"},
}
"""What each arm asks the designer's model for, beside rewards."""
BASELINES = ("reference", "sparse")
FIRST_SEED = 1000
"""Root seed of the searches numbered 0; confirmations have `FRESH_SEED`."""
FRESH_SEED = 77_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("search", "confirm", "table"):
        command = commands.add_parser(name)
        command.add_argument("task")
        command.add_argument("--root", type=Path, required=True)
        command.add_argument("--env-steps", type=int, default=500_000)
        if name == "search":
            command.add_argument("arm", choices=ARMS)
            command.add_argument("number", type=int)
            command.add_argument("--model", default="manual")
            command.add_argument("--first-from", choices=ARMS)
            command.add_argument("--generations", type=int, default=3)
            command.add_argument("--samples", type=int, default=4)
        else:
            command.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    {"search": search, "confirm": confirm, "table": table}[arguments.command](arguments)


def search(arguments: argparse.Namespace) -> None:
    place = arguments.root / arguments.task / arguments.arm / str(arguments.number)
    stop = threading.Event()

    def listen(event: Event, state: RunState) -> None:
        if isinstance(event, RunStarted) and arguments.first_from:
            earlier = arguments.root / arguments.task / arguments.first_from / str(arguments.number)
            copy_first_replies(list_runs(earlier)[-1], list_runs(place)[-1], arguments.arm)
        if isinstance(event, TrainingStarted) and event.stage == STAGE:
            stop.set()

    try:
        eureka_agent.evolve(
            arguments.task, runs=place, model=arguments.model, seed=FIRST_SEED + arguments.number,
            generations=arguments.generations, samples=arguments.samples, env_steps=arguments.env_steps,
            confirm_top=1, on_event=listen, stop=stop, **ARMS[arguments.arm],
        )  # fmt: skip
    except Interrupted:
        if not stop.is_set():
            raise
    found = leader(list_runs(place)[-1])
    print(f"{place}: {'no leader' if found is None else f'{found.id} with {found.fitness:.4g}'}")


def copy_first_replies(earlier: RunFolder, new: RunFolder, arm: str) -> None:
    """Answer the new run's first generation as the earlier one was answered."""
    new.inbox.mkdir(parents=True, exist_ok=True)
    for path in sorted(earlier.inbox.glob("*0-*__turn*.md")):
        role, _, _ = path.name.rpartition("0-")
        if role == "critic__" and "critic_model" not in ARMS[arm]:
            continue
        if role == "" and not path.name.endswith("turn0.md") and "critic_model" not in ARMS[arm]:
            continue  # a repair that a reviewer asked for
        if role in ("", "critic__"):
            shutil.copy(path, new.inbox / path.name)


def leader(folder: RunFolder) -> Candidate | None:
    """Return who would be confirmed, alone."""
    state = RunState.of(read_events(folder.events))
    sign = eureka_agent.find_task(state.config["task"]["value"]).fitness.sign
    found = finalists_of([state.archive(sign=sign)], 1)
    return found[0] if found else None


def confirm(arguments: argparse.Namespace) -> None:
    rewards = {name: name for name in BASELINES}
    for place in sorted(p for p in (arguments.root / arguments.task).glob("*/*") if p.parent.name in ARMS):
        found = leader(list_runs(place)[-1])
        if found is not None and found.source is not None:
            path = place / "leader.py"
            write_atomic(path, found.source.encode())
            rewards[f"{place.parent.name}/{place.name}"] = str(path)
    for name, reward in rewards.items():
        output = arguments.root / arguments.task / "confirmed" / name
        if not (output / f"seed-{arguments.seeds - 1}" / "result.json").exists():
            report = eureka_agent.train(
                arguments.task, reward, seeds=arguments.seeds, seed=FRESH_SEED,
                env_steps=arguments.env_steps, output=output,
            )  # fmt: skip
            print(f"{name}: {report.summary}", flush=True)


def table(arguments: argparse.Namespace) -> None:
    root = arguments.root / arguments.task
    print("| search | score in the search | on fresh seeds | each |\n| --- | --- | --- | --- |")
    by_arm: dict[str, list[float]] = {}
    for place in sorted((root / "confirmed").glob("*/*")):
        if place.name.startswith("seed-"):
            continue
        scores = fitnesses(place, arguments.seeds)
        found = leader(list_runs(root / place.parent.name / place.name)[-1])
        by_arm.setdefault(place.parent.name, []).append(statistics.fmean(scores))
        searched = "" if found is None or found.fitness is None else f"{found.fitness:.4g}"
        print(_row(f"{place.parent.name} {place.name}", searched, scores))
    for name in BASELINES:
        print(_row(name, "", fitnesses(root / "confirmed" / name, arguments.seeds)))
    for arm, means in by_arm.items():
        told = t_interval(means) if len(means) > 1 else f"{means[0]:.4g}"
        print(f"\n{arm}: mean over {len(means)} searches {told}")


def fitnesses(place: Path, seeds: int) -> list[float]:
    told = [json.loads((place / f"seed-{n}" / "result.json").read_text()) for n in range(seeds)]
    return [one["evaluation"]["fitness"] for one in told if one["evaluation"] is not None]


def _row(name: str, searched: str, scores: list[float]) -> str:
    return f"| {name} | {searched} | {t_interval(scores)} | {', '.join(f'{s:.3g}' for s in scores)} |"


if __name__ == "__main__":
    main()
