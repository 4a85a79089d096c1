"""What several rewards pay for the same recorded episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.analysis.agreement import PaidEpisode
from eureka_agent.errors import EurekaError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded, Native, Reward
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.sparse import pays_each_step
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray


class Recorded(NamedTuple):
    """An episode, whose it is, and how a citation names it."""

    player: str
    name: str
    trajectory: Trajectory


class Payments(NamedTuple):
    """What rewards pay."""

    episodes: tuple[PaidEpisode, ...]
    filled: Mapping[str, tuple[Trajectory, ...]]
    """The episodes with reward and components, by the name of a reward that has code."""
    notes: tuple[str, ...]
    """Which rewards could not be asked and why, each a sentence."""


def ask_all(
    task: Task, sandbox: RewardSandbox, rewards: Mapping[str, Reward], recorded: Sequence[Recorded]
) -> Payments:
    """Ask rewards, by name, what they pay for all episodes: each in one call, as at the end of a training.

    A reward that fails on these steps is left out, and a note says so.
    """
    episodes = [one.trajectory for one in recorded]
    paid: dict[str, Sequence[Array]] = {}
    filled: dict[str, tuple[Trajectory, ...]] = {}
    notes = []
    for name, reward in rewards.items():
        try:
            if isinstance(reward, Coded):
                filled[name] = tuple(_ask(task, sandbox, reward, episodes))
                paid[name] = [one.reward for one in filled[name] if one.reward is not None]
            else:
                paid[name] = [_by_task(task, reward, one) for one in episodes]
        except EurekaError as error:
            notes.append(f"{name} could not be asked what it pays for recorded steps: {error.what}")
    told = [
        PaidEpisode(one.name, one.trajectory, {name: each[place] for name, each in paid.items()})
        for place, one in enumerate(recorded)
    ]
    return Payments(tuple(told), filled, tuple(notes))


def _ask(
    task: Task, sandbox: RewardSandbox, reward: Coded, episodes: Sequence[Trajectory]
) -> list[Trajectory]:
    joined = JoinedEpisodes(episodes)
    with RewardEvaluator(reward, task=task, sandbox=sandbox, rows=joined.rows) as evaluate:
        return evaluate.pay(joined, progress=1.0)


def _by_task(task: Task, reward: Reward, episode: Trajectory) -> Array:
    """Return what the task itself pays, `(T,)`: its environment's reward, or the sparse baseline's."""
    nothing = np.zeros(episode.length, np.float32)
    if isinstance(reward, Native):
        return nothing if episode.native_reward is None else episode.native_reward
    if pays_each_step(task):
        return (task.fitness.sign * TaskFitness(task).steps(episode.signals)).astype(np.float32)
    nothing[-1] = task.fitness.sign * (episode.fitness or 0.0)
    return nothing
