"""What each component contributes to what recorded episodes are paid, and to its ups and downs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.rewards.residual import RESIDUAL, residual
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray


class Contribution(NamedTuple):
    """One component over recorded steps."""

    component: str
    mean: float
    """What it pays a step."""
    spread: float | None
    """Its share of the total's variance, cov(component, total) / var(total): the shares of all, with what is
    paid beside them, add up to 1, and one that works against the total is negative. None where the total
    does not vary."""


def contributions(episodes: Sequence[Trajectory]) -> list[Contribution]:
    """Return what each component contributes over paid episodes, in the reward's order.

    What is paid beside the components comes last, where there is something. Empty where nothing was asked.
    """
    paid = [episode for episode in episodes if episode.reward is not None and episode.components]
    if not paid:
        return []
    total = np.concatenate([e.reward for e in paid if e.reward is not None]).astype(np.float64)
    names = [name for name in paid[0].components if all(name in e.components for e in paid)]
    parts = {name: np.concatenate([e.components[name] for e in paid]).astype(np.float64) for name in names}
    rest = residual(total, parts)
    if rest is not None:
        parts[RESIDUAL] = rest
    around = total - total.mean()
    variance = float(around @ around)
    return [
        Contribution(name, float(part.mean()), float(part @ around) / variance if variance > 0 else None)
        for name, part in parts.items()
    ]
