"""What `prune` and `tune` are given: a task with a reward, or a finished run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eureka_agent._version import __version__
from eureka_agent.api.begun import as_begun, check_init_policy
from eureka_agent.api.benched import Asked, Conditions, conditions_of
from eureka_agent.api.check import reward_of
from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.api.runs import exportable
from eureka_agent.config import RunConfig
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.report.usage import usage
from eureka_agent.rewards.reward import Coded
from eureka_agent.rewards.saved import Header
from eureka_agent.rewards.source import parse_reward
from eureka_agent.store.event_types import RunStarted
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, find_run
from eureka_agent.store.reward_file import write_reward
from eureka_agent.store.state import RunState
from eureka_agent.tasks.identity import journalled_ref
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import PROGRESS, Task
from eureka_agent.training.device.choosing import choose_device


@dataclass(frozen=True, kw_only=True)
class Subject(Conditions):
    """A reward to refine and how it is trained."""

    reward: Coded
    name: str
    """Where the reward comes from, in words."""

    def settings(self, seed: int) -> dict[str, Any]:
        """Return everything that trainings must have in common to compare, the reward included."""
        return {"reward": self.reward.digest, **super().settings(seed)}


def subject_of(run_or_task: str, reward: Path | str | None, asked: Asked) -> Subject:
    """Return what is to be refined: the confirmed reward of a run, or a task's with a reward by file or name.

    Raises StoreError where there is no such run or it has no reward; ConfigError where the reward has no
    code; what `resumable` raises where a run is somebody else's.
    """
    asked.check()
    return _of_run(run_or_task, asked) if reward is None else _of_file(run_or_task, str(reward), asked)


def check_seeds(seeds: int, confirm_seeds: int, *, least: int) -> None:
    """Raise ConfigError for numbers of seeds of which nothing could be concluded."""
    for name, given, fewest in (("seeds", seeds, least), ("confirm_seeds", confirm_seeds, 2)):
        if given < fewest:
            raise ConfigError(
                f"'{name}' cannot be {given}.",
                allowed=f"at least {fewest}",
                fix="An interval needs two seeds; the defaults suit most tasks." if fewest > 1 else "",
            )


def _of_file(task: str, reward: str, asked: Asked) -> Subject:
    chosen = find_task(task, env=asked.env, envs=asked.envs)
    coded = reward_of(chosen, reward)
    if not isinstance(coded, Coded):
        raise ConfigError(
            f"'{reward}' of {chosen.name} is no code that could be refined.",
            allowed="a reward file, hack:<name>, or reference where it is hand-written",
            fix="Name a file with compute_reward.",
        )
    return Subject(**vars(conditions_of(chosen, asked)), reward=coded, name=reward)


def _of_run(run: str, asked: Asked) -> Subject:
    try:
        folder = find_run(Path(asked.runs), run)
    except StoreError as error:
        fix = f"Name a run that `eureka-agent runs` lists, or a task and a reward: {run} reward.py."
        raise StoreError(error.what, allowed=error.allowed, fix=fix) from error
    events = read_events(folder.events)
    state = RunState.of(events)
    winner = exportable(folder, state, None)
    # No model is asked here: that the log names one needs nobody's consent.
    model, address = (state.config.get(name) for name in ("model", "base_url"))
    consent = Consent(asked.trust, None, asked.env, asked.envs, model, address, asked.unsafe_isolation)
    task, config = resumable(folder, state, consent)
    _check_task_judges(folder, config)
    check_init_policy(config, folder)
    start = None if config.training.init_policy is None else folder.init_policy
    begun = next((event for event in events if isinstance(event, RunStarted)), None)
    device = asked.device or (begun.device.platform if begun and begun.device else config.training.device)
    trainer = asked.trainer or config.training.trainer
    return Subject(
        task=as_begun(task, config, events),
        reward=Coded(state.candidates[winner].source or ""),
        name=f"candidate {winner} of {folder.name}",
        env_steps=_steps(task, config, asked),
        trainer=trainer,
        device=choose_device(device, trainer, task, fresh=start is None).platform,
        worlds=asked.worlds or config.training.worlds,
        unsafe=config.isolation.unsafe or asked.unsafe_isolation,
        init_policy=start,
    )


def _check_task_judges(folder: RunFolder, config: RunConfig) -> None:
    """Raise ConfigError for a run whose fitness is what people prefer: nobody is asked here."""
    if config.people.judge:
        raise ConfigError(
            f"The fitness of {folder.name} is what people prefer (--fitness human): nobody is asked here.",
            allowed="a run by the task's own fitness, or a task and a reward",
            fix="Name the task and the reward instead, e.g. best/reward.py: its own fitness decides then.",
        )


def _steps(task: Task, config: RunConfig, asked: Asked) -> int:
    return asked.env_steps or config.training.env_steps or task.budget.env_steps


def write_refined(path: Path, subject: Subject, source: str, title: str, facts: dict[str, str]) -> Path:
    """Write a refined reward with its evidence in the header, and return its path."""
    told = {
        **facts,
        "Task": f"{subject.task.name}: {subject.task.description}",
        "Measured as": f"{subject.task.fitness.summary} ({subject.task.fitness.direction})",
        "Training": f"{subject.env_steps:,} environment steps of PPO",
        "Versions": f"eureka-agent {__version__}",
    }
    moving = PROGRESS.name in parse_reward(source).arguments and subject.task.offers_progress
    steps = subject.env_steps if moving else None
    lines = usage(asdict(journalled_ref(subject.task.ref)), path.name, steps)
    write_reward(path, source, Header(title, told, tuple(lines)))
    return path
