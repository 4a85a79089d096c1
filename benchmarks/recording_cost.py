"""What recording episodes costs: bytes a training, and the time that it adds.

    python benchmarks/recording_cost.py [--repeats 5] [--env-steps N] [task …]

Trains one policy with the first reward of the built-in search, with and without recording in turn, in this
process and with the same seed; the order changes with each repeat. Without recording no episode of a checkpoint
or of the kept policy is kept, paid for or written. Prints for each task the files' sizes, the median times, the
median of the ratios of each pair, and whether all trainings scored the same.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.design.search import Search
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.calendar import Evaluated
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation import episode_seeds
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.evaluation_share import with_fitted_evaluation
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.population import Candidate, Population
from eureka_agent.training.population.scoring import score
from eureka_agent.training.recorded_rewards import with_rewards
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import WorkerRewardProvider
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.training_recording import TrainingRecording
from eureka_agent.trajectories import Origin, read_trajectories
from eureka_agent.trajectories.bounding import bytes_of
from eureka_agent.trajectories.files import CHECKPOINTS, FILE

TASKS = ("cartpole", "half_cheetah", "walker_crouch_walk")


class Unrecorded(Population):
    """Runs the same episodes and keeps none of them."""

    def evaluate(self, candidates: Sequence[Candidate]) -> Evaluated:
        return self._evaluated(candidates, self._task, self._factory)

    def score(self, candidates: Sequence[Candidate]) -> Evaluated:
        policies = self._stacked([candidate.chosen.policy for candidate in candidates])
        seeds = [episode_seeds(self._task, candidate.seed, "score") for candidate in candidates]
        return dict(zip(candidates, score(self._task, self._factory, policies, seeds), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--env-steps", type=int)
    arguments = parser.parse_args()
    print(
        "| task | steps | kept policy | checkpoints | uncompressed | without | with | ratio | same scores |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with RewardSandbox() as sandbox:
        for name in arguments.tasks or TASKS:
            task = eureka_agent.find_task(name)
            steps = arguments.env_steps or task.budget.env_steps
            print(row(with_fitted_evaluation(task, steps), steps, sandbox, arguments.repeats), flush=True)


def row(task: Task, env_steps: int, sandbox: RewardSandbox, repeats: int) -> str:
    archive = Archive.of([], sign=task.fitness.sign)
    search = Search(task, seed=0)
    (slot,) = search.plan(0, 1, archive)
    reward = Coded(search.propose(slot, Briefing(archive)).source)
    factory = SimulatorFactory(task, threads=1)
    learner = make_learner(task, factory)
    learner.warm_up()
    times: dict[bool, list[float]] = {True: [], False: []}
    scores: list[Any] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for repeat in range(repeats + 1):
            for recorded in (True, False) if repeat % 2 else (False, True):
                layout = layout_for(task, reward.parsed.arguments, PpoSettings.of(task.algorithm).rollout)
                worker = sandbox.spawn(reward.text, layout)
                candidate = TrainingCandidate("one", 1, WorkerRewardProvider(worker))
                began = time.perf_counter()
                learned = train(candidate, task, factory, learner, env_steps, recorded=recorded)
                if recorded:
                    record(candidate, learned, task, folder)
                if repeat:  # the first pair warms up
                    times[recorded].append(time.perf_counter() - began)
                scores.append(learned.scoring.scores)
                sandbox.kill(worker)
        files = [folder / FILE, folder / CHECKPOINTS]
        raw = sum(bytes_of(read_trajectories(path)) for path in files)
        kept, others = (f"{path.stat().st_size / 1000:,.0f} kB" for path in files)
    ratios = [one / other for one, other in zip(times[True], times[False], strict=True)]
    medians = [f"{statistics.median(times[recorded]):.2f} s" for recorded in (False, True)]
    same = "yes" if scores.count(scores[0]) == len(scores) else "NO"
    spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
    cells = (task.name, f"{env_steps:,}", kept, others, f"{raw / 1000:,.0f} kB", *medians, spread, same)
    return f"| {' | '.join(cells)} |"


def train(
    candidate: Candidate,
    task: Task,
    factory: SimulatorFactory,
    learner: Any,
    env_steps: int,
    *,
    recorded: bool,
) -> Learned:
    ends: list[Any] = []
    kind = Population if recorded else Unrecorded
    kind(
        task, [candidate], factory=factory, learner=learner, env_steps=env_steps,
        on_end=lambda _, end: ends.append(end),
    ).run()  # fmt: skip
    assert isinstance(ends[0], Learned), ends[0]
    return ends[0]


def record(candidate: Candidate, learned: Learned, task: Task, folder: Path) -> None:
    payer = Payer(candidate.provider, PpoSettings.of(task.algorithm).rollout)

    def pay(episodes: Sequence[Any]) -> Sequence[Any]:
        return with_rewards(payer, candidate.provider.signals, episodes)

    recording = TrainingRecording.of(learned, Origin("one", "search", 0), pay)
    assert not recording.notes, recording.notes
    recording.write(folder)


if __name__ == "__main__":
    main()
