"""What a reward pays for steps that were recorded, asked in a locked-down process of its own."""

from __future__ import annotations

import numpy as np

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import RewardBatch


def evaluate_reward(
    source: str, signals: Signals, first: np.ndarray, *, task: Task, sandbox: RewardSandbox
) -> RewardBatch:
    """Return what `source` pays for T steps of N worlds.

    Args:
        source: a reward.
        signals: each `(T, N, ...)`, `prev_` ones included.
        first: bool `(T, N)`: the step was the first of its episode.
        task: whose signals they are.
        sandbox: where the reward runs.

    Raises:
        RewardError: the reward names an unknown signal, or fails on these steps.
        WorkerError: its process hung or ended, or a signal that it reads was not recorded.
    """
    arguments = parse_reward(source).arguments
    worker = sandbox.spawn(source, layout_for(task, arguments, first.size))
    try:
        given = {name: signals[name] for name in arguments if name in signals} or {"rows": first}
        output = worker.compute_rollout(given, resets=first)
    finally:
        sandbox.kill(worker)
    return RewardBatch(output.reward, dict(output.components))
