"""A reward at the ends of what its signals may be: random actions rarely get there, a better policy does.

One signal at a time takes values at and between its declared bounds, zero among them, while the others are as
recorded: a value that is not finite there refuses the reward, because training would end by it. What may
never occur together is only a warning: single elements of a vector (they may be tied to each other, as those
of a quaternion are), corners of all ranges, and zeros and recorded extremes of signals without bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np

from eureka_agent.critique.rows import Array, Rows, Run
from eureka_agent.errors import RewardError
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.task import Signal

BLOCK = 32
"""Steps that each question is asked on."""
BETWEEN = 17
"""Values from one bound to the other."""
UNBOUNDED = 1e6
"""A larger bound is none: some environments declare what float32 can hold."""
MOST_TOLD = 3

_FREE = ("action", "prev_action")
"""Vectors whose elements a policy chooses one by one."""


@dataclass(frozen=True)
class _Trial:
    """Steps with some values replaced, and how that is told."""

    rows: Rows
    words: Callable[[Mapping[str, Array]], str]
    """Tells of one of the steps, by its signals without leading axes."""
    range: str
    severity: Literal["error", "warning"]


def check_ranges(run: Run, rows: Rows, signals: Sequence[Signal]) -> Iterator[Finding]:
    """Ask a reward that is finite on recorded steps at the ends of its signals' ranges.

    `signals` are the task's, `prev_` ones included. Raises WorkerError as `run` does.
    """
    read = [signal for signal in signals if signal.name in rows.signals]
    trials = [*_one_at_a_time(rows, read), *_unlikely(rows, read)]
    for severity in ("error", "warning"):
        asked = [trial for trial in trials if trial.severity == severity]
        failed = _failed(run, asked)
        yield from (_finding(run, trial) for trial in failed[:MOST_TOLD])
        if failed:
            return


def _failed(run: Run, trials: list[_Trial]) -> list[_Trial]:
    """Return the trials on which the reward fails; all are asked at once, which they mostly pass."""
    if not trials or not _fails(run, reduce(Rows.beside, (trial.rows for trial in trials))):
        return []
    return [trial for trial in trials if _fails(run, trial.rows)]


def _fails(run: Run, rows: Rows) -> RewardError | None:
    try:
        run(rows)
    except RewardError as error:
        return error
    return None


def _one_at_a_time(rows: Rows, signals: Sequence[Signal]) -> Iterator[_Trial]:
    for signal in signals:
        bounds = _bounds(signal)
        if bounds is None or (signal.shape and _one_hot(rows.signals[signal.name])):
            continue
        grid, steps = _grid(signal, *bounds), _some(rows, signal.name)
        free = not signal.shape or signal.name in _FREE
        values = np.array(steps.signals[signal.name])
        random = np.random.default_rng(0)
        if free:
            values[:] = random.choice(grid, values.shape)
            values[0, : len(grid)] = grid[:BLOCK].reshape(-1, *[1] * len(signal.shape))
        else:
            flat = values.reshape(BLOCK, -1)  # a view: one element of each step is another one
            flat[np.arange(BLOCK), random.integers(0, flat.shape[1], BLOCK)] = random.choice(grid, BLOCK)
        yield _Trial(
            steps.replacing(signal.name, values),
            _at(signal.name),
            f"Its declared range is {bounds[0]:g} to {bounds[1]:g}",
            "error" if free else "warning",
        )


def _unlikely(rows: Rows, signals: Sequence[Signal]) -> Iterator[_Trial]:
    bounded = {s.name: b for s in signals if (b := _bounds(s)) and not _one_hot(rows.signals[s.name])}
    if len(bounded) > 1:
        corners = _some(rows, "corners")
        random = np.random.default_rng(1)
        for name, bounds in bounded.items():
            shape = corners.signals[name].shape
            ends = random.choice(bounds, shape).astype(corners.signals[name].dtype)
            corners = corners.replacing(name, ends)
        yield _Trial(corners, _together(bounded), "Each is within its declared range", "warning")
    zeros = _some(rows, "zeros")
    for signal in signals:
        if _contains(signal, 0.0) and not _one_hot(rows.signals[signal.name]):
            zeros = zeros.replacing(signal.name, np.zeros_like(zeros.signals[signal.name]))
    yield _Trial(zeros, lambda step: "With every signal at 0", "Nothing forbids it", "warning")
    for signal in signals:
        if signal.name in bounded or signal.dtype == "int32" or _one_hot(rows.signals[signal.name]):
            continue
        steps, recorded = _some(rows, signal.name), rows.signals[signal.name]
        flat = recorded.reshape(-1, *signal.shape)
        values = np.zeros_like(steps.signals[signal.name])
        values[0, : BLOCK // 3] = flat.min(axis=0)
        values[0, BLOCK // 3 : 2 * BLOCK // 3] = flat.max(axis=0)
        if not _contains(signal, 0.0):
            values[0, 2 * BLOCK // 3 :] = flat.max(axis=0)
        yield _Trial(
            steps.replacing(signal.name, values),
            _at(signal.name),
            "Such values were recorded, or it is 0",
            "warning",
        )


def _some(rows: Rows, key: str) -> Rows:
    """Return `BLOCK` recorded steps."""
    random = np.random.default_rng([ord(letter) for letter in key])
    return rows.starts(random.integers(0, rows.count, BLOCK))


def _bounds(signal: Signal) -> tuple[float, float] | None:
    """Return a signal's bounds where it has both."""
    low, high = signal.low, signal.high
    if low is None or high is None or max(abs(low), abs(high)) > UNBOUNDED or low >= high:
        return None
    return low, high


