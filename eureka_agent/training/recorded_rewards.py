"""What a reward pays for recorded episodes, asked of the same worker that paid for the training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eureka_agent.training.evaluation_rewards import EvaluationSteps, Payer
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.trajectories.trajectory import Trajectory


def with_rewards(payer: Payer, names: Sequence[str], episodes: Sequence[Trajectory]) -> list[Trajectory]:
    """Return episodes with reward and components `(T,)`; `names` are the signals that the reward reads.

    Raises what the payer raises.
    """
    paid: list[Trajectory] = []
    for begin in range(0, len(episodes), payer.rows):
        some = episodes[begin : begin + payer.rows]
        steps = EvaluationSteps.of(some, names)
        if steps is None:
            return list(episodes)
        paid += _filled(some, [payer.pay(part) for part in steps.parts(payer.rows)])
    return paid


def _filled(episodes: Sequence[Trajectory], parts: Sequence[RewardBatch]) -> list[Trajectory]:
    """Return episodes with what was paid for them side by side, `(T, N)` in parts."""
    reward = np.concatenate([part.reward for part in parts])
    components = {
        name: np.concatenate([part.components[name] for part in parts]) for name in parts[0].components
    }
    return [
        replace(
            episode,
            reward=reward[: episode.length, n],
            components={name: values[: episode.length, n] for name, values in components.items()},
        )
        for n, episode in enumerate(episodes)
    ]
