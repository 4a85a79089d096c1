"""What recording episodes costs: bytes a training, and the time that it adds.

    python benchmarks/recording_cost.py [--repeats 5] [--env-steps N] [--checkpoints N] [task …]

Trains one policy with the first reward of the built-in search, with and without recording in turn, in this
process and with the same seed; the order changes with each repeat. Without recording no episode is kept, paid
for or written. Prints for each task the files' sizes, what paying and writing takes, the medians of time and
of the ratios of each pair, by the clock and by this process's CPU time (on a shared machine the clock says
little), and whether all trainings scored the same.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import eureka_agent
from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.design.search import Search
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.calendar import Evaluated
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation import episode_seeds
from eureka_agent.training.evaluation_rewards import Payer
from eureka_agent.training.evaluation_share import evaluation_of, with_evaluation, with_fitted_evaluation
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

COLUMNS = (
    "task", "steps", "kept policy", "checkpoints", "uncompressed", "paying and writing",
    "without", "with", "ratio", "CPU without", "CPU with", "CPU ratio", "same scores",
)  # fmt: skip
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
    parser.add_argument("--checkpoints", type=int, help="default: as many as a run has")
    arguments = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}", flush=True)
    with RewardSandbox() as sandbox:
        for name in arguments.tasks or TASKS:
            task = eureka_agent.find_task(name)
            steps = arguments.env_steps or task.budget.env_steps
            task = with_fitted_evaluation(task, steps)
            if arguments.checkpoints:
                task = with_evaluation(task, replace(evaluation_of(task), checkpoints=arguments.checkpoints))
            print(row(task, steps, sandbox, arguments.repeats), flush=True)


def row(task: Task, env_steps: int, sandbox: RewardSandbox, repeats: int) -> str:
    archive = Archive.of([], sign=task.fitness.sign)
    search = Search(task, seed=0)
    (slot,) = search.plan(0, 1, archive)
    reward = Coded(search.propose(slot, Briefing(archive)).source or "")
    factory = SimulatorFactory(task, threads=1)
    learner = make_learner(task, factory)
    learner.warm_up()
    times: dict[bool, list[float]] = {True: [], False: []}
    cpu: dict[bool, list[float]] = {True: [], False: []}
    writing: list[float] = []
    scores: list[Any] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for repeat in range(repeats + 1):
            for recorded in (True, False) if repeat % 2 else (False, True):
                layout = layout_for(task, reward.parsed.arguments, PpoSettings.of(task.algorithm).rollout)
                worker = sandbox.spawn(reward.text, layout)
                candidate: Candidate = TrainingCandidate("one", 1, WorkerRewardProvider(worker, task))
                began, spent = time.perf_counter(), time.process_time()
                learned = train(candidate, task, factory, learner, env_steps, recorded=recorded)
                if recorded:
                    ended = time.perf_counter()
                    record(candidate, learned, task, folder)
                    writing.append(time.perf_counter() - ended)
                if repeat:  # the first pair warms up
                    times[recorded].append(time.perf_counter() - began)
                    cpu[recorded].append(time.process_time() - spent)
                scores.append(learned.scoring.scores)
                sandbox.kill(worker)
        files = [folder / FILE, folder / CHECKPOINTS]
        raw = sum(bytes_of(read_trajectories(path)) for path in files)
        kept, others = (f"{path.stat().st_size / 1000:,.0f} kB" for path in files)
    same = "yes" if scores.count(scores[0]) == len(scores) else "NO"
    sizes = (kept, others, f"{raw / 1000:,.0f} kB", f"{1000 * statistics.median(writing):.0f} ms")
    cells = (task.name, f"{env_steps:,}", *sizes, *compared(times), *compared(cpu), same)
    return f"| {' | '.join(cells)} |"


def compared(seconds: dict[bool, list[float]]) -> tuple[str, str, str]:
    ratios = [one / other for one, other in zip(seconds[True], seconds[False], strict=True)]
    without, recorded = (f"{statistics.median(seconds[which]):.2f} s" for which in (False, True))
    return without, recorded, f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


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

    recording = TrainingRecording.of(learned, Origin("one", "search", 0), pay, TaskFitness(task))
    assert not recording.notes, recording.notes
    recording.write(folder)


if __name__ == "__main__":
    main()