def _contains(signal: Signal, value: float) -> bool:
    low = -np.inf if signal.low is None else signal.low
    high = np.inf if signal.high is None else signal.high
    return bool(low <= value <= high)


def _grid(signal: Signal, low: float, high: float) -> Array:
    values = np.append(np.linspace(low, high, BETWEEN), [0.0] if low < 0 < high else [])
    if signal.dtype == "int32":
        values = np.unique(np.rint(values))
    within = np.clip(values.astype(signal.dtype), low, high)
    return np.unique(within.astype(signal.dtype))


def _one_hot(values: Array) -> bool:
    """Say whether vectors hold a single one: no other values of such a signal mean anything."""
    return values.ndim > 2 and bool(np.isin(values, (0, 1)).all() and (values.sum(axis=-1) <= 1).all())


def _at(name: str) -> Callable[[Mapping[str, Array]], str]:
    return lambda step: f"With `{name}` at {_shown(step[name])} and everything else as recorded"


def _together(bounded: Mapping[str, tuple[float, float]]) -> Callable[[Mapping[str, Array]], str]:
    def words(step: Mapping[str, Array]) -> str:
        several = ", ".join(f"`{name}` at {_shown(step[name])}" for name in list(bounded)[:4])
        more = ", …" if len(bounded) > 4 else ""
        return f"With signals at the ends of their ranges together ({several}{more})"

    return words


def _shown(value: Array) -> str:
    flat = np.asarray(value).reshape(-1)
    numbers = ", ".join(f"{number:.4g}" for number in flat[:6])
    return numbers if flat.size == 1 else f"[{numbers}{', …' if flat.size > 6 else ''}]"


def _finding(run: Run, trial: _Trial) -> Finding:
    """Find the step that fails, and tell of it."""
    for index in range(trial.rows.count):
        step = trial.rows.worlds(np.asarray([index]))
        error = _fails(run, step)
        if error is not None:
            break
    else:  # only together they fail, which other checks have said
        step, error = trial.rows, RewardError("the reward fails.")
    place = trial.words({name: values[0, 0] for name, values in step.signals.items()})
    what = f"{place} {error.what.partition(' in row ')[0]}."
    ends = "training gets there, and ends by such a value"
    why = f"{trial.range}: {ends if trial.severity == 'error' else f'if {ends}'}."
    return Finding("declared-range", trial.severity, None, what, why, error.fix)
