"""What do learned rewards bring, and what of it is due to labels? One sparse reward, many arms, equal seeds.

    python benchmarks/intrinsic_arms.py train TASK --root FOLDER [--seeds 10] [--env-steps N] [--arms "a;b"]
    python benchmarks/intrinsic_arms.py table TASK --root FOLDER

Every arm adds something to the task's sparse reward, on the same seeds: nothing, a bonus for captions that
are new in the episode, each kind of learned reward with and without the discount for repeated captions, and
labels that mean nothing. One arm, `reference`, has the task's dense reward in the place of all that. The
annotator is a rule for captions, which answers within a quarter of a second, so that `retrieval` is the rule
itself but for the first rollouts; no labels are known at first. Arms that ended are not trained again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.files import write_json
from eureka_agent.intrinsic import Predicate
from eureka_agent.intrinsic.options import IntrinsicOptions

ROOT_SEED = 150_000
"""No other benchmark uses seeds under it."""
COEFFICIENT, AT_THE_END = 0.1, 0.0
"""Of the learned reward in all arms and tasks, annealed; chosen on three other seeds of each task."""
BETA = 1.0
"""Of the discount; the default of `oni`."""


@dataclass(frozen=True)
class Goal:
    """What the annotator likes in one task."""

    sentence: str
    rules: tuple[tuple[str, float], ...]
    """Pattern and value; the first that is found decides, and 0 where none is."""
    episode_steps: int | None = None
    """Actions in an episode, if not the task's own."""

    def judge(self, caption: str) -> float:
        return next((value for pattern, value in self.rules if re.search(pattern, caption)), 0.0)

    def shuffled(self, caption: str) -> float:
        """A label that means nothing: helpful for as large a share of captions, by their hash."""
        share = int.from_bytes(hashlib.sha256(caption.encode()).digest()[:4], "big") / 2**32
        return float(share < SHUFFLED_SHARE)


SHUFFLED_SHARE = 0.3
GOALS: Mapping[str, Goal] = {
    "acrobot": Goal("swing the tip above the line", ((r"tip height high", 1.0),)),
    "mountain_car": Goal(
        "reach the flag on the right hill, by swinging ever higher",
        ((r"at the flag", 1.0), (r"on the right hill.*moving right", 1.0), (r"high up the left hill", 1.0)),
    ),
    "mountain_car_weak": Goal(
        "reach the flag on the right hill, by swinging ever higher",
        ((r"at the flag", 1.0), (r"on the right hill", 1.0), (r"high up the left hill", 1.0)),
    ),
    "reacher": Goal(
        "bring the fingertip to the target and hold it there", ((r"(at|close to) the target", 1.0),)
    ),
    "minihack_room": Goal(
        "come to the stairs", ((r"(on|beside|near|with) the stairs", 1.0),), episode_steps=40
    ),
    "pendulum": Goal(
        "hold the pendulum upright and still",
        (
            (r"is upright, (still|turning slowly)", 1.0),
            (r"nearly upright", 1.0),
            (r"above the horizontal", 1.0),
        ),
    ),
}


@dataclass(frozen=True)
class Arm:
    """What is added to the sparse reward."""

    kind: str = ""
    beta: float = 0.0
    shuffled: bool = False
    reward: str = "sparse"
    """What it is added to."""


ARMS: Mapping[str, Arm] = {
    "sparse": Arm(),
    "reference": Arm(reward="reference"),
    "count": Arm("count", BETA),
    "rnd": Arm("rnd"),
    "retrieval": Arm("retrieval"),
    "retrieval, discounted": Arm("retrieval", BETA),
    "classification": Arm("classification"),
    "classification, discounted": Arm("classification", BETA),
    "ranking": Arm("ranking"),
    "ranking, discounted": Arm("ranking", BETA),
    "shuffled": Arm("retrieval", shuffled=True),
    "shuffled, discounted": Arm("retrieval", BETA, shuffled=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "table"):
        command = commands.add_parser(name)
        command.add_argument("task", choices=GOALS)
        command.add_argument("--root", type=Path, required=True)
        if name == "train":
            command.add_argument("--seeds", type=int, default=10)
            command.add_argument("--env-steps", type=int)
            command.add_argument("--arms", default=";".join(ARMS), help="names, with ; between them")
    given = parser.parse_args()
    if given.command == "table":
        table(given.task, given.root / given.task)
        return
    for name in given.arms.split(";"):
        train(given.task, name, given.root / given.task / name, seeds=given.seeds, env_steps=given.env_steps)


def train(task: str, name: str, place: Path, *, seeds: int, env_steps: int | None) -> None:
    path = place / "fitness.json"
    if path.exists():
        return
    arm, goal = ARMS[name], GOALS[task]
    ref = eureka_agent.find_task(task, max_episode_steps=goal.episode_steps).ref
    if not arm.kind:
        trained = eureka_agent.train(
            ref, arm.reward, seeds=seeds, seed=ROOT_SEED, env_steps=env_steps, output=place
        ).trainings
        labels = 0
    else:
        judge: Callable[[str], float] = goal.shuffled if arm.shuffled else goal.judge
        report = eureka_agent.oni(
            ref, goal=goal.sentence, annotator=Predicate(name, judge, goal.sentence), reward=arm.reward,
            learned=IntrinsicOptions(
                kind=arm.kind, coefficient=COEFFICIENT, coefficient_end=AT_THE_END, beta=arm.beta,
            ),
            seeds=seeds, seed=ROOT_SEED, env_steps=env_steps, output=place,
        )  # fmt: skip
        trained, labels = report.trainings, report.asking.answered
    learning = [float(np.load(one.folder / "curves.npz")["fitness"].mean()) for one in trained]
    write_json(path, {"fitness": [one.fitness for one in trained], "learning": learning, "labels": labels})
    print(f"{task}, {name}: {[one.fitness for one in trained]}, {labels} labels", flush=True)


def table(task: str, root: Path) -> None:
    sign = eureka_agent.find_task(task).fitness.sign
    known = {name: root / name / "fitness.json" for name in ARMS}
    found = {name: json.loads(path.read_text()) for name, path in known.items() if path.exists()}
    print("| arm | fitness | better than sparse by | labels |\n| --- | --- | --- | --- |")
    for name, told in found.items():
        values = told["fitness"]
        apart = [sign * (own - other) for own, other in zip(values, found["sparse"]["fitness"], strict=True)]
        better = "" if name == "sparse" else str(t_interval(apart))
        print(
            f"| {name} | {t_interval(values)} (median {statistics.median(values):.4g}) | {better} "
            f"| {told['labels']:,} |"
        )


if __name__ == "__main__":
    main()
