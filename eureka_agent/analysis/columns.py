"""A recorded episode as named columns of numbers: what tables, pictures and questions are about."""

from __future__ import annotations

import numpy as np

from eureka_agent.trajectories.trajectory import Array, Trajectory

MOST_ELEMENTS = 32
"""Elements of one signal that have columns of their own; later ones have none."""
REWARD, SCORE, COMPONENT = "reward", "task_score", "component:"


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
        columns[REWARD] = trajectory.reward.astype(np.float64)
    for name, array in trajectory.components.items():
        columns[f"{COMPONENT}{name}"] = array.astype(np.float64)
    if trajectory.fitness_so_far is not None:
        columns[SCORE] = trajectory.fitness_so_far.astype(np.float64)
    return columns


def element_name(name: str, index: int, of: int) -> str:
    """Return how element `index` of a signal with `of` elements is called."""
    return name if of == 1 else f"{name}[{index}]"


def is_paid(column: str) -> bool:
    """Tell whether a column is what is paid or scored, and no signal."""
    return column in (REWARD, SCORE) or column.startswith(COMPONENT)


def _elements(name: str, array: Array) -> dict[str, Array]:
    flat = array.reshape(len(array), -1).astype(np.float64)
    count = flat.shape[1]
    return {element_name(name, i, count): flat[:, i] for i in range(min(count, MOST_ELEMENTS))}
