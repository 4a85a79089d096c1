"""A recorded episode as named columns of numbers: what tables and questions are about."""

from __future__ import annotations

import numpy as np

from eureka_agent.trajectories.trajectory import Array, Trajectory

MOST_ELEMENTS = 32
"""Elements of one signal that have columns of their own; later ones have none."""


def columns_of(trajectory: Trajectory) -> dict[str, Array]:
    """Return float64 columns `(T,)` by name, in the units of their signals.

    A scalar signal is called as it is, element i of another one `name[i]` (in row-major order); then come
    `reward` and `component:<name>` where they are known, and `task_score`, the fitness so far. `prev_`
    signals are left out: they are the row before.
    """
    columns: dict[str, Array] = {}
    for name, array in trajectory.signals.items():
        if not name.startswith("prev_"):
            columns |= _elements(name, array)
    if trajectory.reward is not None:
        columns["reward"] = trajectory.reward.astype(np.float64)
    for name, array in trajectory.components.items():
        columns[f"component:{name}"] = array.astype(np.float64)
    if trajectory.fitness_so_far is not None:
        columns["task_score"] = trajectory.fitness_so_far.astype(np.float64)
    return columns


def _elements(name: str, array: Array) -> dict[str, Array]:
    flat = array.reshape(len(array), -1).astype(np.float64)
    if flat.shape[1] == 1:
        return {name: flat[:, 0]}
    return {f"{name}[{i}]": flat[:, i] for i in range(min(flat.shape[1], MOST_ELEMENTS))}
