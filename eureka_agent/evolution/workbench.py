"""Where `prune`, `tune` and `compare` train: each training once in the life of an output folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import Interrupted, RunLockedError, StoreError
from eureka_agent.files import disk_errors, read_own_text, remove_half_written, write_json
from eureka_agent.rewards.reward import Coded, Reward, Sparse
from eureka_agent.seeds import seed_for
from eureka_agent.store.lock import run_lock
from eureka_agent.store.reward_file import write_reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.driver import RESULT
from eureka_agent.training.job import Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.protocol import CheckpointReached
from eureka_agent.training.results import read_result

SETTINGS = "settings.json"
"""What the trainings of a folder have in common; with other settings they would not compare."""
SPARSE = "sparse"
PARTS = 4
"""Of a training's steps, each of which is told."""


@dataclass(frozen=True)
class Scores:
    """One reward on the seeds of a stage."""

    fitness: tuple[float, ...]
    """One a seed, in order; empty where a training failed."""
    failure: str = ""


class Trained(Protocol):
    """Trains rewards side by side."""

    def scores(self, rewards: Sequence[Reward], *, stage: str, seeds: int) -> list[Scores]:
        """Return the scores of each reward on the same seeds; Interrupted where trainings were given up."""
        ...


@dataclass
class Workbench:
    """Trains rewards that are known by their code; what its folder holds is not trained again."""

    task: Task
    trainer: Trainer
    folder: Path
    env_steps: int
    seed: int = 0
    init_policy: Path | None = None
    tell: Callable[[str], object] = lambda _: None
    trained: int = 0
    """Trainings so far."""
    held: int = 0
    """Trainings that the folder held already."""

    def scores(self, rewards: Sequence[Reward], *, stage: str, seeds: int) -> list[Scores]:
        """Train each reward on the seeds of a stage as one population of equal budgets; see `Trained`."""
        return [scores_of(found) for found in self.outcomes(rewards, stage=stage, seeds=seeds)]

    def outcomes(self, rewards: Sequence[Reward], *, stage: str, seeds: int) -> list[list[Outcome]]:
        """Train as `scores` does; return what became of each reward's trainings, one a seed."""
        known = {name_of(reward): reward for reward in rewards}
        jobs = [self._job(r, stage, replicate) for r in known.values() for replicate in range(seeds)]
        outcomes = {job.key: found for job in jobs if (found := self._held(job)) is not None}
        missing = [job for job in jobs if job.key not in outcomes]
        self.held += len(outcomes)
        if missing:
            self.tell(self._plan(len(known), seeds, len(outcomes)))
            outcomes |= self._train(missing)
        return [
            [outcomes[f"{name_of(r)}/{stage}-{replicate}"] for replicate in range(seeds)] for r in rewards
        ]

    def folder_of(self, reward: Reward, stage: str, replicate: int) -> Path:
        """Return where a training's result, policy and recorded episodes are."""
        return self.folder / name_of(reward) / f"{stage}-{replicate}"

    def _train(self, jobs: Sequence[TrainingJob]) -> dict[str, Outcome]:
        for reward in {job.reward for job in jobs}:
            if isinstance(reward, Coded):
                write_reward(self.folder / name_of(reward) / "reward.py", reward.text)
        far = HowFar(len(jobs) * self.env_steps, self.tell)
        found = self.trainer.train(
            self.task, jobs, on_start=lambda _: None, on_outcome=self._count, on_checkpoint=far.reach
        )
        if any(outcome is None for outcome in found):
            raise Interrupted
        return {job.key: outcome for job, outcome in zip(jobs, found, strict=True) if outcome is not None}

    def _count(self, _job: TrainingJob, _outcome: Outcome) -> None:
        self.trained += 1

    def _plan(self, rewards: int, seeds: int, held: int) -> str:
        steps = f"{self.env_steps:,} steps"
        known = f"; {held} of these trainings are there already" if held else ""
        what = f"{rewards} reward{'s' * (rewards != 1)} on {seeds} seed{'s' * (seeds != 1)}"
        return f"Training {what} for {steps}{known}."

    def _job(self, reward: Reward, stage: str, replicate: int) -> TrainingJob:
        name = name_of(reward)
        return TrainingJob(
            name=name,
            stage=stage,
            replicate=replicate,
            seed=seed_for(self.seed, stage, replicate),
            reward=reward,
            folder=self.folder_of(reward, stage, replicate),
            env_steps=self.env_steps,
            init_policy=self.init_policy,
        )

    def _held(self, job: TrainingJob) -> Outcome | None:
        """Return what the folder holds of a training; one whose process died is tried again."""
        if not (job.folder / RESULT).is_file():
            return None
        outcome = read_result(job.folder / RESULT, job.key, None)
        return None if isinstance(outcome, TrainingFailure) and outcome.crashed else outcome


