"""Does the analysis name reward hacking where there is some, and nowhere else?

    python benchmarks/analysis_hacks.py [--seeds 3] [--seed 0] [--keep FOLDER] [task …]

Trains the reference and every hack of each task by the population trainer, one after the other. Each training
is analysed by its curves, its recorded episodes and a recording of random play; no reward is asked and no
model. A finding of the kinds in `ACCUSATIONS` accuses a reward. Prints a row a training and the shares. With
`--keep` trainings are kept, and those that are there already are not repeated.
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
    random_play = record_transitions(task, seed=seed_for(arguments.seed, "transitions")).trajectories
    known = Known(sign=task.fitness.sign, random_play=random_play)
    for reward in ("reference", *(f"hack:{name}" for name in task.hacks)):
        folder = root / task.name / reward.replace(":", "-") / str(arguments.seed)
        if not (folder / f"seed-{arguments.seeds - 1}" / "result.json").exists():
            eureka_agent.train(
                task.name, reward, seeds=arguments.seeds, seed=arguments.seed, output=folder, parallel=1
            )
        for replicate in range(arguments.seeds):
            verdict = judged(task, reward, replicate, folder / f"seed-{replicate}", known)
            if verdict is not None:
                yield verdict


def judged(task: Task, reward: str, replicate: int, folder: Path, known: Known) -> Verdict | None:
    """Return what the analysis says of one training; None where it failed."""
    told = json.loads((folder / "result.json").read_text())["evaluation"]
    if told is None:
        return None
    evaluation = replace(EVALUATION.validate_python(told), stage="search")
    candidate = Candidate(0, replicate, "given", evaluations=(evaluation,))
    episodes = read_trajectories(folder / FILE)
    findings = analyze_candidate(Played(candidate, episodes), known).findings
    return Verdict(task.name, reward, replicate, evaluation.fitness, findings)


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
