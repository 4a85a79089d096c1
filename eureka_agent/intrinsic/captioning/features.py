"""Numbers that tell steps apart where captions do not, from what a task measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.tasks.task import Signal, Task

Array = np.ndarray
MOST = 4_096
"""Numbers of a step; more would make the reward as dear as the training."""
_ACTION = "action"
_NUMBERS = "float32"


def features_of(task: Task, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the signals that are features: those with these `names`, or all numbers but the action.

    Raises:
        ConfigError: there is no such signal, it holds no measured numbers, or there are too many.
    """
    known = {signal.name: signal for signal in task.all_signals}
    for name in names:
        if name not in known or known[name].dtype != _NUMBERS:
            raise ConfigError(
                f"'{name}' is no signal of '{task.name}' that could be a feature."
                f"{did_you_mean(name, [one.name for one in _numbers(task)])}",
                allowed=", ".join(one.name for one in _numbers(task)),
                fix="Name signals that are numbers, with commas between them.",
            )
    chosen = [known[name] for name in dict.fromkeys(names)] or _numbers(task)
    count = sum(int(np.prod(signal.shape, dtype=np.int64)) for signal in chosen)
    if not 1 <= count <= MOST:
        raise ConfigError(
            f"The features of a step of '{task.name}' would be {count:,} numbers.",
            allowed=f"from 1 to {MOST:,}",
            fix="Name the signals that matter.",
        )
    return tuple(signal.name for signal in chosen)


def _numbers(task: Task) -> list[Signal]:
    return [one for one in task.signals if one.dtype == _NUMBERS and one.name != _ACTION]


def stacked(signals: Mapping[str, Array], names: Sequence[str], shape: tuple[int, ...]) -> Array:
    """Return the numbers of signals beside each other, float32 `(T, N, d)`, for steps of `shape` `(T, N)`."""
    columns = [
        np.asarray(signals[name], np.float32).reshape(*shape, -1) for name in names if signals[name].size
    ]
    return np.concatenate(columns, axis=2) if columns else np.zeros((*shape, 0), np.float32)
