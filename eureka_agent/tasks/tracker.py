"""Turns what a simulator shows into a task's signals, and remembers them for one control step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.snapshot import Snapshot, part, with_rows
from eureka_agent.tasks.task import Array, Signals, State, Task


class SignalTracker:
    """Signals of `num_envs` worlds, each with its `prev_`; every world has episodes of its own.

    Call `reset` with the state after a reset, then `step` with each state *before* any autoreset. After a
    terminal step, call `reset` again with the new episode's state and the mask of the worlds it holds for.
    """

    def __init__(self, task: Task, num_envs: int) -> None:
        self._task = task
        self._num_envs = num_envs
        self._state: dict[str, Array] = {}
        self._last: Signals = {}

    def reset(self, state: State, mask: Array | None = None) -> None:
        """Begin new episodes in the worlds of `mask` `(num_envs,)` (all, if None); other rows are ignored."""
        initial = checked_signals(
            self._task, self._task.behaviour.initial_signals(state), "initial_signals", self._num_envs
        )
        if mask is None or not self._last:
            self._state, self._last = dict(state), initial
            return
        self._state = {name: _where(mask, array, self._state[name]) for name, array in state.items()}
        self._last = {name: _where(mask, array, self._last[name]) for name, array in initial.items()}

    def step(self, action: Array, after: State) -> Signals:
        """Return the signals of one control step, `prev_` ones included; new arrays each time.

        `action` is `(num_envs, d)`. Raises TaskError naming the signal that is missing, unknown, not finite
        or of another shape than declared.
        """
        now = checked_signals(
            self._task, self._task.behaviour.signals(self._state, action, after), "signals", self._num_envs
        )
        result = now | {f"prev_{name}": array for name, array in self._last.items()}
        self._state, self._last = dict(after), now
        return result

    def retain(self, worlds: Array) -> None:
        """Keep worlds `(k,)` only; they are renumbered in this order."""
        self._num_envs = len(worlds)
        self._state = {name: array[worlds] for name, array in self._state.items()}
        self._last = {name: array[worlds] for name, array in self._last.items()}

    def snapshot(self) -> dict[str, Array]:
        """Return what it remembers, each `(num_envs, ...)`; not to be written to."""
        return part("state", self._state) | part("last", self._last)

    def restore(self, worlds: Array, snapshot: Snapshot) -> None:
        """Continue worlds `(k,)` from the part `tracker` of a snapshot; `reset` must have been called."""
        self._state = with_rows(self._state, worlds, snapshot.part("tracker/state"))
        self._last = with_rows(self._last, worlds, snapshot.part("tracker/last"))


class RolloutSignals:
    """What a `SignalTracker` gives step by step, for many steps at once: far fewer calls."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._last: Signals = {}

    def measure(
        self, before: Mapping[str, Array], action: Array, after: Mapping[str, Array], first: Array
    ) -> Signals:
        """Return the signals of T steps of N worlds, `prev_` ones included, each `(T, N, ...)`.

        Args:
            before: states that were acted on, each `(T, N, ...)`.
            action: `(T, N, dim)`, as signals show it.
            after: states after each step, before any reset.
            first: bool `(T, N)`: the step was the first of its episode.

        Call it for one rollout after the other. Raises TaskError as `SignalTracker` does.
        """
        steps, rows = first.shape
        count = steps * rows
        flat = {name: array.reshape(count, *array.shape[2:]) for name, array in before.items()}
        then = {name: array.reshape(count, *array.shape[2:]) for name, array in after.items()}
        measured = self._task.behaviour.signals(flat, action.reshape(count, -1), then)
        now = checked_signals(self._task, measured, "signals", count)
        begun = np.flatnonzero(first)
        previous = self._previous(now, steps, rows)
        if len(begun):
            fresh = self._task.behaviour.initial_signals({name: array[begun] for name, array in flat.items()})
            for name, array in checked_signals(self._task, fresh, "initial_signals", len(begun)).items():
                previous[name][begun] = array
        self._last = {name: array[-rows:] for name, array in now.items()}
        every = now | {f"prev_{name}": array for name, array in previous.items()}
        return {name: array.reshape(steps, rows, *array.shape[1:]) for name, array in every.items()}

    def retain(self, worlds: Array) -> None:
        """Keep worlds `(k,)` only; they are renumbered in this order."""
        self._last = {name: array[worlds] for name, array in self._last.items()}

    def snapshot(self) -> dict[str, Array]:
        """Return what it remembers, each `(N, ...)`; nothing before the first rollout."""
        return dict(self._last)

    def restore(self, remembered: Mapping[str, Array]) -> None:
        """Continue from the result of `snapshot`, each `(N, ...)`."""
        self._last = {name: array.copy() for name, array in remembered.items()}

    def _previous(self, now: Signals, steps: int, rows: int) -> Signals:
        """Return each signal one step earlier; what episodes begin with is filled in by the caller."""
        previous = {}
        for name, array in now.items():
            previous[name] = np.empty_like(array)
            previous[name][rows:] = array[: (steps - 1) * rows]
            previous[name][:rows] = self._last.get(name, 0)
        return previous


def checked_signals(task: Task, signals: Mapping[str, Array], function: str, rows: int) -> Signals:
    """Return every declared signal as a new array `(rows, *shape)`; raises TaskError where one is wrong."""
    declared = {signal.name for signal in task.signals}
    for name in signals:
        if name not in declared:
            raise _wrong(task, name, function, f"is not declared.{did_you_mean(name, declared)}")
    result: Signals = {}
    for signal in task.signals:
        if signal.name not in signals:
            raise _wrong(task, signal.name, function, "is declared but not returned.")
        array = np.array(signals[signal.name], dtype=signal.dtype)
        shape = (rows, *signal.shape)
        if array.shape != shape:
            raise _wrong(task, signal.name, function, f"has shape {array.shape}, declared is {shape}.")
        if signal.dtype == "float32" and not np.isfinite(array).all():
            raise _wrong(task, signal.name, function, "holds NaN or infinity.")
        result[signal.name] = array
    return result


def _wrong(task: Task, name: str, function: str, problem: str) -> TaskError:
    fix = f"Check that the environment is the task's own, {task.env_id}: another one needs another task."
    if task.folder is not None:
        fix += " If it is, correct the task's task.py or the [[signals]] in its task.toml."
    return TaskError(
        f"Task '{task.name}': the signal '{name}' of {function}() {problem}",
        allowed="exactly the declared signals, each `(num_envs, *shape)`, finite",
        fix=fix,
    )


def _where(mask: Array, new: Array, old: Array) -> Array:
    return np.where(mask.reshape(-1, *([1] * (np.ndim(new) - 1))), new, old)
