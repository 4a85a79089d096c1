"""What the policy that a reward trained meets in the task, and what it is paid there, as words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np

from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.quantiles import as_long_as_quantiles, elements_of, quantiles_of, spread_of
from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.layout import RunFolder
from eureka_agent.tasks.task import Task
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.ending import GENERIC
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.keeping import KEPT_EPISODES
from eureka_agent.trajectories.trajectory import Trajectory

Evaluate = Callable[[TrajectoryBatch], RewardBatch]
"""Gives what a reward pays for recorded steps; RewardError or WorkerError where it cannot."""
Pays = Callable[[Coded], AbstractContextManager[Evaluate]]
"""Gives who tells what a reward pays, for as long as it is looked at."""


@dataclass(frozen=True)
class RewardStats:
    """What a reward pays for steps, each as mean and quantiles."""

    components: Mapping[str, str]
    reward: str
    """All components together."""


@dataclass(frozen=True)
class PolicyStats:
    """What a candidate's kept policy meets in recorded episodes; nothing where none were kept."""

    lengths: tuple[int, ...] = ()
    """Steps of each recorded episode."""
    signals: Mapping[str, str] = field(default_factory=dict)
    """Quantiles of each."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """Each in the last step of the first episode that ended before the time limit, if one did."""
    rewards: RewardStats | None = None
    rewards_at_random: RewardStats | None = None
    """What the same reward pays a random policy."""
    ended_by: str = ""
    """The task's name for what ended the first episode that ended early, if it has one."""


Trained = Callable[[Candidate], PolicyStats]


def trained_in(folder: RunFolder, task: Task, recording: TrajectoryBatch, pays: Pays) -> Trained:
    """Return what tells of the policies that a run has trained, each by its first search training.

    `recording` is of random play.
    """

    def told(candidate: Candidate) -> PolicyStats:
        training = min(e.replicate for e in candidate.evaluations if e.stage == "search")
        kept = read_trajectories(folder.training(candidate.id, "search", training) / FILE)
        if not kept:
            return PolicyStats()
        played = TrajectoryBatch.in_a_row(kept)
        with pays(Coded(candidate.source or "")) as evaluate:
            rewards = [_earned(evaluate, batch) for batch in (played, recording)]
        met = quantiles_of({name: array[:, 0] for name, array in played.signals.items()})
        early = next((one for one in kept if one.length < task.max_episode_steps), None)
        ends = {} if early is None else {name: elements_of(early.signals[name][-1]) for name in met}
        return PolicyStats(tuple(one.length for one in kept), met, ends, *rewards, ended_by=_event(early))

    return told


def placeholder_stats(task: Task, components: tuple[str, ...]) -> PolicyStats:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    words = "-0.0099; -0.0099, -0.0099, -0.0099"
    rewards = RewardStats(dict.fromkeys(components, words), words)
    ends = {signal.name: elements_of(np.full(signal.shape, -0.0099)) for signal in task.signals}
    ended_by = "" if task.events is None else "the torso leaned too far"
    lengths = (999,) * KEPT_EPISODES
    return PolicyStats(lengths, as_long_as_quantiles(task), ends, rewards, rewards, ended_by)


def _event(trajectory: Trajectory | None) -> str:
    """Return what the task calls the end of an episode, nothing where it has no word of its own for it."""
    return "" if trajectory is None or trajectory.ending in GENERIC else trajectory.ending


def _earned(evaluate: Evaluate, batch: TrajectoryBatch) -> RewardStats | None:
    try:
        paid = evaluate(batch)
    except (RewardError, WorkerError):
        return None  # it was trained with all the same: what else is known is worth telling
    each = {name: spread_of(values) for name, values in paid.components.items()}
    return RewardStats(each, spread_of(paid.reward))
