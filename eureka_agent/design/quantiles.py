"""What a policy meets of each signal in a few numbers, as words for prompts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from eureka_agent.tasks.elements import MOST
from eureka_agent.tasks.task import Signals, Task

QUANTILES = (0.05, 0.5, 0.95)
EXTREMES = (0.99, 1.0)
"""Further quantiles of a safety signal's size: the rare step that hurts lies behind 95 %."""
LONGEST_SHOWN = MOST
"""Vectors up to this length are told element by element, longer ones over all elements together."""


def quantiles_of(signals: Signals, safety: Collection[str] = ()) -> Mapping[str, str]:
    """Return the `QUANTILES` of each signal `(rows, ...)`; nothing is told of `prev_` signals.

    Those of `safety` are followed by the `EXTREMES` of their absolute values.
    """
    return {
        name: _quantiles(array.reshape(len(array), -1).astype(np.float64), EXTREMES if name in safety else ())
        for name, array in signals.items()
        if not name.startswith("prev_")
    }


def elements_of(values: np.ndarray) -> str:
    """Return the values of one row, shape `(...)`, element by element; an empty text for a long one."""
    flat = values.reshape(-1).astype(np.float64)
    return "; ".join(map(_number, flat)) if len(flat) <= LONGEST_SHOWN else ""


def spread_of(values: np.ndarray) -> str:
    """Return the mean of `values`, of any shape, and their `QUANTILES`."""
    rows = values.reshape(-1, 1).astype(np.float64)
    return f"{_number(rows.mean())}; {_quantiles(rows)}"


def as_long_as_quantiles(task: Task) -> Mapping[str, str]:
    """Return words as long as those of a measurement, to estimate what prompts will cost."""
    plain, safe = (", ".join(["-0.0099"] * (len(QUANTILES) + more)) for more in (0, len(EXTREMES)))
    return {
        s.name: "; ".join([safe if s.name in task.safety_signals else plain] * _groups(int(np.prod(s.shape))))
        for s in task.signals
    }


def _groups(columns: int) -> int:
    return columns if columns <= LONGEST_SHOWN else 1


def _quantiles(rows: np.ndarray, extremes: Sequence[float] = ()) -> str:
    groups = np.array_split(rows, _groups(rows.shape[1]), axis=1)
    told = [
        ", ".join(map(_number, (*np.quantile(group, QUANTILES), *np.quantile(np.abs(group), extremes))))
        for group in groups
    ]
    return "; ".join(told)


def _number(value: float) -> str:
    return f"{value + 0.0:.2g}"  # no minus before a zero
