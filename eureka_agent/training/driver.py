"""Trains jobs in child processes: one driver for all trainers, with a backend for each.

A child gets everything in one message and answers in messages (`protocol.py`); a job's result is its complete
file. Jobs left without a result are retried in parts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.captioning.captions import tidied
from eureka_agent.isolation.messages import MAX_FDS, MalformedMessageError
from eureka_agent.preferences.fitness import PreferenceFitness
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse
from eureka_agent.tasks.task import Task
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.backend import Backend, PreparedReward
from eureka_agent.training.executor import ChildEnd, ChildLimits, Executor
from eureka_agent.training.job import OnCheckpoint, OnOutcome, OnStart, Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import (
    Answered,
    Asked,
    AskedQuestion,
    CheckpointReached,
    DoesNotFit,
    JobRequest,
    RaceRequest,
    RewardKind,
    TrainRequest,
    from_child,
    to_json,
)
from eureka_agent.training.results import check_it_could_write, exit_of, read_result

ENTRY = "eureka_agent.training.child:main"
FDS_A_WORKER = 4
RESULT = "result.json"
Notify = Callable[[str], object]


class TrainingDriver:
    """Trains a list of rewards; no candidate affects the result of another."""

    def __init__(
        self,
        backend: Backend,
        executor: Executor,
        *,
        stop: threading.Event,
        notify: Notify = lambda _: None,
        desk: AnnotationDesk | None = None,
    ) -> None:
        """`notify` is called when jobs could not all be trained together; `desk` answers learned rewards."""
        self.name = backend.name
        self._desk = desk
        self._backend, self._executor = backend, executor
        self._stop, self._notify = stop, notify

    def close(self) -> None:
        """Kill all running trainings."""
        self._backend.close()
        self._executor.close()

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return self._backend.steps_of(task, env_steps)

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: OnStart,
        on_outcome: OnOutcome,
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        """Run all jobs of equal budgets in one child, or each in its own; see `Trainer.train`.

        If that fails for lack of memory or descriptors, or because the child died, they are trained in parts.
        A part does not see the whole generation, so no candidate in it is stopped early.
        """
        self._backend.check(jobs)
        outcomes: dict[int, Outcome] = {}

        def finish(job: TrainingJob, outcome: Outcome) -> None:
            outcomes[jobs.index(job)] = outcome
            on_outcome(job, outcome)

        def run(batch: _Batch) -> None:
            for job in batch.jobs:
                on_start(job)
            self._train(task, batch, finish, on_checkpoint or (lambda *_: None))

        most = 1 if self._backend.together else self._executor.parallel
        self._executor.map(run, list(self._batches(jobs)), most=most)
        return [outcomes.get(index) for index in range(len(jobs))]

    def _batches(self, jobs: Sequence[TrainingJob]) -> Iterator[_Batch]:
        """Yield jobs of equal budgets together, as many as one process can be given descriptors for."""
        most = MAX_FDS // FDS_A_WORKER if self._backend.together else 1
        cores = self._executor.parallel
        if not self._backend.together:
            cores = max(1, cores // len(jobs))
        for env_steps in dict.fromkeys(job.env_steps for job in jobs):
            equal = [job for job in jobs if job.env_steps == env_steps]
            whole = self._backend.together and len(equal) <= most
            for start in range(0, len(equal), most):
                yield _Batch(equal[start : start + most], whole, cores)

    def _train(self, task: Task, batch: _Batch, finish: OnOutcome, on_checkpoint: OnCheckpoint) -> None:
        """Train jobs in one child; those without a result are retried in parts."""
        attempt = _Attempt(task, batch.jobs, finish, on_checkpoint, batch.cores, self._desk)
        try:
            self._prepare(attempt)
            if not attempt.left:
                return
            end = self._run_child(attempt, whole=batch.whole)
        finally:
            attempt.close()
        left = attempt.left
        if not left:
            return
        check_it_could_write(end.exit_code, left[0].folder)
        if end.timed_out:
            for job in left:
                finish(job, TrainingFailure("timed out", _too_long(task, batch.jobs)))
        elif self._stop.is_set():
            return
        elif len(left) == 1:
            (job,) = left
            finish(job, read_result(job.folder / RESULT, job.key, end.exit_code, end.fault))
        else:
            for part in self._parts(attempt, left, end):
                self._train(task, replace(batch, jobs=part, whole=False), finish, on_checkpoint)

    def _prepare(self, attempt: _Attempt) -> None:
        """Prepare every generated reward; a job fails if its reward does not load."""
        for job in attempt.left:
            if not isinstance(job.reward, Coded):
                continue
            try:
                attempt.rewards[job] = self._backend.prepare(attempt.task, job.reward, job.folder)
            except (RewardError, WorkerError) as error:
                crashed = isinstance(error, WorkerCrashedError)
                reason = f"{error.what} {error.fix}".strip()
                attempt.end(job, TrainingFailure("failed", reason, crashed=crashed))

    def _run_child(self, attempt: _Attempt, *, whole: bool) -> ChildEnd:
        for job in attempt.left:
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / RESULT).unlink(missing_ok=True)
        request, fds = self._request(attempt, whole=whole)
        rounds = -(-len(request.jobs) // request.threads)
        wall_s = _wall_s(attempt.task, attempt.left)
        limits = ChildLimits(wall_s * rounds, attempt.task.budget.memory_mb)
        payload = {"backend": self._backend.inside}
        end = self._executor.converse(payload, to_json(request), fds, limits, attempt.hear, attempt.speak)
        attempt.collect()
        return end

    def _request(self, attempt: _Attempt, *, whole: bool) -> tuple[TrainRequest, list[int]]:
        """Return what the child is told, and the descriptors that go with it."""
        fds: list[int] = []
        jobs: list[JobRequest] = []
        for job in attempt.left:
            jobs.append(_job_request(job, attempt.rewards.get(job), first_fd=len(fds)))
            fds += attempt.rewards[job].fds if job in attempt.rewards else ()
        preferences = attempt.task.fitness_episode
        request = TrainRequest(
            task=attempt.task.ref,
            budget=attempt.task.budget,
            algorithm=dict(attempt.task.algorithm),
            jobs=tuple(jobs),
            env_steps=attempt.left[0].env_steps,
            threads=min(self._executor.parallel, len(jobs)) if self._backend.together else 1,
            cores=attempt.cores,
            cache=self._backend.cache,
            race=_race_request(attempt.left) if whole else None,
            preferences=preferences.to_json() if isinstance(preferences, PreferenceFitness) else None,
            device=self._backend.device,
        )
        return request, fds

    def _parts(
        self, attempt: _Attempt, left: Sequence[TrainingJob], end: ChildEnd
    ) -> list[Sequence[TrainingJob]]:
        """Split jobs into as many children as memory requires, or in halves, and notify."""
        if attempt.fitting is not None:
            count = -(-len(left) // attempt.fitting)
            memory_mb = attempt.task.budget.memory_mb
            why = f"{memory_mb} MB of memory hold {attempt.fitting} of {len(left)} candidates at once"
        else:
            # Other candidates died with it: for lack of memory, or because of one of them.
            count = 2
            ended = f"the training process ended ({exit_of(end.exit_code, end.fault)})"
            why = f"{ended} before {len(left)} candidates were done"
        self._notify(f"Trained in {count} parts, each to the end of its budget: {why}.")
        size = -(-len(left) // count)
        return [left[start : start + size] for start in range(0, len(left), size)]


@dataclass(frozen=True)
class _Batch:
    """Jobs for one child."""

    jobs: Sequence[TrainingJob]
    whole: bool
    """Whether they are all that there are of their budget, so that some may be stopped early."""
    cores: int = 1
    """How many the child may use, beside the others that run."""


@dataclass
class _Attempt:
    """Some jobs in one child, and what is heard of them."""

    task: Task
    jobs: Sequence[TrainingJob]
    finish: OnOutcome
    on_checkpoint: OnCheckpoint
    cores: int = 1
    """How many the child may use."""
    desk: AnnotationDesk | None = None
    rewards: dict[TrainingJob, PreparedReward] = field(default_factory=dict)
    fitting: int | None = None
    """How many jobs there is memory for, if not for all."""
    _ended: set[TrainingJob] = field(default_factory=set)
    _reached: dict[TrainingJob, int] = field(default_factory=dict)

    @property
    def left(self) -> list[TrainingJob]:
        """Jobs without an outcome, in order."""
        return [job for job in self.jobs if job not in self._ended]

    def hear(self, said: Mapping[str, Any]) -> None:
        """Take in one message of the child; raises MalformedMessageError for what it may not say now."""
        match from_child(said):
            case DoesNotFit(fitting=fitting):
                if fitting >= len(self.left):
                    raise MalformedMessageError(f"that {fitting} jobs fit where it has {len(self.left)}")
                self.fitting = fitting
            case CheckpointReached() as reached:
                job = self._running(reached.job)
                last = self._reached.get(job, -1)
                if not last < reached.checkpoint < self.task.budget.checkpoints:
                    raise MalformedMessageError(f"checkpoint {reached.checkpoint} after {last}")
                self._reached[job] = reached.checkpoint
                self.on_checkpoint(job, reached)
            case Asked() as asked:
                self._ask(asked)
            case ended:
                job = self._running(ended.job)
                if not (job.folder / RESULT).exists():
                    raise MalformedMessageError("the end of a job that has no result")
                self._take(job)

    def speak(self) -> Iterator[Mapping[str, Any]]:
        """Yield what its jobs were answered since the last call."""
        if self.desk is None:
            return
        for key, label in self.desk.answers([job.key for job in self.left]):
            question = label.question
            answer = Answered(
                job=key,
                captions=question.captions,
                variant=question.variant,
                value=label.value,
                votes=label.votes,
            )
            yield to_json(answer)

    def _ask(self, asked: Asked) -> None:
        job = self._running(asked.job)
        if self.desk is None:
            raise MalformedMessageError("a question where nobody answers any")
        self.desk.ask(job.key, [_question(each) for each in asked.questions])

    def collect(self) -> None:
        """Take in results whose message the child did not live to send."""
        for job in self.left:
            if (job.folder / RESULT).exists():
                self._take(job)

    def end(self, job: TrainingJob, outcome: Outcome) -> None:
        """Tell a job's outcome; its worker, which may hang and take a core, ends at once."""
        self._ended.add(job)
        if job in self.rewards:
            self.rewards.pop(job).release()
        self.finish(job, outcome)

    def close(self) -> None:
        """End the workers of jobs without an outcome."""
        while self.rewards:
            self.rewards.popitem()[1].release()

    def _take(self, job: TrainingJob) -> None:
        self.end(job, read_result(job.folder / RESULT, job.key, None))

    def _running(self, key: str) -> TrainingJob:
        for job in self.left:
            if job.key == key:
                return job
        raise MalformedMessageError("a message about no job that it trains")


