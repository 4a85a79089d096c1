"""Why an episode ended, in words: the task's event if it names one, else a generic cause."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Array, Task

TIME_LIMIT = "time limit"
TERMINATED = "terminated"
RUNNING = "running"
"""The recording ended before the episode did."""
UNKNOWN = "unknown"
"""Recorded by a version that kept signals only."""
GENERIC = (TIME_LIMIT, TERMINATED, RUNNING, UNKNOWN)


def ending_of(task: Task, signals: Mapping[str, Array], *, terminated: bool, truncated: bool) -> str:
    """Return the cause of an episode's end, from the last step of `signals`, each `(T, ...)`.

    Several events of one step are joined. Raises TaskError if the task's `events` returns a wrong shape.
    """
    if not terminated:
        return TIME_LIMIT if truncated else RUNNING
    last = {name: array[-1:] for name, array in signals.items()}
    held = [name for name, steps in events_of(task, last).items() if steps[0]]
    return " and ".join(held) or TERMINATED


def events_of(task: Task, signals: Mapping[str, Array]) -> dict[str, Array]:
    """Return on which steps each of the task's events holds, bool `(T,)`, from signals `(T, ...)`.

    Empty where the task names none. Raises TaskError where its `events` does not keep its form.
    """
    if task.events is None:
        return {}
    rows = len(next(iter(signals.values())))
    return {name: _held(task, name, mask, rows) for name, mask in task.events(dict(signals)).items()}


def _held(task: Task, name: str, mask: Array, rows: int) -> Array:
    if np.shape(mask) != (rows,):
        raise TaskError(
            f"Task '{task.name}': events() returned shape {np.shape(mask)} for '{name}' and {rows} rows.",
            allowed="for each name one truth value a row, `(num_envs,)`",
            fix="Correct events() in the task's task.py.",
        )
    return np.asarray(mask).astype(bool)
