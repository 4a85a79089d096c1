"""Trainings of a run: what each consists of, which of them the log lacks, and what it learns of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from eureka_agent.archive.candidate import Evaluation, Status
from eureka_agent.config import RunConfig
from eureka_agent.errors import Interrupted, StoreError
from eureka_agent.evolution import confirmation
from eureka_agent.evolution.judging import Judging
from eureka_agent.evolution.sequence import RewardSequence
from eureka_agent.evolution.step_budget import candidate_steps
from eureka_agent.preferences.fitness import PreferenceFitness, judged_by_people
from eureka_agent.report import run_files
from eureka_agent.rewards.reward import Coded, Reward, Sparse, reference_reward
from eureka_agent.seeds import seed_for
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.event_types import (
    TrainingCheckpoint,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Contest, Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import CheckpointReached

SEARCH = "search"
FAILED = (Status.FAILED, Status.TIMED_OUT)
SAME = "It pays what the reference pays, which alone was trained."
"""Said of a sparse baseline that equals the reference."""


@dataclass(frozen=True)
class Trainings:
    """Trains candidates, baselines and the rewards before by name, each training once in a run's life."""

    config: RunConfig
    task: Task
    folder: RunFolder
    log: EventLog
    state: RunState
    trainer: Trainer
    stop: threading.Event
    same_baselines: bool = False
    """Whether the sparse baseline pays what the reference pays: then only the reference is trained."""
    judging: Judging | None = None
    """What learns a reward beside candidates' own; None where nothing does."""

    def job(self, name: str, stage: str, replicate: int, contest: Contest | None = None) -> TrainingJob:
        """Return the training of a candidate, baseline or reward before on the seed of stage and replicate.

        A candidate in a `contest` may be stopped early.
        """
        return TrainingJob(
            name=name,
            stage=stage,
            replicate=replicate,
            seed=seed_for(self.config.seed, *self._sequence.seed_key(stage, replicate)),
            reward=self._reward_of(name),
            folder=self.folder.training(name, stage, replicate),
            env_steps=self._sequence.steps(name),
            init_policy=self._sequence.start(name, stage, replicate),
            intrinsic=None if self.judging is None else self.judging.plan_of(name),
            contest=contest,
        )

    def train(self, jobs: Sequence[TrainingJob]) -> None:
        """Train those of `jobs` that the log does not hold yet; Interrupted once running work is drained.

        In a sequence the rewards before are trained first, on the seeds of these jobs.
        """
        self._train_before([job for job in jobs if not self._is_done(job)])
        self._give_up(jobs)
        missing = [job for job in jobs if not (self._is_done(job) or self._lost(job))]
        twins = [job for job in missing if self.same_baselines and job.name == "sparse"]
        trained = [job for job in missing if job not in twins]
        _check_starts(trained)
        for together in _by_snapshot(trained):
            self.trainer.train(
                self.scored,
                together,
                on_start=self._on_start,
                on_outcome=self._on_outcome,
                on_checkpoint=self._on_checkpoint,
            )
        for twin in twins:
            self._take_over(twin)
        if self.stop.is_set():
            raise Interrupted

    @property
    def scored(self) -> Task:
        """The task with what scores behaviour now: with `--fitness human` the newest model."""
        if not self.config.people.judge:
            return self.task
        learned = self.state.learned
        return judged_by_people(self.task, learned.fitness if learned else PreferenceFitness())

    @cached_property
    def _sequence(self) -> RewardSequence:
        return RewardSequence(self.config, self.folder, candidate_steps(self.task, self.config))

    def _train_before(self, jobs: Sequence[TrainingJob]) -> None:
        """Train the rewards before, one after the other, on every seed from whose policies `jobs` go on."""
        rewards = self._sequence.rewards
        seeds = dict.fromkeys(
            (job.stage, job.replicate)
            for job in jobs
            if job.name not in rewards and self._sequence.previous(job.name, job.stage)
        )
        for name in rewards if seeds else ():
            self.train([self.job(name, *seed) for seed in seeds])

    def _give_up(self, jobs: Sequence[TrainingJob]) -> None:
        """Fail those of `jobs` that have no policy to go on from and are rewards before, or are reported.

        A candidate that fails so is not trained on other seeds, either: it cannot win any more. A seed that
        only chooses says nothing of its finalists then, and nobody is trained on it.
        """
        for job in jobs:
            why = self._lost(job)
            told = job.stage == confirmation.STAGE or job.name in self._sequence.rewards
            if why and told and not self._is_done(job):
                self._on_start(job)
                self._on_outcome(job, TrainingFailure("failed", why))

    def _lost(self, job: TrainingJob) -> str:
        """Return why there is no policy to go on from, in a sentence; empty where that is not so."""
        previous = self._sequence.previous(job.name, job.stage) or ""
        why = self.state.before_failures.get((previous, job.stage, job.replicate))
        return "" if why is None else f"The reward before it, {previous}, failed on the same seed: {why}"

    def _take_over(self, twin: TrainingJob) -> None:
        """Give the sparse baseline what became of the reference on the same seed, if that is known."""
        found = [
            evaluation
            for evaluation in self.state.baselines.get("reference", [])
            if (evaluation.stage, evaluation.replicate) == (twin.stage, twin.replicate)
        ]
        failed = ("reference", twin.replicate) in self.state.baseline_failures
        if not found and not failed:
            return
        self._on_start(twin)
        if failed:
            self._on_outcome(twin, TrainingFailure("failed", f"{SAME} It failed."))
        else:
            told = (*found[0].warnings, SAME)
            self._on_outcome(twin, replace(found[0], env_steps=0, wall_s=0.0, warnings=told))

    def _is_done(self, job: TrainingJob) -> bool:
        if job.name in self._sequence.rewards:
            key = (job.name, job.stage, job.replicate)
            return key in self.state.before or key in self.state.before_failures
        if job.name in BASELINES:
            done: Sequence[Evaluation] = self.state.baselines.get(job.name, [])
            failed = (job.name, job.replicate) in self.state.baseline_failures
        else:
            done, failed = self.state.candidates[job.name].evaluations, self._has_failed(job)
        return failed or any(e.stage == job.stage and e.replicate == job.replicate for e in done)

    def _has_failed(self, job: TrainingJob) -> bool:
        """Tell whether a candidate's training failed, or another did and it is for nothing.

        Of the seeds that its generation trains side by side each is for itself: while one fails the others go
        on, and so they do after a kill.
        """
        if job.stage == SEARCH and job.replicate < self.config.search.seeds:
            return (job.name, job.stage, job.replicate) in self.state.failures
        return self.state.candidates[job.name].status in FAILED

    def _reward_of(self, name: str) -> Reward:
        match name:
            case "sparse":
                return Sparse()
            case "reference":
                return reference_reward(self.task.reference)
            case _ if name in self._sequence.rewards:
                return Coded(self._sequence.rewards[name].source)
            case _:
                return Coded(self.state.candidates[name].source or "")

    def _on_start(self, job: TrainingJob) -> None:
        self.log.append(TrainingStarted(**_identity(job)))

    def _on_checkpoint(self, job: TrainingJob, reached: CheckpointReached) -> None:
        told = reached.model_dump(include={"checkpoint", "env_steps", "fitness", "error"})
        self.log.append(TrainingCheckpoint(**_identity(job), **told))

    def _on_outcome(self, job: TrainingJob, outcome: Outcome) -> None:
        if isinstance(outcome, TrainingFailure):
            self.log.append(TrainingFailed(**_identity(job), **vars(outcome)))
        else:
            self.log.append(TrainingFinished(**_identity(job), evaluation=outcome))
        if job.name in self.state.candidates:
            run_files.write_training(self.folder, self.state.candidates[job.name])


def _by_snapshot(jobs: Sequence[TrainingJob]) -> list[list[TrainingJob]]:
    """Return jobs that are paid by one learned reward, or by none, together: it is a signal of their task."""
    found: dict[str, list[TrainingJob]] = {}
    for job in jobs:
        found.setdefault("" if job.intrinsic is None else job.intrinsic.snapshot, []).append(job)
    return list(found.values())


def _check_starts(jobs: Sequence[TrainingJob]) -> None:
    """Raise StoreError where a policy that a training goes on from is gone."""
    for job in jobs:
        if job.init_policy is not None and not job.init_policy.is_file():
            raise StoreError(
                f"{job.init_policy} is gone, the policy that the training {job.key} goes on from.",
                allowed="the file that the training before it left there",
                fix="Put it back there, or start another run with `evolve --new`.",
            )


def _identity(job: TrainingJob) -> dict[str, Any]:
    return {"name": job.name, "stage": job.stage, "replicate": job.replicate, "seed": job.seed}
