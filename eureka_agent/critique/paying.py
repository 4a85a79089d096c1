"""What a reward pays for whole episodes, all of them asked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

TIMEOUT_S = 10.0
"""For all episodes together, a reward that hangs included."""


class Payment(NamedTuple):
    """What one episode earns."""

    a_step: float
    """Mean over its steps."""
    whole: float
    """Sum over its steps."""
    discounted: float
    """Sum over its steps, each discounted once for every step before it."""


PayJoined = Callable[[Coded, JoinedEpisodes], list[Trajectory]]
"""Returns the episodes with what a reward pays for them; raises RewardError and WorkerError."""


def paying(task: Task, sandbox: RewardSandbox, *, timeout_s: float = TIMEOUT_S) -> PayJoined:
    """Return a function that asks a locked-down worker.

    All are paid as at the end of a training, whenever they were recorded: they are compared, and what pays
    most then is what a policy settles for.
    """

    def pay(reward: Coded, episodes: JoinedEpisodes) -> list[Trajectory]:
        with RewardEvaluator(reward, task=task, sandbox=sandbox, rows=episodes.rows) as evaluate:
            return evaluate.pay(episodes, progress=1.0, timeout_s=timeout_s)

    return pay


def payment(episode: Trajectory, gamma: float) -> Payment:
    """Return what an episode earns, from what its steps are paid."""
    assert episode.reward is not None
    steps = episode.reward.astype(np.float64)
    discounts = gamma ** np.arange(len(steps))
    return Payment(float(steps.mean()), float(steps.sum()), float(steps @ discounts))
