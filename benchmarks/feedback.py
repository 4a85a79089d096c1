"""Does what a person says change what policies do? Searches with and without three sentences, on equal seeds.

    python benchmarks/feedback.py search TASK ARM NUMBER --root FOLDER [--model manual]
    python benchmarks/feedback.py confirm TASK --root FOLDER [--later]
    python benchmarks/feedback.py table TASK --root FOLDER [--later]

`search` runs one search of an arm (`silent` or `said`) up to its confirmation, and repeats nothing that it
finds done. Both arms of one number have the same training seeds and first generation: `said` gets the
replies that `silent` got. After that generation the sentences of `SAID` are said. `confirm` trains every
search's leader on 8 seeds that chose nothing; `table` prints fitness and what the sentences were about, as
`benchmarks/data/feedback/preregistered.md` says. With `--later` it is not the leader, which fitness alone
decides on, but the best that was proposed after the first generation, in both arms.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from search_arms import leader

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.archive.candidate import Candidate
from eureka_agent.errors import Interrupted
from eureka_agent.evolution.hearing import Turn
from eureka_agent.feedback import Comment
from eureka_agent.files import write_atomic
from eureka_agent.store.event_types import Event, FinalistsNamed, RunStarted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

ARMS = ("silent", "said")
SAID: Mapping[str, tuple[Comment, ...]] = {
    "half_cheetah_backflip": (
        Comment("It hits the ground far too hard. Land softly.", concern="unsafe"),
        Comment("Bend the legs to take the landing, and come down on the feet.", concern="ugly"),
        Comment("Go on doing flips; I want them gentle, not fewer."),
    ),
    "half_cheetah": (
        Comment("Keep your back level: it pitches up and down all the time.", concern="ugly"),
        Comment("Never run on the head or on the back.", concern="unsafe"),
        Comment("Go on running as fast as that allows."),
    ),
}
"""What is said of each task, after the first generation."""
SEEDS, FIRST_SEED, FRESH_SEED = 8, 2_000, 88_000
"""Searches of a number have the root seed FIRST_SEED + number; confirmations have FRESH_SEED."""
UNREACHED = 1e9
"""No search ends at its task's target: `half_cheetah` reaches it before anything was said."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("search", "confirm", "table"):
        command = commands.add_parser(name)
        command.add_argument("task", choices=SAID)
        command.add_argument("--root", type=Path, required=True)
        command.add_argument("--env-steps", type=int, default=400_000)
        if name == "search":
            command.add_argument("arm", choices=ARMS)
            command.add_argument("number", type=int)
            command.add_argument("--model", default="manual")
            command.add_argument("--generations", type=int, default=3)
            command.add_argument("--samples", type=int, default=4)
        else:
            command.add_argument("--later", action="store_true")
    arguments = parser.parse_args()
    {"search": search, "confirm": confirm, "table": table}[arguments.command](arguments)


def search(arguments: argparse.Namespace) -> None:
    root = arguments.root / arguments.task
    place, silent = (root / arm / str(arguments.number) for arm in (arguments.arm, "silent"))
    stop = threading.Event()

    def listen(event: Event, state: RunState) -> None:
        if isinstance(event, RunStarted) and place != silent:
            copy_first_replies(list_runs(silent)[-1], list_runs(place)[-1])
        if isinstance(event, FinalistsNamed):
            stop.set()

    def speak(turn: Turn) -> None:
        for comment in SAID[arguments.task] if turn.generation == 0 else ():
            turn.hear(comment, "benchmark")

    try:
        eureka_agent.evolve(
            arguments.task, runs=place, model=arguments.model, seed=FIRST_SEED + arguments.number,
            generations=arguments.generations, samples=arguments.samples, env_steps=arguments.env_steps,
            confirm_top=1, choose_seeds=0, target=UNREACHED, on_event=listen, stop=stop,
            ask=speak if arguments.arm == "said" else None,
        )  # fmt: skip
    except Interrupted:
        if not stop.is_set():
            raise
    found = leader(list_runs(place)[-1])
    print(f"{place}: {'no leader' if found is None else f'{found.id} with {found.fitness:.4g}'}")


