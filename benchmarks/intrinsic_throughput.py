"""Does a learned reward slow training down, while an annotator needs a second for each answer?

    python benchmarks/intrinsic_throughput.py [TASK …] [--pairs 20] [--seconds 30] [--kinds retrieval,…]
        [--core 0] [--window 1] [--share]

Trains on the task's own reward with and without a learned reward beside it; the annotator answers a request
of up to 64 captions after one second, from this machine, and its labels mean nothing. Both trainings of a
pair share one core at the same time, so that they are interleaved every few milliseconds, and whatever else
the machine does slows both. Training steps for each second of processor time of the training and all that
belongs to it are counted between the first and the last checkpoint, whose evaluations are one episode each
and the same for both. Prints for each kind the mean of the pairs' ratios with its interval of 95 %, and which
share of the clock a training had the processor when it ran alone: what it waits for would be missing there.

With `--share` one training each is made in this process, and it is printed which share of its processor time
goes into the learned reward: captions, questions, labels and what is paid. Other work on the machine hardly
changes that. What the parent of a real training does, beside it, is not in it.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported, as where policies are trained

import argparse
import math
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import eureka_agent
from eureka_agent.analysis.statistics import t_interval
from eureka_agent.intrinsic.annotation.asking import AsynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.learned import LearnedReward
from eureka_agent.intrinsic.options import IntrinsicOptions
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Native
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.intrinsic_provider import IntrinsicProvider
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.population import Candidate, Population
from eureka_agent.training.protocol import CheckpointReached
from eureka_agent.training.reward_provider import NativeRewardProvider, RewardBatch, RolloutSteps
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.trainers import make_trainer

TASKS = ("pendulum", "half_cheetah")
"""A step of the first costs next to nothing, so that everything else shows."""
KINDS = "retrieval,classification,ranking"
ANSWER_S = 1.0
CHECKPOINTS = 10


class Point(NamedTuple):
    """When a checkpoint was reached."""

    steps: int
    clock_s: float
    cpu_s: float


class Speed(NamedTuple):
    """Training steps a second."""

    clock: float
    cpu: float
    captions: int = 0
    labels: int = 0


class Slow:
    """An annotator that takes its time; what it says of a caption means nothing, and is always the same."""

    name = "slow"

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> list[Label | None]:
        stop.wait(ANSWER_S)
        return [Label(question, float(sum(map(len, question.captions)) % 2)) for question in questions]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--kinds", default=KINDS)
    parser.add_argument("--core", type=int, default=0, help="the core that both trainings share")
    parser.add_argument("--share", action="store_true", help="measure the share of the training's time")
    parser.add_argument("--window", type=int, default=1, help="steps whose captions are joined")
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core})
    for name in given.tasks or TASKS:
        task = quiet(name)
        steps = calibrated(task, given.seconds)
        print(f"{name}: trainings of {steps:,} steps; load {os.getloadavg()[0]:.1f}", flush=True)
        for kind in given.kinds.split(","):
            arm = Arm(name, kind, given.window)
            found = share(arm, steps) if given.share else compared(arm, steps, given.pairs)
            print(f"{name}, {kind}: {found}", flush=True)


@dataclass(frozen=True)
class Arm:
    """A task, and what is learned beside its own reward."""

    task: str
    kind: str = ""
    """None where it is empty."""
    window: int = 1

    def plan(self) -> IntrinsicPlan | None:
        if not self.kind:
            return None
        options = IntrinsicOptions(kind=self.kind, beta=0.0, coefficient=0.1, window=self.window)
        return options.plan(quiet(self.task), "none", coded=False, paid=True)


def quiet(name: str) -> Task:
    """Return the task with evaluations that take next to no time."""
    task = eureka_agent.find_task(name)
    return replace(
        task, budget=replace(task.budget, checkpoints=CHECKPOINTS, eval_episodes=1, score_episodes=1)
    )


def calibrated(task: Task, seconds: float) -> int:
    """Return how many steps a training without a learned reward makes in so many seconds of a core."""
    least = PpoSettings.of(task.algorithm).rollout * CHECKPOINTS
    return max(least, round(speed(Arm(task.name), least, 0).cpu * seconds))


def compared(arm: Arm, steps: int, pairs: int) -> str:
    """Return how the speeds of trainings with and without a learned reward compare."""
    logs, last = list[float](), Speed(0.0, 0.0)
    alone = speed(arm, steps, 0)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as both:
        for pair in range(pairs):
            other, last = both.map(speed, (Arm(arm.task), arm), (steps, steps), (pair, pair))
            logs.append(math.log(last.cpu / other.cpu))
    return (
        f"{interval(logs)} of the speed, {pairs} pairs; alone {alone.cpu:,.0f} steps a second, with the "
        f"processor {alone.clock / alone.cpu:.1%} of the time; {last.captions:,} captions, "
        f"{last.labels:,} labels"
    )


class Timed:
    """A learned reward beside the task's own, whose time is counted; in this process."""

    def __init__(self, task: Task, plan: IntrinsicPlan, asking: AsynchronousAnnotation) -> None:
        worlds = PpoSettings.of(task.algorithm).n_envs
        self.learned = LearnedReward(plan.model(0), asking, num_envs=worlds, beta=plan.beta)
        self._paying = IntrinsicProvider(
            NativeRewardProvider(),
            self.learned,
            plan.captioning.captioner(task),
            plan.coefficients,
            coded=False,
        )
        self.signals = self._paying.signals
        self.rollouts: list[float] = []
        """Seconds of the thread for each."""

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        begun = time.thread_time()
        paid = self._paying(rollout)
        self.rollouts.append(time.thread_time() - begun)
        return paid


