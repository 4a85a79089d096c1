"""How many steps a second this machine makes when it trains on a task: remembered from runs, or measured.

All environment steps count, those of learning and of evaluation. A figure holds for the task's environment
and algorithm, the trainer, the device and the number of cores.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from eureka_agent.errors import TrainingError
from eureka_agent.files import write_atomic
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import cache_folder
from eureka_agent.rewards.reward import Sparse
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.device.settings import device_settings
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.protocol import CheckpointReached
from eureka_agent.training.trainers import make_trainer

SHORTEST_S = 5.0
"""A run that trained for less says nothing of later ones: it mostly started up."""
_CHECKPOINTS = 3
"""Evaluations of a measurement; what comes before the first one is start-up."""


@dataclass(frozen=True)
class Conditions:
    """What a pace depends on beside the machine."""

    task: Task
    trainer: str
    platform: str
    cores: int
    worlds: int | None = None
    """Of each candidate on a GPU; None is the default."""

    @property
    def file(self) -> Path | None:
        """Where the pace is remembered; None where this person has no folder for it."""
        folder = cache_folder("pace")
        told = [self.task.env_id, self.task.algorithm, self.trainer, self.platform, self.cores, self.worlds]
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]
        return None if folder is None else folder / f"{digest}.json"


def remembered_pace(conditions: Conditions) -> float | None:
    """Return steps a second as last remembered; None where nothing is, or nothing usable."""
    try:
        found = None if conditions.file is None else json.loads(conditions.file.read_text())
        pace = found["steps_a_second"] if isinstance(found, dict) else None
    except (OSError, ValueError, KeyError):
        return None
    return float(pace) if isinstance(pace, int | float) and pace > 0 else None


def remember_pace(conditions: Conditions, *, steps: int, seconds: float, each: int) -> None:
    """Remember how long trainings took that made so many steps; nothing where that says little of others.

    `each` are the steps of learning of one: those that are shorter than a quick search's mostly started up.
    """
    long_enough = seconds >= SHORTEST_S and each >= conditions.task.budget.quick
    if long_enough and steps > 0:
        _write(conditions, steps / seconds)


def measured_pace(conditions: Conditions, *, candidates: int, unsafe: bool = False) -> float:
    """Return steps a second of a short generation, and remember it; takes some seconds of all cores.

    Rewards are the task's own, so that no worker evaluates them: generated ones take a little longer.
    """
    gpu = conditions.platform == "gpu"
    settings = (
        device_settings(conditions.task, conditions.worlds)
        if gpu
        else PpoSettings.of(conditions.task.algorithm)
    )
    if conditions.trainer == "sb3":
        candidates = min(candidates, conditions.cores)  # more would wait for each other
    budget = replace(conditions.task.budget, checkpoints=_CHECKPOINTS, eval_episodes=1, score_episodes=1)
    task = replace(conditions.task, budget=budget)
    steps = settings.rollout * _CHECKPOINTS
    reached: dict[int, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="eureka-pace-") as folder,
        RewardSandbox(unsafe=unsafe) as sandbox,
    ):
        jobs = [_job(number, steps, Path(folder)) for number in range(candidates)]
        trainer = make_trainer(
            conditions.trainer, sandbox, scratch=Path(folder) / "tmp", parallel=conditions.cores,
            stop=threading.Event(), gpu=gpu, worlds=conditions.worlds, unsafe=unsafe,
        )  # fmt: skip
        try:
            trainer.train(
                task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None,
                on_checkpoint=lambda _, told: _note(reached, told),
            )  # fmt: skip
        finally:
            trainer.close()
    if len(reached) < _CHECKPOINTS:
        raise TrainingError(
            f"The pace of {task.name} could not be measured: its trainings failed.",
            fix=f"Try `eureka-agent train {task.name} --reward sparse` to see why.",
        )
    seconds = reached[_CHECKPOINTS - 1] - reached[0]
    pace = candidates * settings.rollout * (_CHECKPOINTS - 1) / max(seconds, 1e-3)
    _write(conditions, pace)
    return pace


def _write(conditions: Conditions, pace: float) -> None:
    if conditions.file is not None:
        write_atomic(conditions.file, json.dumps({"steps_a_second": pace}).encode())


def _note(reached: dict[int, float], told: CheckpointReached) -> None:
    """Note when the last candidate came to a checkpoint."""
    reached[told.checkpoint] = time.perf_counter()


def _job(number: int, steps: int, folder: Path) -> TrainingJob:
    return TrainingJob(
        name=f"{number}",
        stage="pace",
        replicate=0,
        seed=seed_for(0, "pace", 0),
        reward=Sparse(),
        folder=folder / f"{number}",
        env_steps=steps,
    )
