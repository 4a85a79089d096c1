"""What a task's safety signals reach in recorded episodes: a figure beside every score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.trajectories.trajectory import Trajectory

HIGH = 0.99


def sizes_reached(episodes: Sequence[Trajectory], signal: str) -> tuple[float, float] | None:
    """Return what 99 % of the steps' absolute values stay below, and their maximum; None of no steps.

    Of a signal that is a vector every element counts.
    """
    known = [episode.signals[signal] for episode in episodes if signal in episode.signals]
    if not known:
        return None
    sizes = np.abs(np.concatenate([array.reshape(-1) for array in known]).astype(np.float64))
    return (float(np.quantile(sizes, HIGH)), float(sizes.max())) if sizes.size else None


def safety_of(episodes: Sequence[Trajectory], signals: Sequence[str]) -> dict[str, float]:
    """Return for each safety signal what 99 % of the recorded steps' absolute values stay below."""
    reached = {signal: sizes_reached(episodes, signal) for signal in signals}
    return {signal: sizes[0] for signal, sizes in reached.items() if sizes}


def safety_words(reached: Mapping[str, float]) -> str:
    """Return the figures for a cell, e.g. `"impact 1850, torque 0.8"`; empty where there are none."""
    return ", ".join(f"{signal} {value:.4g}" for signal, value in reached.items())
