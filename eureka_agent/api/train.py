"""`train`: policies from one reward, without a search."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.check import Env, reward_of
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.job import TrainingFailure, TrainingJob
from eureka_agent.training.policies import fitting_policy
from eureka_agent.training.trainers import make_trainer


@dataclass(frozen=True)
class Training:
    """One training of `train`."""

    seed: int
    folder: Path
    fitness: float | None = None
    env_steps: int = 0
    wall_s: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class TrainReport:
    """The report of `train`."""

    task: str
    reward: str
    fitness_summary: str
    trainings: tuple[Training, ...]
    device: str = "cpu"
    """The device: "cpu" or "gpu"."""

    @property
    def summary(self) -> str:
        """Mean fitness over seeds with its interval."""
        values = [t.fitness for t in self.trainings if t.fitness is not None]
        return str(t_interval(values)) if values else "undefined: every training failed"


def train(
    task: str,
    reward: Path | str,
    *,
    seeds: int = 1,
    seed: int = 0,
    env_steps: int | None = None,
    output: Path | str = "trained",
    trainer: str = "population",
    device: str = "auto",
    worlds: int | None = None,
    parallel: int | None = None,
    stages: bool = True,
    init_policy: Path | str | None = None,
    env: Env = None,
    envs: Path | None = None,
    unsafe_isolation: bool = False,
    stop: threading.Event | None = None,
) -> TrainReport:
    """Train `seeds` policies with one reward; policies and curves are written under `output`.

    `reward` is a file, or one of the task's own: `reference`, `sparse`, `native`, `hack:<name>`. `parallel`
    is the number of parallel trainings (threads of the population trainer), by default the number of cores.
    Without `stages` a task's curriculum is ignored; the number of steps is the same.
    `init_policy` is a saved policy of either trainer to start from. `device` and `worlds` are those of
    `TrainingConfig`.
    """
    chosen = find_task(task, env=env, envs=envs, stages=stages)
    taken = choose_device(device, trainer, chosen, fresh=init_policy is None)
    start = None if init_policy is None else fitting_policy(Path(init_policy), chosen)
    paid_by = reward_of(chosen, str(reward))
    root = Path(output)
    jobs = [
        TrainingJob(
            name="train",
            stage="train",
            replicate=replicate,
            seed=seed_for(seed, "train", replicate),
            reward=paid_by,
            folder=root / f"seed-{replicate}",
            env_steps=env_steps or chosen.budget.env_steps,
            init_policy=start,
        )
        for replicate in range(seeds)
    ]
    root.mkdir(parents=True, exist_ok=True)
    with RewardSandbox(unsafe=unsafe_isolation) as sandbox:
        chosen_trainer = make_trainer(
            trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=stop or threading.Event(),
            gpu=taken.platform == "gpu", worlds=worlds, unsafe=unsafe_isolation,
        )  # fmt: skip
        try:
            outcomes = chosen_trainer.train(chosen, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
        finally:
            chosen_trainer.close()
    trainings = tuple(_training(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True))
    return TrainReport(chosen.name, str(reward), chosen.fitness.summary, trainings, taken.platform)


def _training(job: TrainingJob, outcome: object) -> Training:
    if outcome is None:
        return Training(job.seed, job.folder, failure="not started")
    if isinstance(outcome, TrainingFailure):
        return Training(job.seed, job.folder, failure=f"{outcome.status}: {outcome.reason}")
    assert hasattr(outcome, "fitness")
    evaluation: Any = outcome
    return Training(job.seed, job.folder, evaluation.fitness, evaluation.env_steps, evaluation.wall_s)
