"""What the policy that a reward trained encounters in the task, and what it is paid there, as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np

from eureka_agent.design.quantiles import as_long_as_quantiles, elements_of, quantiles_of, spread_of
from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.rewards.residual import RESIDUAL, residual
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.records import PolicyStats, RewardStats
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import Evaluate, with_reward
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.ending import GENERIC, TIME_LIMIT
from eureka_agent.trajectories.keeping import KEPT_EPISODES
from eureka_agent.trajectories.trajectory import Trajectory

OpenEvaluator = Callable[[Coded], AbstractContextManager[Evaluate]]
"""Opens an evaluator of one reward."""
MeasurePolicy = Callable[[Coded, Sequence[Trajectory]], PolicyStats]
"""Describes a kept policy by the reward that trained it and its recorded episodes."""


PayEpisodes = Callable[[Coded, Sequence[Trajectory]], Sequence[Trajectory]]
"""Returns recorded episodes with what a reward pays for each of their steps; RewardError, WorkerError."""


class PolicyMeasurement:
    """Describes kept policies of one task; `recording` is of random play."""

    def __init__(self, task: Task, recording: TrajectoryBatch, open_evaluator: OpenEvaluator) -> None:
        self._task, self._recording, self._open = task, recording, open_evaluator

    def __call__(self, reward: Coded, episodes: Sequence[Trajectory]) -> PolicyStats:
        """Return the stats of the policy that `reward` trained; empty ones where nothing was recorded."""
        if not episodes:
            return PolicyStats()
        played = TrajectoryBatch.in_a_row(episodes)
        # Both at the progress at which the policy was kept: the prompt compares them.
        at_random = self._recording.at_progress(episodes[0].progress)
        with self._open(reward) as evaluate:
            rewards = [_reward_stats(evaluate, batch) for batch in (played, at_random)]
        rows = {name: array[:, 0] for name, array in played.signals.items()}
        met = quantiles_of(rows, self._task.safety_signals)
        early = next((one for one in episodes if one.length < self._task.max_episode_steps), None)
        ends = {} if early is None else {name: elements_of(early.signals[name][-1]) for name in met}
        return PolicyStats(tuple(one.length for one in episodes), met, ends, *rewards, ended_by=_event(early))


class EpisodePayment:
    """Fills reward and components into recorded episodes."""

    def __init__(self, open_evaluator: OpenEvaluator) -> None:
        self._open = open_evaluator

    def __call__(self, reward: Coded, episodes: Sequence[Trajectory]) -> Sequence[Trajectory]:
        """Return the episodes with what `reward` pays; raises RewardError, WorkerError where it fails."""
        with self._open(reward) as evaluate:
            return [with_reward(evaluate, episode) for episode in episodes]


def placeholder_stats(task: Task, components: tuple[str, ...]) -> PolicyStats:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    words = "-0.0099; -0.0099, -0.0099, -0.0099"
    rewards = RewardStats(dict.fromkeys(components, words), words)
    ends = {signal.name: elements_of(np.full(signal.shape, -0.0099)) for signal in task.signals}
    ended_by = "" if task.events is None else "the torso leaned too far"
    lengths = (999,) * KEPT_EPISODES
    return PolicyStats(lengths, as_long_as_quantiles(task), ends, rewards, rewards, ended_by)


def placeholder_episodes(task: Task) -> tuple[Trajectory, ...]:
    """Return episodes with as many columns as recorded ones, to estimate what prompts will cost."""
    steps = np.linspace(-0.0099, 0.0099, min(task.max_episode_steps, 100), dtype=np.float32)
    signals = {
        signal.name: np.broadcast_to(steps.reshape(-1, *[1] * len(signal.shape)), (len(steps), *signal.shape))
        for signal in task.signals
    }
    one = Trajectory(
        signals, terminated=False, truncated=True, ending=TIME_LIMIT, reward=steps, fitness=-0.0099
    )
    return (one,) * KEPT_EPISODES


def _event(trajectory: Trajectory | None) -> str:
    """Return the task's own name for how an episode ended; empty where it has none."""
    return "" if trajectory is None or trajectory.ending in GENERIC else trajectory.ending


def _reward_stats(evaluate: Evaluate, batch: TrajectoryBatch) -> RewardStats | None:
    try:
        paid = evaluate(batch)
    except (RewardError, WorkerError):
        return None  # it was trained with all the same: what else is known is worth telling
    each = {name: spread_of(values) for name, values in paid.components.items()}
    rest = residual(paid.reward, paid.components)
    if rest is not None:
        each[RESIDUAL] = spread_of(rest)
    return RewardStats(each, spread_of(paid.reward))