def share(arm: Arm, steps: int) -> str:
    """Return which share of a training's time its learned reward takes."""
    task, plan = quiet(arm.task), arm.plan()
    assert plan is not None
    factory = SimulatorFactory(task, threads=1)
    learner = make_learner(task, factory)
    learner.warm_up()
    asking = AsynchronousAnnotation(Slow(), Backlog())
    try:
        timed, ends = Timed(task, plan, asking), list[object]()
        candidate: Candidate = TrainingCandidate("one", 1, timed)
        begun = time.process_time()
        Population(
            task, [candidate], factory=factory, learner=learner, env_steps=steps,
            on_end=lambda _, end: ends.append(end),
        ).run()  # fmt: skip
        whole = time.process_time() - begun
    finally:
        asking.close()
    assert isinstance(ends[0], Learned), ends[0]
    spent = sum(timed.rollouts)
    return (
        f"{spent / whole:.2%} of {whole:.1f} s, {1e3 * spent / len(timed.rollouts):.1f} ms a rollout of "
        f"{learner.settings.rollout:,} steps; {len(timed.learned.captions):,} captions, "
        f"{timed.learned.tally.labels:,} labels"
    )


def interval(logs: Sequence[float]) -> str:
    found = t_interval(logs)
    return f"{math.exp(found.mean):.3f} [{math.exp(found.low):.3f}, {math.exp(found.high):.3f}]"


def speed(arm: Arm, steps: int, replicate: int) -> Speed:
    """Train once; return its speed between the first checkpoint and the last."""
    task, plan = quiet(arm.task), arm.plan()
    points: list[Point] = []
    told: list[CheckpointReached] = []

    def note(_: TrainingJob, reached: CheckpointReached) -> None:
        points.append(Point(reached.env_steps, time.perf_counter(), processor_s()))
        told.append(reached)

    with (
        tempfile.TemporaryDirectory(prefix="throughput-") as folder,
        RewardSandbox() as sandbox,
        answering() as desk,
    ):
        job = TrainingJob(
            "one", "throughput", replicate, seed_for(0, "throughput", replicate), Native(),
            Path(folder) / "one", steps, intrinsic=plan,
        )  # fmt: skip
        trainer = make_trainer(
            "population", sandbox, scratch=Path(folder) / "tmp", parallel=1, stop=threading.Event(), desk=desk
        )
        try:
            trainer.train(
                task, [job], on_start=lambda _: None, on_outcome=lambda *_: None, on_checkpoint=note
            )
        finally:
            trainer.close()
    begun, ended, learned = points[0], points[-1], told[-1].learned
    made = ended.steps - begun.steps
    return Speed(
        made / (ended.clock_s - begun.clock_s),
        made / (ended.cpu_s - begun.cpu_s),
        0 if learned is None else learned.captions,
        0 if learned is None else learned.labels,
    )


@contextmanager
def answering() -> Iterator[AnnotationDesk]:
    asking = AsynchronousAnnotation(Slow(), Backlog())
    try:
        yield AnnotationDesk(asking)
    finally:
        asking.close()


def processor_s() -> float:
    """Return the processor time of this process and of all below it that run."""
    waiting, total = [os.getpid()], 0.0
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            children = [path.read_text().split() for path in process.glob("task/*/children")]
        except OSError:  # it has just ended
            continue
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        waiting += [int(pid) for pids in children for pid in pids]
    return total


if __name__ == "__main__":
    main()
