"""Rewards that a person brings along to a run: the first candidate, and what the winner is compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eureka_agent.api.adopt import Adopted, adopted_text, read_found
from eureka_agent.config import RunConfig
from eureka_agent.errors import ConfigError, EurekaError, RewardError
from eureka_agent.preferences.fitness import PreferenceFitness, judged_by_people
from eureka_agent.report.sequence import TRAINED_ON
from eureka_agent.rewards.loader import check_reward
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Task


def brought_along(path: Path, task: Task) -> str:
    """Return the text of a reward for the task, adopted where it reads something else than its signals.

    One that reads signals only is left as it is: the critic speaks about its form. Raises ConfigError where
    it is no file, or a name that it reads has no meaning.
    """
    text = _text_of(path)
    return text if _reads_signals(text, task) else _adopted(path, text, task)


def human_text(path: Path, task: Task) -> str:
    """Return the text of a reward that the static rules accept, adopted where it must be."""
    text = _text_of(path)
    try:
        check_reward(text, [signal.name for signal in task.readable_signals])
    except RewardError:
        text = _adopted(path, text, task)
    check_reward(text, [signal.name for signal in task.readable_signals])
    return text


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise ConfigError(
            f"The reward {path} is not a file.",
            allowed="a Python file with `compute_reward`, or what `adopt` takes",
            fix="Give the path of the reward you have, e.g. reward.py.",
        )
    return read_found(path)


def as_asked(task: Task, config: RunConfig) -> Task:
    """Return the task as a run takes it: with its own reference and fitness, or what is in their place."""
    compared = compared_with(task, config)
    return judged_by_people(compared, PreferenceFitness()) if config.people.judge else compared


def compared_with(task: Task, config: RunConfig) -> Task:
    """Return the task with what a run's winner is compared with in the place of its reference.

    That is a person's reward, or the last one before in a sequence.
    """
    if config.training.after:
        return replace(task, reference=config.training.after[-1].source, reference_origin=TRAINED_ON)
    human_reward = config.confirmation.human_reward
    if human_reward is None:
        return task
    return replace(task, reference=human_reward, reference_origin="given with --human-reward")


def _reads_signals(text: str, task: Task) -> bool:
    try:
        arguments = parse_reward(text).arguments
    except RewardError:
        return False
    return set(arguments) <= {signal.name for signal in task.readable_signals}


def _adopted(path: Path, text: str, task: Task) -> str:
    return adopted_along(path, text, task).text


def adopted_along(path: Path, text: str, task: Task) -> Adopted:
    """Return a found reward as one of the task; ConfigError where `adopt` would have to ask."""
    try:
        return adopted_text(text, task)
    except EurekaError as error:
        raise ConfigError(
            f"{path} is no reward of {task.name} yet: {error.what}",
            allowed="a file with compute_reward, or one that `adopt` takes without a question",
            fix=f"Make it one with `eureka-agent adopt {path} --task {task.name}`, then give what it writes.",
        ) from error
