"""What a reward pays for steps that were recorded, asked in a locked-down process of its own."""

from __future__ import annotations

import numpy as np

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Signals, Task
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import RewardBatch


def evaluate_reward(
    reward: Coded,
    signals: Signals,
    first: np.ndarray,
    *,
    task: Task,
    sandbox: RewardSandbox,
    plain: bool = False,
) -> RewardBatch:
    """Return what `reward` pays for T steps of N worlds, asked in a worker that ends with the answer.

    Args:
        reward: whose pay it is.
        signals: each `(T, N, ...)`, `prev_` ones included.
        first: bool `(T, N)`: the step was the first of its episode.
        task: whose signals they are.
        sandbox: where the reward runs.
        plain: run the text as plain Python, without the facade.

    Raises:
        RewardError: the reward names an unknown signal, or fails on these steps.
        WorkerError: its process hung or ended, or a signal that it reads was not recorded.
    """
    arguments = reward.parsed.arguments
    worker = sandbox.spawn(reward.text, layout_for(task, arguments, first.size), plain=plain)
    try:
        given = {name: signals[name] for name in arguments if name in signals} or {"rows": first}
        output = worker.compute_rollout(given, resets=first)
    finally:
        sandbox.kill(worker)
    return RewardBatch(output.reward, dict(output.components))
