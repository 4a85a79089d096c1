"""What a reward pays for steps that were recorded, asked in a locked-down process of its own."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.source import parse_reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.results import layout_for
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.trajectory import Trajectory


def evaluate_reward(
    source: str, batch: TrajectoryBatch, *, task: Task, sandbox: RewardSandbox
) -> RewardBatch:
    """Return what `source` pays for recorded steps, each array `(T, N)`.

    Raises:
        RewardError: the reward names an unknown signal, or fails on these steps.
        WorkerError: its process hung or ended, or a signal that it reads was not recorded.
    """
    arguments, first = parse_reward(source).arguments, batch.first
    worker = sandbox.spawn(source, layout_for(task, arguments, first.size))
    try:
        given = {name: batch.signals[name] for name in arguments if name in batch.signals} or {"rows": first}
        output = worker.compute_rollout(given, resets=first)
    finally:
        sandbox.kill(worker)
    return RewardBatch(output.reward, dict(output.components))


def with_reward(source: str, trajectory: Trajectory, *, task: Task, sandbox: RewardSandbox) -> Trajectory:
    """Return an episode with what `source` pays for it; raises what `evaluate_reward` raises."""
    paid = evaluate_reward(source, TrajectoryBatch.in_a_row([trajectory]), task=task, sandbox=sandbox)
    components = {name: values[:, 0] for name, values in paid.components.items()}
    return replace(trajectory, reward=paid.reward[:, 0], components=components)
