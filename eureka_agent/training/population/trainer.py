"""The population trainer: one child process for a whole generation, a reward worker for every candidate."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.messages import MAX_FDS
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import cache_folder
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.executor import ChildEnd, ChildLimits, LocalExecutor
from eureka_agent.training.job import Outcome, TrainingFailure, TrainingJob, most_steps
from eureka_agent.training.results import check_it_could_write, exit_of, layout_for, read_result

ENTRY = "eureka_agent.training.population.child:main"
PRELOAD = ("jax", "jax.numpy", "optax", "gymnasium", "eureka_agent.training.population.child")
FDS_A_WORKER = 4
OnStart = Callable[[TrainingJob], None]
OnOutcome = Callable[[TrainingJob, Outcome], None]
Notify = Callable[[str], object]


class PopulationTrainer:
    """Trains a list of rewards in one process; what one candidate does never changes another's result."""

    name = "population"
    entry, preload = ENTRY, PRELOAD
    gpu = False

    def __init__(
        self,
        sandbox: RewardSandbox,
        *,
        scratch: Path,
        parallel: int | None,
        stop: threading.Event,
        cache: Path | None = None,
        notify: Notify = lambda _: None,
    ) -> None:
        """`parallel` is the number of threads; `cache` keeps compiled programs, by default the person's.

        `notify` is told where jobs could not be trained all together.
        """
        self._sandbox = sandbox
        self._stop = stop
        self._cache = cache or cache_folder("compiled")
        self._notify = notify
        self._fitting = scratch / "fitting.json"
        self.executor = LocalExecutor(
            entry=self.entry,
            preload=self.preload,
            scratch=scratch,
            parallel=parallel,
            stop=stop,
            gpu=self.gpu,
        )

    def close(self) -> None:
        """Kill what still runs."""
        self.executor.close()

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return most_steps(task, env_steps)

    def train(
        self, task: Task, jobs: Sequence[TrainingJob], *, on_start: OnStart, on_outcome: OnOutcome
    ) -> list[Outcome | None]:
        """Run all jobs of equal budgets in one child; see `Trainer.train`.

        Where that does not go, for want of memory or descriptors or because the child died, they are trained
        in parts. A part does not see the whole generation, so nobody in it is stopped early.
        """
        outcomes: dict[int, Outcome] = {}

        def finish(job: TrainingJob, outcome: Outcome) -> None:
            outcomes[jobs.index(job)] = outcome
            on_outcome(job, outcome)

        for batch, whole in _batches(jobs):
            if self._stop.is_set():
                break
            for job in batch:
                on_start(job)
            self._train(task, batch, finish, whole=whole)
        return [outcomes.get(index) for index in range(len(jobs))]

    def _train(self, task: Task, jobs: Sequence[TrainingJob], finish: OnOutcome, *, whole: bool) -> None:
        """Train jobs in one child; those without a result are tried again in parts.

        `whole` says that the jobs are all that there are, so that some may be stopped early.
        """
        attempt = ChildAttempt(task, jobs, finish, self._sandbox.kill, self._sandbox.report.backend)
        try:
            self._prepare(attempt)
            if not attempt.left:
                return
            end = self._run_child(attempt, whole=whole)
        finally:
            attempt.close()
        left = attempt.left
        if not left:
            return
        check_it_could_write(end.exit_code, left[0].folder)
        if end.timed_out or len(left) == 1:
            for job in left:
                finish(job, _without_result(attempt, job, end))
            return
        if self._stop.is_set():
            return
        for part in self._parts(task, left, end):
            self._train(task, part, finish, whole=False)

    def _parts(self, task: Task, left: Sequence[TrainingJob], end: ChildEnd) -> list[Sequence[TrainingJob]]:
        """Split jobs into as many children as memory asks for, or in halves, and say so."""
        if self._fitting.exists():
            fitting = json.loads(self._fitting.read_text())
            count = -(-len(left) // fitting)
            why = f"{task.budget.memory_mb} MB of memory hold {fitting} of {len(left)} candidates at once"
        else:
            # It took innocent candidates with it: for want of memory, or because of one of them.
            count = 2
            ended = f"the training process ended ({exit_of(end.exit_code)})"
            why = f"{ended} before {len(left)} candidates were done"
        self._notify(f"Trained in {count} parts, each to the end of its budget: {why}.")
        size = -(-len(left) // count)
        return [left[start : start + size] for start in range(0, len(left), size)]

    def _prepare(self, attempt: ChildAttempt) -> None:
        """Start a worker for every generated reward; a job whose reward does not load has failed."""
        for job in attempt.left:
            if job.kind != "source":
                continue
            assert job.source is not None
            try:
                arguments = list(parse_reward(job.source).arguments)
                layout = layout_for(attempt.task, arguments, attempt.settings.rollout)
                attempt.workers[job] = self._sandbox.spawn(job.source, layout)
            except (RewardError, WorkerError) as error:
                crashed = isinstance(error, WorkerCrashedError)
                reason = f"{error.what} {error.fix}".strip()
                attempt.end(job, TrainingFailure("failed", reason, crashed=crashed))

    def _run_child(self, attempt: ChildAttempt, *, whole: bool) -> ChildEnd:
        self._fitting.unlink(missing_ok=True)
        for job in attempt.left:
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / "result.json").unlink(missing_ok=True)
        payload, fds = self._request(attempt)
        payload |= {
            "fitting": str(self._fitting.resolve()),
            "race": _race_json(attempt.left) if whole else None,
        }
        rounds = -(-len(attempt.left) // self.executor.parallel)
        limits = ChildLimits(attempt.task.budget.wall_s * rounds, attempt.task.budget.memory_mb)
        return self.executor.run_child(payload, fds, limits, watch=attempt.look)

    def _request(self, attempt: ChildAttempt) -> tuple[dict[str, Any], list[int]]:
        """Return what the child is told, and the descriptors that go with it."""
        return attempt.request(self.executor.parallel, self._cache)


@dataclass
class ChildAttempt:
    """Some jobs in one child."""

    task: Task
    jobs: Sequence[TrainingJob]
    finish: OnOutcome
    kill: Callable[[RewardWorker], None]
    isolation: str
    workers: dict[TrainingJob, RewardWorker] = field(default_factory=dict)
    told: dict[TrainingJob, dict[str, Any]] = field(default_factory=dict)
    """What the child is told of a job besides what every job has."""
    _ended: set[TrainingJob] = field(default_factory=set)

    @property
    def settings(self) -> PpoSettings:
        """The task's settings of the algorithm."""
        return PpoSettings.of(self.task.algorithm)

    @property
    def left(self) -> list[TrainingJob]:
        """Jobs without an outcome, in order."""
        return [job for job in self.jobs if job not in self._ended]

    def end(self, job: TrainingJob, outcome: Outcome) -> None:
        """Tell a job's outcome; its worker, which may hang and take a core, ends at once."""
        self._ended.add(job)
        if job in self.workers:
            self.kill(self.workers.pop(job))
        self.finish(job, outcome)

    def close(self) -> None:
        """End the workers of jobs without an outcome."""
        while self.workers:
            self.kill(self.workers.popitem()[1])

    def look(self) -> None:
        """Take in the results that have come since the last look."""
        for job in self.left:
            if (job.folder / "result.json").exists():
                self.end(job, read_result(job.folder / "result.json", job_name(job), None))

    def request(self, threads: int, cache: Path | None) -> tuple[dict[str, Any], list[int]]:
        """Return what the child is told, and the descriptors of all workers in one list."""
        fds: list[int] = []
        described = []
        for job in self.left:
            row = _job_json(job) | self.told.get(job, {})
            if job in self.workers:
                row["worker"], own = self.workers[job].handle()
                row["fds"] = [len(fds), len(own)]
                row["isolation"] = self.isolation
                fds += own
            described.append(row)
        threads = min(threads, len(described))
        payload = {
            "task": asdict(self.task.ref),
            "budget": asdict(self.task.budget),
            "algorithm": dict(self.task.algorithm),
            "jobs": described,
            "env_steps": self.left[0].env_steps,
            "threads": threads,
            "threads_each": 1,
            "cache": None if cache is None else str(cache),
        }
        return payload, fds


def _batches(jobs: Sequence[TrainingJob]) -> Iterator[tuple[list[TrainingJob], bool]]:
    """Yield jobs of equal budgets together, as many as one process can be given descriptors for.

    With them comes whether they are all that there are of that budget.
    """
    for env_steps in dict.fromkeys(job.env_steps for job in jobs):
        equal = [job for job in jobs if job.env_steps == env_steps]
        most = MAX_FDS // FDS_A_WORKER
        for start in range(0, len(equal), most):
            yield equal[start : start + most], len(equal) <= most


def job_name(job: TrainingJob) -> str:
    """Return what tells a job apart from all others of a run."""
    return f"{job.name}/{job.stage}-{job.replicate}"


def _job_json(job: TrainingJob) -> dict[str, Any]:
    return {
        "job": job_name(job),
        "folder": str(job.folder.resolve()),
        "stage": job.stage,
        "replicate": job.replicate,
        "seed": job.seed,
        "kind": job.kind,
        "init_policy": None if job.init_policy is None else str(job.init_policy.resolve()),
        "races": job.contest is not None,
        "worker": None,
        "fds": [0, 0],
        "isolation": "",
    }


def _race_json(jobs: Sequence[TrainingJob]) -> dict[str, Any] | None:
    """Return the contest of those jobs that are in one; a batch holds the jobs of one generation."""
    contests = [job.contest for job in jobs if job.contest is not None]
    if not contests:
        return None
    ended = contests[0].ended
    return {"ended": ended, "members": len(jobs) + len(ended)}


def _without_result(attempt: ChildAttempt, job: TrainingJob, end: ChildEnd) -> Outcome:
    if end.timed_out:
        return TrainingFailure(
            "timed out",
            f"The training of {len(attempt.jobs)} candidates was still running after its limit "
            f"({attempt.task.budget.wall_s:g} s a candidate and core) and was killed.",
        )
    return read_result(job.folder / "result.json", job_name(job), end.exit_code)