def copy_first_replies(earlier: RunFolder, new: RunFolder) -> None:
    """Answer the new run's first generation as the earlier one was answered."""
    new.inbox.mkdir(parents=True, exist_ok=True)
    for path in sorted(earlier.inbox.glob("0-*__turn*.md")):
        shutil.copy(path, new.inbox / path.name)


def confirm(arguments: argparse.Namespace) -> None:
    for place in searches(arguments):
        found = chosen(list_runs(place)[-1], later=arguments.later)
        output = place / confirmed(later=arguments.later)
        if found is None or found.source is None or (output / f"seed-{SEEDS - 1}" / "result.json").exists():
            continue
        path = place / ("later.py" if arguments.later else "leader.py")
        write_atomic(path, found.source.encode())
        report = eureka_agent.train(
            arguments.task, path, seeds=SEEDS, seed=FRESH_SEED, env_steps=arguments.env_steps, output=output
        )
        print(f"{place.parent.name} {place.name}: {report.summary}", flush=True)


def chosen(run: RunFolder, *, later: bool) -> Candidate | None:
    """Return a search's leader, or the best that was proposed after its first generation."""
    if not later:
        return leader(run)
    state = RunState.of(read_events(run.events))
    sign = eureka_agent.find_task(state.config["task"]["value"]).fitness.sign
    ranked = state.archive(sign=sign).ranked()
    return next((one for one in ranked if one.generation > 0 and one.stopped is None), None)


def confirmed(*, later: bool) -> str:
    """Return the folder of the trainings on fresh seeds."""
    return "confirmed-later" if later else "confirmed"


def searches(arguments: argparse.Namespace) -> list[Path]:
    root = arguments.root / arguments.task
    return sorted(place for arm in ARMS for place in (root / arm).glob("[0-9]*"))


MEASURES = {
    "peak impact (N)": lambda one: float(np.max(one.signals["impact"])),
    "99 % of impacts (N)": lambda one: float(np.quantile(one.signals["impact"], 0.99)),
    "mean |pitch| (rad)": lambda one: float(np.mean(np.abs(one.signals["pitch"]))),
}
"""What the sentences were about, of one episode."""


def table(arguments: argparse.Namespace) -> None:
    place = confirmed(later=arguments.later)
    rows = {(p.parent.name, p.name): measured(p / place) for p in searches(arguments)}
    names = ["fitness", *MEASURES]
    print(f"| search | {' | '.join(names)} |\n| --- |{' --- |' * len(names)}")
    for (arm, number), seeds in rows.items():
        cells = " | ".join(str(t_interval([one[name] for one in seeds])) for name in names)
        print(f"| {arm} {number} | {cells} |")
    numbers = sorted({number for _, number in rows})
    pairs = [n for n in numbers if all(rows.get((arm, n)) for arm in ARMS)]
    for name in names:
        differences = [
            said[name] - silent[name]
            for n in pairs
            for silent, said in zip(rows["silent", n], rows["said", n], strict=True)
        ]
        means = [statistics.fmean(one[name] for n in pairs for one in rows[arm, n]) for arm in ARMS]
        told = f"{means[0]:.4g} silent, {means[1]:.4g} said"
        print(f"\n{name}: {told}; said - silent {t_interval(differences)} over {len(differences)} seeds")


def measured(place: Path) -> list[dict[str, float]]:
    """Return fitness and measures of each seed, the latter as means over its recorded episodes."""
    return [_of_seed(place / f"seed-{seed}") for seed in range(SEEDS)]


def _of_seed(folder: Path) -> dict[str, float]:
    told = json.loads((folder / "result.json").read_text())["evaluation"]
    episodes: list[Trajectory] = list(read_trajectories(folder / FILE))
    means = {name: statistics.fmean(map(measure, episodes)) for name, measure in MEASURES.items()}
    return {"fitness": told["fitness"], **means}


if __name__ == "__main__":
    main()
