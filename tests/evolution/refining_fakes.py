"""Rewards and a trainer for `prune` and `tune` without simulators: fitness is read from a reward's text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.evolution.workbench import Workbench
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import OnCheckpoint, Outcome, TrainingFailure, TrainingJob

REWARD = """import numpy as np


def compute_reward(pole_angle, cart_position, cart_velocity):
    up = 1.0 - np.abs(pole_angle)
    middle = -0.5 * np.square(cart_position / 2.437)
    calm = -0.01 * np.square(cart_velocity)
    reward = up + middle + calm
    return reward, {"up": up, "middle": middle, "calm": calm}
"""

Worth = Callable[[str, TrainingJob], float]
"""The fitness of a reward's text on the seed of a job; the sparse baseline's text is empty."""


class WritingTrainer:
    """Gives each reward a fitness and leaves result files, as trainings do."""

    name = "writing"

    def __init__(
        self, worth: Worth, *, fails: Callable[[str, TrainingJob], str] = lambda _text, _job: ""
    ) -> None:
        self.worth, self.fails = worth, fails
        self.trained: list[str] = []
        self.most: int | None = None
        """Jobs after which it is killed."""

    def close(self) -> None:
        pass

    def steps_of(self, task: Task, env_steps: int) -> int:
        return env_steps

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: Callable[[TrainingJob], None],
        on_outcome: Callable[[TrainingJob, Outcome], None],
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        outcomes: list[Outcome | None] = []
        for job in jobs:
            if self.most is not None and len(self.trained) >= self.most:
                raise KeyboardInterrupt
            outcome = self._outcome(job)
            self.trained.append(job.key)
            kind = "failure" if isinstance(outcome, TrainingFailure) else "evaluation"
            job.folder.mkdir(parents=True, exist_ok=True)
            (job.folder / "result.json").write_text(json.dumps({"job": job.key, kind: asdict(outcome)}))
            on_outcome(job, outcome)
            outcomes.append(outcome)
        return outcomes

    def _outcome(self, job: TrainingJob) -> Outcome:
        text = job.reward.text if isinstance(job.reward, Coded) else ""
        if reason := self.fails(text, job):
            return TrainingFailure("failed", reason)
        fitness = self.worth(text, job)
        return Evaluation(job.stage, job.replicate, job.seed, fitness, (fitness,), job.env_steps, 0.0, 0)


def bench_of(folder: Path, trainer: WritingTrainer, told: list[str] | None = None) -> Workbench:
    return Workbench(
        find_task("cartpole"), trainer, folder, 100, tell=(told if told is not None else []).append
    )
