"""What a reward pays some worlds, step by step: the signals it asks for, and its memory for each episode."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from eureka_agent.errors import RewardError, TaskError
from eureka_agent.rewards.loader import RewardFunction, load_reward
from eureka_agent.rewards.output import RewardOutput, validated
from eureka_agent.rewards.training_progress import TrainingProgress
from eureka_agent.tasks.registry import find_task, load_task
from eureka_agent.tasks.task import PROGRESS, Array, Signals, State, Task, TaskRef
from eureka_agent.tasks.tracker import checked_signals

GivenReward = str | Path | RewardFunction
"""A path to a reward file, a reward's source, or a loaded reward."""
GivenTask = Task | TaskRef | str | Path | None
"""A task, or what finds it: its name, its folder, `gym:<id>`, `module:function` or its reference."""

_FLOAT = np.dtype(np.float32)
_SHARED = frozenset({"function", "task"})
"""What a copy has in common with its original: nothing changes in it."""


class _Declaration(NamedTuple):
    """How a task declares a signal, for a number of worlds."""

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]


def given_task(task: GivenTask) -> Task | None:
    """Return the task that was given or named; raises TaskError if there is none of that name."""
    return task if task is None or isinstance(task, Task) else find_task(task)


class WrappedReward:
    """The reward of `num_envs` worlds, each with episodes of its own.

    Call `bind` once the task is known, `reset` with the state after a reset, then `step` with each state
    *before* any autoreset. The arrays of a state are the payer's from then on; nobody else writes to them.
    Every step counts `num_envs` steps of the training whose share a reward may read as `progress`.
    """

    def __init__(
        self, reward: GivenReward, task: Task | None, num_envs: int, *, total_steps: int | None = None
    ) -> None:
        names = None if task is None else [signal.name for signal in task.readable_signals]
        self.function = reward if isinstance(reward, RewardFunction) else load_reward(reward, signals=names)
        self.num_envs = num_envs
        self.progress = TrainingProgress(total_steps)
        self._reads_progress = False
        self.task: Task | None = None
        self._given = task is not None
        self._tracked: tuple[_Declaration, ...] = ()
        self._kept: tuple[_Declaration, ...] = ()
        """Those that are asked for as they were one step earlier."""
        self._earlier: tuple[tuple[str, str], ...] = ()
        self._before: dict[str, Array] = {}
        self._last: Signals = {}
        self._known: set[str] = set()
        self._memory = self.function.initial_memory(num_envs) if self.function.source.uses_memory else None
        if task is not None:
            self.bind(task)

    def bind(self, task: Task) -> None:
        """Take signals from `task`; raises TaskError if the reward asks for one that it does not have."""
        declared = {signal.name: signal for signal in task.signals}
        asked = task.measured(self.function.source.arguments)
        self._reads_progress = len(asked) < len(self.function.source.arguments)
        now = dict.fromkeys(name for name in asked if name in declared)
        self._earlier = tuple((name, name.removeprefix("prev_")) for name in asked if name not in declared)
        for name, of in self._earlier:
            if of not in declared or name == of:
                raise TaskError(
                    f"The reward asks for '{name}', which {task.name} does not show.",
                    allowed=", ".join(signal.name for signal in task.readable_signals),
                    fix='Give the task the reward was designed for: task="name".',
                )
        kept = dict.fromkeys(of for _, of in self._earlier)
        declarations = {
            name: _Declaration(name, np.dtype(signal.dtype), (self.num_envs, *signal.shape))
            for name, signal in declared.items()
        }
        self._tracked = tuple(declarations[name] for name in {**now, **kept})
        self._kept = tuple(declarations[name] for name in kept)
        self.task = task

    def reset(self, state: State, mask: Array | None = None) -> None:
        """Begin episodes in the worlds of `mask` `(num_envs,)` (all, if None); other rows are ignored.

        Raises RewardError if the reward reads `progress` and nobody can tell it.
        """
        self._check_progress()
        if mask is None or not self._before:
            self._before, self._last = dict(state), self._initial(state)
            mask = np.ones(self.num_envs, dtype=bool)
        self.restart(mask, self.begin(state, mask))

    def begin(self, state: State, mask: Array) -> Signals:
        """Let the next step of the worlds of `mask` start from `state`; return what `restart` takes.

        Memory stays as it is.
        """
        # Never in place: what was returned at earlier steps may be a view of these arrays.
        self._before = {name: _rows_of(mask, array, self._before[name]) for name, array in state.items()}
        initial = self._initial(state)
        self._put_last(initial, mask)
        return initial

    def restart(self, mask: Array, initial: Signals) -> None:
        """Take away what the worlds of `mask` remember of their last episode."""
        self._put_last(initial, mask)
        if self._memory is not None:
            self._memory = self.function.reset_memory(self._memory, mask)

    def step(self, action: Array, after: State) -> RewardOutput:
        """Return reward and components of one step, each float32 `(num_envs,)`; `action` as signals show it.

        Raises TaskError where a signal is missing, not finite or of another shape than declared, RewardError
        where the reward fails or returns what cannot be used.
        """
        assert self.task is not None
        measured = self.task.behaviour.signals(self._before, action, after)
        now = self._checked(self._tracked, measured, "signals")
        given = now
        if self._earlier:
            given = {**now, **{name: self._last[of] for name, of in self._earlier}}
        if self._reads_progress:
            rows = np.full(self.num_envs, self.progress.value, np.float32)
            given = {**given, PROGRESS.name: rows}
            self.progress.count(self.num_envs)
        output = self.function(given, self._memory)
        if not self._as_promised(output):
            output = validated(output, self.num_envs)
            self._known = set(output.components)
        self._before, self._last, self._memory = dict(after), now, output.memory
        return output

    def _check_progress(self) -> None:
        if self._reads_progress and not self.progress.known:
            raise RewardError(
                "This reward reads `progress`, the share of the training that is done, and nobody told how "
                "long the training is.",
                allowed="total_steps, or set_progress(value) before the first reset",
                fix="Wrap it with total_steps=…, the environment steps that this wrapper will see.",
            )

    def _initial(self, state: State) -> Signals:
        if not self._kept:
            return {}  # what nobody asks for need not be measured
        assert self.task is not None
        return self._checked(self._kept, self.task.behaviour.initial_signals(state), "initial_signals")

    def _put_last(self, initial: Signals, mask: Array) -> None:
        self._last = {name: _rows_of(mask, array, self._last[name]) for name, array in initial.items()}

    def _checked(
        self, declarations: tuple[_Declaration, ...], measured: Mapping[str, Array], function: str
    ) -> Signals:
        """Return signals in the types and shapes that their task declares."""
        assert self.task is not None
        result: Signals = {}
        for name, dtype, shape in declarations:
            array = np.asarray(measured[name], dtype) if name in measured else None
            if array is None or array.shape != shape or not all_finite(array):
                checked_signals(self.task, measured, function, self.num_envs)  # says what is wrong
            result[name] = cast("Array", array)
        return result

    def _as_promised(self, output: RewardOutput) -> bool:
        """Tell whether an output is as `validated` would return it: nearly always, and far faster to see."""
        if output.memory is not None or output.components.keys() != self._known:
            return False
        columns, shape = [output.reward, *output.components.values()], (self.num_envs,)
        for column in columns:
            if type(column) is not np.ndarray or column.dtype is not _FLOAT or column.shape != shape:
                return False
        return _finite_columns(columns)

    def __getstate__(self) -> dict[str, Any]:
        """Return everything but the task's code: who loads it again, or calls `bind`, finds it."""
        return {**self.__dict__, "task": self.task.ref if self.task is not None and self._given else None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take in what `__getstate__` returned; raises TaskError where the task cannot be found again."""
        ref = state["task"]
        self.__dict__.update(state, task=None if ref is None else load_task(ref))

    def __deepcopy__(self, memo: dict[int, Any]) -> WrappedReward:
        """Return a payer that goes on by itself from here."""
        copied = object.__new__(WrappedReward)
        kept = self.__dict__.items()
        copied.__dict__.update((n, v if n in _SHARED else deepcopy(v, memo)) for n, v in kept)
        return copied


def _rows_of(mask: Array, new: Array, old: Array) -> Array:
    return np.where(mask.reshape(-1, *([1] * (new.ndim - 1))), new, old)


def all_finite(array: Array) -> bool:
    """Tell whether an array holds neither NaN nor infinity; on few numbers faster than `np.isfinite`."""
    if array.size == 1:
        return math.isfinite(array.item())
    # The product may overflow, which must not decide.
    return math.isfinite(np.vdot(array, array)) or bool(np.isfinite(array).all())


def _finite_columns(columns: list[Array]) -> bool:
    """Tell the same of several columns of one length."""
    if len(columns[0]) == 1:
        return all(math.isfinite(column.item()) for column in columns)
    # Two at a time: NaN and infinity in either stay in the sum of products, whatever they are multiplied by.
    for one, other in zip(columns[::2], columns[1::2] + columns[-1:], strict=False):
        if not math.isfinite(np.vdot(one, other)):
            return all(map(all_finite, columns))
    return True
