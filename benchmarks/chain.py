"""Does a sequence of two rewards teach what neither of them teaches alone? Three arms on the same seeds.

    python benchmarks/chain.py TASK FIRST SECOND FOLDER [--seeds 20] [--env-steps N]

`sequence` trains with the first reward for N steps and then with the second for N, from its policy; `first`
and `second` train from random weights with one of them for 2 N. Rewards are files, or names as `train` takes
them. Seeds are trained four at a time, and what ended is not trained again; one that failed is left out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.files import write_json
from eureka_agent.tasks.identity import task_digest

ROOT_SEED = 120_000
"""No other benchmark uses seeds under it."""
TOGETHER = 4
"""Seeds that are trained as one population."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task")
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--env-steps", type=int)
    given = parser.parse_args()
    task = eureka_agent.find_task(given.task)
    steps = given.env_steps or task.budget.env_steps
    check_same(given.folder, [task_digest(task), _text(given.first), _text(given.second), steps])
    arms: dict[str, tuple[list[str], int]] = {
        "sequence": ([given.first, given.second], steps),
        "first": ([given.first], 2 * steps),
        "second": ([given.second], 2 * steps),
    }
    for begin in range(0, given.seeds, TOGETHER):
        for arm, (rewards, env_steps) in arms.items():
            train(given.task, rewards, env_steps, given.folder / arm, begin, given.seeds)
    table({arm: scores(given.folder / arm, given.seeds) for arm in arms}, task.fitness.sign)


def check_same(folder: Path, asked: list[object]) -> None:
    """Note what a folder's trainings are of; raise SystemExit where they are of something else."""
    path = folder / "asked.json"
    if path.exists() and json.loads(path.read_text()) != asked:
        raise SystemExit(f"{folder} holds trainings of another task, reward or budget: name another folder.")
    write_json(path, asked)


def _text(reward: str) -> str:
    return Path(reward).read_text() if Path(reward).is_file() else reward


def train(task: str, rewards: list[str], env_steps: int, place: Path, begin: int, seeds: int) -> None:
    """Train the seeds from `begin` on that are trained together, unless that was done."""
    path = place / f"{begin}.json"
    count = min(TOGETHER, seeds - begin)
    if path.exists() and len(json.loads(path.read_text())) >= count:
        return
    report = eureka_agent.train(
        task, rewards, seeds=count, seed=ROOT_SEED + begin, env_steps=env_steps, output=place / str(begin)
    )
    write_json(path, [one.fitness for one in report.trainings])
    print(f"{place.name}, seeds {begin} to {begin + count - 1}: {report.summary}", flush=True)


def scores(place: Path, seeds: int) -> list[float | None]:
    """Return the fitness of each seed, None where its training failed."""
    found: list[float | None] = []
    for begin in range(0, seeds, TOGETHER):
        found += json.loads((place / f"{begin}.json").read_text())
    return found[:seeds]


def table(found: dict[str, list[float | None]], sign: float) -> None:
    """Print each arm's mean, and by how much the sequence is better on the seeds that both have."""
    for arm, values in found.items():
        known = [value for value in values if value is not None]
        print(f"{arm}: {t_interval(known) if known else 'every training failed'} over {len(known)} seeds")
        pairs = zip(found["sequence"], values, strict=True)
        apart = [sign * (own - other) for own, other in pairs if own is not None and other is not None]
        if arm != "sequence" and len(apart) > 1:
            print(f"  the sequence is better by {t_interval(apart)} on {len(apart)} seeds that both have")


if __name__ == "__main__":
    main()
