"""Does the analysis name reward hacking where there is some, and nowhere else?

    python benchmarks/analysis_hacks.py [--seeds 3] [--seed 0] [--most-steps N] [--keep FOLDER] [task …]

Trains the reference and every hack of each task by the population trainer, one after the other; those of one
seed are looked at as candidates of one run. Each is analysed by its curves, its recorded episodes, random
play and the others' scores; no reward is asked and no model. A finding of the kinds in `ACCUSATIONS` accuses
a reward. Prints a row a training and the shares. With `--keep` trainings are kept, and those that are there
already are not repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

import eureka_agent
from eureka_agent.analysis.observation import ACCUSATIONS, Observation
from eureka_agent.analysis.whole import Known, Played, analyze_candidate
from eureka_agent.archive.candidate import Candidate, Evaluation
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.inspecting import record_transitions
from eureka_agent.trajectories.files import FILE, read_trajectories

TASKS = (
    "cartpole", "acrobot", "mountain_car", "pendulum",
    "half_cheetah", "hopper", "walker",
    "half_cheetah_backward", "hopper_jump", "walker_crouch_walk",
)  # fmt: skip
"""Classic control; locomotion with Gymnasium's rewards; locomotion and acrobatics asked for in words."""
EVALUATION = TypeAdapter(Evaluation)


@dataclass(frozen=True)
class Verdict:
    """What the analysis said of one training."""

    task: str
    reward: str
    replicate: int
    fitness: float
    findings: tuple[Observation, ...]

    @property
    def accusations(self) -> list[Observation]:
        """Findings that say that the reward pays for something else."""
        return [finding for finding in self.findings if finding.kind in ACCUSATIONS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-steps", type=int, default=10**9, help="no training is longer")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp())
    print("| task | reward | seed | fitness | accused of |\n| --- | --- | --- | --- | --- |")
    found = []
    for name in arguments.tasks or TASKS:
        for verdict in verdicts(eureka_agent.find_task(name), arguments, root):
            found.append(verdict)
            print(row(verdict), flush=True)
    print()
    for kind, these in (
        ("hacks", [v for v in found if v.reward != "reference"]),
        ("references", [v for v in found if v.reward == "reference"]),
    ):
        accused = sum(bool(v.accusations) for v in these)
        print(f"{accused} of {len(these)} trainings of {kind} accused")
    print(f"seeds {arguments.seed}, {arguments.seeds} each; {os.cpu_count()} cores")


def verdicts(task: Task, arguments: argparse.Namespace, root: Path) -> Iterator[Verdict]:
    trained: dict[tuple[str, int], tuple[Evaluation, Path]] = {}
    for reward in ("reference", *(f"hack:{name}" for name in task.hacks)):
        folder = root / task.name / reward.replace(":", "-") / str(arguments.seed)
        if not (folder / f"seed-{arguments.seeds - 1}" / "result.json").exists():
            steps = min(task.budget.env_steps, arguments.most_steps)
            eureka_agent.train(
                task.name, reward, seeds=arguments.seeds, seed=arguments.seed, env_steps=steps,
                output=folder, parallel=1,
            )  # fmt: skip
        for replicate in range(arguments.seeds):
            place = folder / f"seed-{replicate}"
            told = json.loads((place / "result.json").read_text())["evaluation"]
            if told is not None:
                evaluation = replace(EVALUATION.validate_python(told), stage="search")
                trained[reward, replicate] = (evaluation, place / FILE)
    random_play = record_transitions(task, seed=seed_for(arguments.seed, "transitions")).trajectories
    for (reward, replicate), (evaluation, path) in trained.items():
        scores = [other.fitness for (_, seed), (other, _) in trained.items() if seed == replicate]
        known = Known(task.fitness.sign, random_play, (min(scores), max(scores)))
        candidate = Candidate(0, replicate, "given", evaluations=(evaluation,))
        findings = analyze_candidate(Played(candidate, read_trajectories(path)), known).findings
        yield Verdict(task.name, reward, replicate, evaluation.fitness, findings)


def row(verdict: Verdict) -> str:
    kinds = dict.fromkeys(
        f"{finding.kind}{f' (checkpoint {finding.checkpoint})' if finding.checkpoint else ''}"
        for finding in verdict.accusations
    )
    name = verdict.reward.removeprefix("hack:")
    cells = (verdict.task, name, verdict.replicate, f"{verdict.fitness:.4g}", "; ".join(kinds) or "—")
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
