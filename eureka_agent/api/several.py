"""Several rewards by name or file, each once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

from eureka_agent.api.adopt import read_found
from eureka_agent.api.bringing import adopted_along
from eureka_agent.api.check import reward_of
from eureka_agent.errors import ConfigError, RewardError
from eureka_agent.evolution.workbench import name_of
from eureka_agent.rewards.reward import Coded, Reward
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Task

MOST = 8
"""Rewards of one comparison: more lines are no drawing any more."""


class Named(NamedTuple):
    """A reward as it was given."""

    letter: str
    name: str
    reward: Reward


def told_apart(task: Task, given: Sequence[str]) -> tuple[list[Named], list[str]]:
    """Return the rewards that were given, each once, and a sentence for each that stood there twice.

    Raises ConfigError where fewer than two or more than eight are left.
    """
    found: dict[str, Named] = {}
    notes = []
    for name in given:
        reward, note = _loaded(task, name)
        notes += [note] if note else []
        if (same := found.get(name_of(reward))) is not None:
            notes.append(f"{name} is the same reward as {same.name}, so that it is trained and shown once.")
            continue
        found[name_of(reward)] = Named("", name, reward)
    if not 2 <= len(found) <= MOST:
        raise ConfigError(
            " ".join([f"There {_are(len(found))} to compare.", *notes]),
            allowed=f"2 to {MOST} different rewards",
            fix="Name another: a file, reference, sparse, native"
            + "".join(f", hack:{hack}" for hack in task.hacks)
            + ".",
        )
    letters = zip(ascii_uppercase, found.values(), strict=False)
    return [named._replace(letter=letter) for letter, named in letters], notes


def _are(number: int) -> str:
    return {0: "is no reward", 1: "is only one reward"}.get(number, f"are {number} rewards")


def _loaded(task: Task, name: str) -> tuple[Reward, str]:
    """Return a reward by name or file, and how it was changed to be one of this task, if it was adopted."""
    try:
        return reward_of(task, name), ""
    except RewardError as error:
        path = Path(name)
        text = read_found(path)
        try:
            adopted = adopted_along(path, text, task)
        except ConfigError:
            if _is_reward(text):  # what is wrong with it says more than that it is nothing else
                raise error from None
            raise
    reads = ", ".join(f"{found} as {signal}" for found, signal in adopted.reads.items())
    return Coded(adopted.text), f"{name} was adopted as `eureka-agent adopt` does: it reads {reads}."


def _is_reward(text: str) -> bool:
    try:
        parse_reward(text)
    except RewardError:
        return False
    return True
