"""`train`: policies from a reward, or from a sequence of them, without a search."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eureka_agent.analysis.statistics import t_interval
from eureka_agent.api.check import Env, reward_of
from eureka_agent.api.judged_reward import judged_for, plan_for
from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.judgement_file import with_judgement
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Reward
from eureka_agent.seeds import seed_for
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.device.choosing import choose_device
from eureka_agent.training.job import Outcome, Trainer, TrainingFailure, TrainingJob
from eureka_agent.training.policies import fitting_policy, saved_policy
from eureka_agent.training.trainers import make_trainer


@dataclass(frozen=True)
class Training:
    """One training of `train`."""

    seed: int
    folder: Path
    fitness: float | None = None
    env_steps: int = 0
    """All that its policy took, in a sequence of rewards those of the ones before, too."""
    wall_s: float = 0.0
    failure: str = ""
    policy: Path | None = None
    """What it left; what the next reward of a sequence starts from."""


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
    task: str | TaskRef | Path,
    reward: Path | str | Sequence[Path | str],
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
    """Train `seeds` policies with a reward; policies and curves are written under `output`.

    `reward` is a file, or one of the task's own: `reference`, `sparse`, `native`, `hack:<name>`. Several are
    a sequence: each trains for `env_steps`, from the policy of the one before, and the last is reported; what
    the others left is under `output/before-<number>`. A learned reward that lies beside a file
    (`reward.intrinsic.npz`) is paid as it was in the run that found both. `parallel` is the number of
    parallel trainings (threads of the population trainer), by default the number of cores. Without `stages`
    a task's curriculum is ignored; the number of steps is the same. `init_policy` is a saved policy of either
    trainer to start from.
    `device` and `worlds` are those of `TrainingConfig`.
    """
    chosen = find_task(task, env=env, envs=envs, stages=stages)
    rewards = [str(reward)] if isinstance(reward, str | Path) else [str(one) for one in reward]
    if not rewards:
        raise ConfigError("There is no reward to train with.", allowed="one reward or several")
    paid_by = [reward_of(judged_for(chosen, name), name) for name in rewards]
    learned = [plan_for(name, one) for name, one in zip(rewards, paid_by, strict=True)]
    device = "cpu" if device == "auto" and any(learned) else device
    taken = choose_device(device, trainer, chosen, fresh=init_policy is None and len(rewards) == 1)
    start = None if init_policy is None else fitting_policy(Path(init_policy), chosen)
    root = Path(output)
    root.mkdir(parents=True, exist_ok=True)
    links = [
        _Link(one, plan, root if number == len(rewards) else root / f"before-{number}")
        for number, (one, plan) in enumerate(zip(paid_by, learned, strict=True), start=1)
    ]
    steps, seed_of = env_steps or chosen.budget.env_steps, partial(seed_for, seed, "train")
    begun = [Training(seed_of(replicate), Path(), policy=start) for replicate in range(seeds)]
    with RewardSandbox(unsafe=unsafe_isolation) as sandbox:
        chosen_trainer = make_trainer(
            trainer, sandbox, scratch=root / "tmp", parallel=parallel, stop=stop or threading.Event(),
            gpu=taken.platform == "gpu", worlds=worlds, unsafe=unsafe_isolation,
        )  # fmt: skip
        try:
            for link in links:
                begun = _continued(chosen_trainer, chosen, link, begun, env_steps=steps)
        finally:
            chosen_trainer.close()
    return TrainReport(
        chosen.name, ", then ".join(rewards), chosen.fitness.summary, tuple(begun), taken.platform
    )


@dataclass(frozen=True)
class _Link:
    """One reward of a sequence, and where its trainings go."""

    reward: Reward
    learned: IntrinsicPlan | None
    """What is learned from labels, and paid beside it or read by it."""
    folder: Path


def _continued(
    trainer: Trainer, task: Task, link: _Link, before: Sequence[Training], *, env_steps: int
) -> list[Training]:
    """Train each seed on with the link's reward, from its own policy; one that failed stays as it is."""
    jobs = {
        replicate: TrainingJob(
            name="train",
            stage="train",
            replicate=replicate,
            seed=one.seed,
            reward=link.reward,
            folder=link.folder / f"seed-{replicate}",
            env_steps=env_steps,
            init_policy=one.policy,
            intrinsic=link.learned,
        )
        for replicate, one in enumerate(before)
        if not one.failure
    }
    task = task if link.learned is None else with_judgement(task, link.learned.snapshot)
    outcomes = trainer.train(task, list(jobs.values()), on_start=lambda _: None, on_outcome=lambda *_: None)
    after = list(before)
    for (replicate, job), outcome in zip(jobs.items(), outcomes, strict=True):
        after[replicate] = _training(job, outcome, before[replicate])
    return after


def _training(job: TrainingJob, outcome: Outcome | None, before: Training) -> Training:
    """Return what became of a training, with the steps and the time of those that it goes on from."""
    if outcome is None:
        return Training(job.seed, job.folder, failure="not started")
    if isinstance(outcome, TrainingFailure):
        return Training(job.seed, job.folder, failure=f"{outcome.status}: {outcome.reason}")
    steps, wall_s = before.env_steps + outcome.env_steps, before.wall_s + outcome.wall_s
    return Training(job.seed, job.folder, outcome.fitness, steps, wall_s, policy=saved_policy(job.folder))
