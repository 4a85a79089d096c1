"""Other weights or other terms? `tune`'s points against mutations, from one leader at equal steps.

    python benchmarks/tuning.py run FOLDER [TASK[=STEPS] …]
    python benchmarks/tuning.py table FOLDER [TASK …]

A leader is the best of twelve rewards of a first generation of `search` that have two weights or more. Twelve
rewards come from it in each of two ways and are trained on one seed: the points of `tune` (the first is the
leader itself), and a generation that `search` plans from the leader alone (mutations of terms, new weights by
component, one fresh draw). The best of each way is then trained beside the leader on 8 seeds that chose
nothing. What FOLDER holds is not trained again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.benched import Asked, conditions_of, opened
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.design.search.proposer import Search
from eureka_agent.evolution.tuning import MOST_NUMBERS, POINTS, factors
from eureka_agent.evolution.workbench import Workbench, name_of
from eureka_agent.files import write_atomic
from eureka_agent.rewards.refining.tunable import tunable_numbers, with_numbers
from eureka_agent.rewards.reward import Coded
from eureka_agent.training.driver import RESULT
from eureka_agent.training.results import read_result

TASKS = {
    "acrobot": 60_000,
    "mountain_car_weak": 60_000,
    "hopper_jump": 200_000,
    "half_cheetah_backward": 200_000,
}
FRESH_SEEDS = 8
MOST_DRAWN = 40
"""Rewards that are drawn, among them twelve with two weights."""


class Written(NamedTuple):
    """A reward, and what `search` wrote it from."""

    source: str
    genome: Mapping[str, Any] | None = None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "table"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("tasks", nargs="*", metavar="TASK[=STEPS]")
    arguments = parser.parse_args()
    for wanted in arguments.tasks or TASKS:
        name, _, steps = wanted.partition("=")
        if arguments.command == "run":
            run(name, int(steps or TASKS.get(name, 0)) or None, arguments.folder)
        table(name, arguments.folder)


def run(name: str, env_steps: int | None, root: Path) -> None:
    """Find a leader, try both ways, and write what its best came to on fresh seeds."""
    asked = Asked(output=root / name, env_steps=env_steps, tell=print)
    conditions = conditions_of(eureka_agent.find_task(name), asked)
    with opened(conditions, asked, "tuning", "Tuning and mutating") as tools:
        bench, task, sign = tools.bench, tools.bench.task, tools.bench.task.fitness.sign
        search = Search(task, seed=0)
        drawn = _proposed(search, 0, Archive.of([], sign=sign), MOST_DRAWN)
        leader = _best(bench, [one for one in drawn if len(tunable_numbers(one.source)) > 1][:POINTS], sign)
        ways = {"tuned": _points(leader.source), "mutated": _mutated(bench, search, leader, sign)}
        best = {way: _best(bench, drafts, sign) for way, drafts in ways.items()} | {"leader": leader}
        scores = bench.scores([Coded(one.source) for one in best.values()], stage="fresh", seeds=FRESH_SEEDS)
    told = {
        way: {"fitness": score.fitness, "source": draft.source}
        for (way, draft), score in zip(best.items(), scores, strict=True)
    }
    write_atomic(root / name / "outcome.json", json.dumps({"sign": sign, **told}).encode())


def _proposed(search: Search, generation: int, archive: Archive, samples: int) -> list[Written]:
    slots = search.plan(generation, samples, archive)
    drafts = [search.propose(slot, NOTHING_KNOWN) for slot in slots]
    return [Written(draft.source or "", draft.genome) for draft in drafts]


def _best(bench: Workbench, drafts: Sequence[Written], sign: float) -> Written:
    scores = bench.scores([Coded(draft.source) for draft in drafts], stage="search", seeds=1)
    known = [(sign * score.fitness[0], n) for n, score in enumerate(scores) if score.fitness]
    return drafts[max(known)[1]]


def _points(source: str) -> list[Written]:
    numbers = tunable_numbers(source)[:MOST_NUMBERS]
    rows = factors(len(numbers))
    return [
        Written(with_numbers(source, numbers, [n.value * f for n, f in zip(numbers, row, strict=True)]))
        for row in rows
    ]


def _mutated(bench: Workbench, search: Search, leader: Written, sign: float) -> list[Written]:
    """Return a generation that is planned from the leader's training alone."""
    reward = Coded(leader.source)
    key = f"{name_of(reward)}/search-0"
    trained = read_result(bench.folder / key / RESULT, key, None)
    assert isinstance(trained, Evaluation)
    known = Candidate(
        0,
        0,
        "seed",
        source=leader.source,
        genome=leader.genome,
        status=Status.TRAINED,
        evaluations=(trained,),
    )
    return _proposed(search, 1, Archive.of([known], sign=sign, incumbent_id=known.id), POINTS)


def table(name: str, root: Path) -> None:
    """Print the best of each way on fresh seeds, and their paired differences."""
    path = root / name / "outcome.json"
    if not path.exists():
        return
    told = json.loads(path.read_text())
    fitness = {way: told[way]["fitness"] for way in ("leader", "tuned", "mutated")}
    means = ", ".join(
        f"{way} {t_interval(values) if values else 'failed'}" for way, values in fitness.items()
    )
    print(f"{name}: {means}")
    for one, other in (("tuned", "leader"), ("mutated", "leader"), ("tuned", "mutated")):
        pairs = zip(fitness[one], fitness[other], strict=False)
        print(f"    {one} - {other}: {t_interval([told['sign'] * (a - b) for a, b in pairs])}")


if __name__ == "__main__":
    main()
