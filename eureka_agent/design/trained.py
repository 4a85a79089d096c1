"""What the policy that a reward trained meets in the task, and what it is paid there, as words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np

from eureka_agent.analysis.trajectories import read_trajectories
from eureka_agent.archive.candidate import Candidate
from eureka_agent.design.quantiles import as_long_as_quantiles, elements_of, quantiles_of, spread_of
from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.layout import RunFolder
from eureka_agent.tasks.inspection import Recording
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.reward_provider import RewardBatch

Array = np.ndarray
Evaluate = Callable[[Signals, Array], RewardBatch]
"""Gives what a reward pays for steps: signals `(T, N, ...)`, and which steps begin an episode.

Raises RewardError or WorkerError where it cannot.
"""
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


Trained = Callable[[Candidate], PolicyStats]


def trained_in(folder: RunFolder, task: Task, recording: Recording, pays: Pays) -> Trained:
    """Return what tells of the policies that a run has trained, each by its first search training.

    `recording` is of random play.
    """

    def told(candidate: Candidate) -> PolicyStats:
        training = min(e.replicate for e in candidate.evaluations if e.stage == "search")
        episodes = read_trajectories(folder.training(candidate.id, "search", training))
        if not episodes:
            return PolicyStats()
        signals, first = _one_after_the_other(episodes)
        with pays(Coded(candidate.source or "")) as evaluate:
            rewards = [
                _earned(evaluate, *steps)
                for steps in ((signals, first), (recording.signals, recording.first))
            ]
        lengths = tuple(len(next(iter(episode.values()))) for episode in episodes)
        early = [e for e, steps in zip(episodes, lengths, strict=True) if steps < task.max_episode_steps]
        met = quantiles_of({name: array[:, 0] for name, array in signals.items()})
        ends = {name: elements_of(early[0][name][-1]) for name in met} if early else {}
        return PolicyStats(lengths, met, ends, *rewards)

    return told


def placeholder_stats(task: Task, components: tuple[str, ...]) -> PolicyStats:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    words = "-0.0099; -0.0099, -0.0099, -0.0099"
    rewards = RewardStats(dict.fromkeys(components, words), words)
    ends = {signal.name: elements_of(np.full(signal.shape, -0.0099)) for signal in task.signals}
    return PolicyStats((999,) * 3, as_long_as_quantiles(task), ends, rewards, rewards)


def _one_after_the_other(episodes: list[Signals]) -> tuple[Signals, Array]:
    """Return episodes as the steps of one world `(T, 1, ...)`, and bool `(T, 1)` where each begins."""
    lengths = [len(next(iter(episode.values()))) for episode in episodes]
    first = np.zeros((sum(lengths), 1), dtype=bool)
    first[np.cumsum([0, *lengths[:-1]])] = True
    return {
        name: np.concatenate([episode[name] for episode in episodes])[:, None] for name in episodes[0]
    }, first


def _earned(evaluate: Evaluate, signals: Signals, first: Array) -> RewardStats | None:
    try:
        paid = evaluate(signals, first)
    except (RewardError, WorkerError):
        return None  # it was trained with all the same: what else is known is worth telling
    each = {name: spread_of(values) for name, values in paid.components.items()}
    return RewardStats(each, spread_of(paid.reward))