def _question(asked: AskedQuestion) -> Question:
    if any(caption != tidied(caption) for caption in asked.captions):
        raise MalformedMessageError("a caption that is not one line of printable text")
    try:
        return Question(asked.captions, asked.variant)
    except ValueError as error:
        raise MalformedMessageError(str(error)) from error


def _job_request(job: TrainingJob, reward: PreparedReward | None, *, first_fd: int) -> JobRequest:
    return JobRequest(
        job=job.key,
        folder=job.folder.resolve(),
        stage=job.stage,
        replicate=job.replicate,
        seed=job.seed,
        kind=_kind_of(job.reward),
        reward=None if reward is None else reward.told,
        first_fd=first_fd,
        fds=0 if reward is None else len(reward.fds),
        isolation="" if reward is None else reward.isolation,
        init_policy=None if job.init_policy is None else job.init_policy.resolve(),
        intrinsic=None if job.intrinsic is None else job.intrinsic.to_json(),
        races=job.contest is not None,
    )


def _kind_of(reward: Reward) -> RewardKind:
    match reward:
        case Coded():
            return "source"
        case Native():
            return "native"
        case Sparse():
            return "sparse"


def _race_request(jobs: Sequence[TrainingJob]) -> RaceRequest | None:
    """Return the contest of those jobs that are in one; a batch holds the jobs of one generation."""
    contests = [job.contest for job in jobs if job.contest is not None]
    if not contests:
        return None
    return RaceRequest(ended=contests[0].ended, members=len(jobs) + len(contests[0].ended))


def _wall_s(task: Task, jobs: Sequence[TrainingJob]) -> float:
    """Return the seconds that one training may take: the task's, and more where it has more steps."""
    longest = max(job.env_steps for job in jobs)
    return task.budget.wall_s * max(1.0, longest / task.budget.env_steps)


def _too_long(task: Task, jobs: Sequence[TrainingJob]) -> str:
    wall_s, candidates = _wall_s(task, jobs), len(jobs)
    if candidates == 1:
        return f"The training was still running after {wall_s:g} s and was killed."
    return (
        f"The training of {candidates} candidates was still running after its limit "
        f"({wall_s:g} s a candidate and core) and was killed."
    )
