"""The bank: what fresh training seeds make of the same rewards, the ground truth for rules of selection.

    python benchmarks/bank.py train [task …] [--keep FOLDER]
    python benchmarks/bank.py show

`train` trains 12 rewards of each task on 8 seeds for 500,000 steps (hours; what the bank holds is not
trained again) and writes `benchmarks/data/bank/TASK.json`: of every training the final score and the curve of
scores. `show` says how far scores of the same reward lie apart. What is done with it was written down before:
`benchmarks/data/bank/preregistered.md`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.archive.archive import Archive
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.design.reply import extract_reward
from eureka_agent.design.search.proposer import Search
from eureka_agent.files import write_atomic
from eureka_agent.rewards.natural import arrived
from eureka_agent.rewards.rules import check_source
from eureka_agent.rewards.source import normalised_digest
from eureka_agent.tasks.task import Task

DATA = Path(__file__).parent / "data"
BANK = DATA / "bank"
RECORDINGS = {
    "half_cheetah_backflip": ("half_cheetah_backflip", "half_cheetah_backflip_1M"),
    "mountain_car": (),
    "walker_crouch_walk": ("walker_crouch_walk", "walker_crouch_walk_again"),
    "hopper_jump": ("hopper_jump",),
}
REWARDS, SEEDS, STEPS = 12, 8, 500_000
ROOT_SEED = 4242


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("train", "show"))
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--keep", type=Path, help="keep policies and curves there")
    arguments = parser.parse_args()
    for name in arguments.tasks or RECORDINGS:
        if arguments.command == "train":
            train(name, arguments.keep)
        show(name)


def train(name: str, keep: Path | None) -> None:
    task = eureka_agent.find_task(name)
    path, rows = BANK / f"{name}.json", held(name)
    for reward, source in rewards_of(task):
        if any(row["reward"] == reward for row in rows):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            root = keep / name / reward if keep else Path(scratch)
            root.mkdir(parents=True, exist_ok=True)
            file = root / "reward.py"
            file.write_text(source)
            report = eureka_agent.train(
                name, file, seeds=SEEDS, seed=ROOT_SEED, env_steps=STEPS, output=root / "trained"
            )
            rows += [
                {"reward": reward, "seed": seed, **outcome(training.folder)}
                for seed, training in enumerate(report.trainings)
            ]
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        write_atomic(path, f"[\n{lines}\n]\n".encode())
        print(f"{name} {reward}: {report.summary}", flush=True)


def outcome(folder: Path) -> dict[str, Any]:
    """Return a training's score and its curve of scores, rounded; None for one that failed."""
    told = json.loads((folder / "result.json").read_text())["evaluation"]
    if told is None:
        return {"fitness": None, "curve": []}
    curve = [float(f"{value:.4g}") for value in told["curves"]["fitness"]]
    return {"fitness": told["fitness"], "curve": curve}


def held(name: str) -> list[dict[str, Any]]:
    path = BANK / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []


def rewards_of(task: Task) -> list[tuple[str, str]]:
    """Return the task's rewards by name, as they were written down to be chosen."""
    recordings = RECORDINGS[task.name]
    if not recordings:
        return list(_own(task))[:REWARDS]
    usable = [one for recording in recordings for one in _recorded(task, recording)]
    return [usable[round(i * (len(usable) - 1) / (REWARDS - 1))] for i in range(REWARDS)]


def _recorded(task: Task, recording: str) -> Iterator[tuple[str, str]]:
    """Yield the last answer of every slot of a recording that the static rules accept."""
    lines = (DATA / "replies" / f"{recording}.jsonl").read_text().splitlines()[1:]
    last = {row["key"].split("/")[0]: row["reply"] for row in sorted(map(json.loads, lines), key=_key)}
    for slot, reply in sorted(last.items()):
        source = extract_reward(reply).source
        made = None if source is None else arrived(source, task)
        if made is not None and not made.refused and not _refused(made.text, task):
            yield f"{recording}-{slot}", made.text


def _key(row: dict[str, Any]) -> str:
    return row["key"]


def _refused(source: str, task: Task) -> bool:
    found = check_source(source, [signal.name for signal in task.readable_signals])
    return any(finding.severity == "error" for finding in found)


def _own(task: Task) -> Iterator[tuple[str, str]]:
    """Yield the reference, the hacks, and rewards that `search` draws; none twice."""
    seen: set[str] = set()
    for name, source in _candidates(task):
        digest = normalised_digest(source)
        if digest not in seen:
            seen.add(digest)
            yield name, source


def _candidates(task: Task) -> Iterator[tuple[str, str]]:
    folder = Path(task.ref.value)
    yield "reference", (folder / "reference.py").read_text()
    for path in sorted((folder / "hacks").glob("*.py")):
        yield f"hack-{path.stem}", path.read_text()
    search = Search(task, seed=0)
    for slot in search.plan(0, REWARDS, Archive()):
        yield f"search-{slot.index:02d}", search.propose(slot, NOTHING_KNOWN).source or ""


def show(name: str) -> None:
    rows = held(name)
    for reward in dict.fromkeys(row["reward"] for row in rows):
        scores = [row["fitness"] for row in rows if row["reward"] == reward and row["fitness"] is not None]
        spread = statistics.stdev(scores) if len(scores) > 1 else float("nan")
        each = ", ".join(f"{score:.3g}" for score in sorted(scores))
        print(f"{name} {reward}: mean {statistics.fmean(scores):.4g}, deviation {spread:.3g} ({each})")


if __name__ == "__main__":
    main()