class HowFar:
    """Tells how far trainings are together, three times on the way."""

    def __init__(self, steps: int, tell: Callable[[str], object]) -> None:
        """`steps` are those of all of them."""
        self._all, self._tell = steps, tell
        self._reached: dict[str, int] = {}
        self._told = 0

    def reach(self, job: TrainingJob, reached: CheckpointReached) -> None:
        """Note how far one training is; fewer steps than before where it was restarted."""
        self._reached[job.key] = reached.env_steps
        parts = PARTS * sum(self._reached.values()) // self._all
        if self._told < parts < PARTS:
            self._told = parts
            self._tell(f"  {parts / PARTS:.0%} of the training steps are done.")


def name_of(reward: Reward) -> str:
    """Return what a reward's trainings are called: a digest of its code, whatever its comments."""
    if isinstance(reward, Coded):
        return reward.digest[:12]
    return SPARSE if isinstance(reward, Sparse) else "native"


def scores_of(outcomes: Sequence[Outcome]) -> Scores:
    """Return the scores of a reward's trainings, or why there are none."""
    failed = [outcome for outcome in outcomes if isinstance(outcome, TrainingFailure)]
    if failed:
        count = f"{len(failed)} of {len(outcomes)} trainings " if len(outcomes) > 1 else ""
        return Scores((), f"{count}{failed[0].status}: {failed[0].reason}")
    return Scores(tuple(outcome.fitness for outcome in outcomes if isinstance(outcome, Evaluation)))


def folder_for(runs: Path, command: str, task: str, settings: dict[str, Any]) -> Path:
    """Return where a command's results go if nobody says: the same command finds them again."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    stem = re.sub(r"[^A-Za-z0-9_]+", "-", task).strip("-")
    return runs / f"{command}-{stem}-{digest[:8]}"


@contextmanager
def working_in(folder: Path, settings: dict[str, Any]) -> Iterator[None]:
    """Hold an output folder for trainings with these settings.

    Raises StoreError where it holds those of others, RunLockedError where a process works in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with disk_errors(folder), run_lock(folder):
            remove_half_written(folder)
            _check_settings(folder, settings)
            yield
    except RunLockedError as error:
        raise RunLockedError(
            error.what, allowed="one process an output folder", fix="Wait for it, or give another --output."
        ) from error


def _check_settings(folder: Path, settings: dict[str, Any]) -> None:
    path = folder / SETTINGS
    if not path.exists():
        write_json(path, settings)
        return
    try:
        held = json.loads(read_own_text(path))
        differ = [name for name in {**held, **settings} if held.get(name) != settings.get(name)]
    except (ValueError, TypeError, AttributeError):
        differ = ["what cannot be read"]
    if differ:
        raise StoreError(
            f"{folder} holds trainings with another {', '.join(differ)}: their scores would not compare.",
            allowed="an empty folder, or that of the same command",
            fix="Give another --output, or none: the default is a folder of its own.",
        )
