"""Captions of a task's own events, of messages, and of the last few steps together.

Those of measured numbers are in `described.py`. A captioner that remembers earlier rollouts is for one stream
of them: evaluation episodes need another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captions import (
    LONGEST,
    NONE,
    Array,
    Captioner,
    Captions,
    Remembering,
    tidied,
)
from eureka_agent.intrinsic.saving import (
    Saved,
    about,
    array_of,
    damaged,
    expect,
    nested,
    packed,
    part_of,
    unpacked,
)
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.ending import events_of

JOINED = "; "
"""Between the captions of several events or steps."""


class StartedEvents:
    """Names the task's events that hold in a step and did not before: of an episode, each beginning once.

    An event that holds in an episode's first step begins there. Whether one held before a rollout's first
    step is remembered.
    """

    def __init__(self, task: Task) -> None:
        if task.events is None:
            raise ConfigError(
                f"Task '{task.name}' names no events that could be captions.",
                allowed="a task whose task.py has events(signals)",
                fix="Add events(), or caption its signals.",
            )
        self.signals = tuple(signal.name for signal in task.all_signals)
        self._task = task
        self._held: Array = np.zeros((0, 0), bool)

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        """Return the captions of T steps of N worlds; see `Captioner`."""
        steps, worlds = first.shape
        if first.size == 0:
            return Captions(np.full((steps, worlds), NONE, np.int32), ())
        flat = {name: signals[name].reshape(-1, *signals[name].shape[2:]) for name in self.signals}
        events = events_of(self._task, flat)
        held = np.array(list(events.values()), bool).reshape(len(events), steps, worlds)
        before = self._held if self._held.shape == held[:, 0].shape else np.zeros_like(held[:, 0])
        earlier = np.concatenate([before[:, None], held[:, :-1]], axis=1) & ~first
        self._held = held[:, -1]
        return _named(held & ~earlier, list(events))

    def state_dict(self) -> Saved:
        """Return which events held in the last step."""
        return about("begun events", task=self._task.name) | {"held": self._held.copy()}

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of another task or damaged."""
        expect(saved, "begun events", task=self._task.name)
        self._held = array_of(saved, "held", (None, None), least=0, most=1).astype(bool)


def _named(started: Array, names: Sequence[str]) -> Captions:
    """Return the names of what started, bool `(events, T, N)`, as captions."""
    columns = np.ascontiguousarray(np.moveaxis(started, 0, -1))
    return _decoded(
        columns.view(np.uint8),
        lambda row: JOINED.join(name for name, begins in zip(names, row, strict=True) if begins),
    )


class Messages:
    """Captions that the environment writes itself, as NetHack does: one signal with a text in each step.

    The signal is `(T, N, L)`, the codes of zero-terminated ASCII, or `(T, N)` texts.
    """

    def __init__(self, signal: str) -> None:
        self.signals = (signal,)

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        """Return the captions of T steps of N worlds; each distinct row is decoded once."""
        told = np.asarray(signals[self.signals[0]])
        if told.dtype.kind in "USO":
            return _numbered(told.ravel().tolist(), first.shape, _text_of)
        codes = told if told.dtype == np.uint8 else np.clip(told, 0, 255).astype(np.uint8)
        return _decoded(codes, lambda row: row.split(b"\0", 1)[0].decode("ascii", errors="replace"))


def _text_of(told: Any) -> str:
    return told.decode("ascii", errors="replace") if isinstance(told, bytes) else str(told)


def _decoded(rows: Array, decode: Callable[[bytes], str]) -> Captions:
    """Return captions from uint8 `(T, N, L)`."""
    width, data = rows.shape[2], np.ascontiguousarray(rows).tobytes()
    each = (data[i : i + width] for i in range(0, len(data), width)) if width else iter(())
    return _numbered(each if width else [b""] * (rows.shape[0] * rows.shape[1]), rows.shape[:2], decode)


def _numbered(rows: Iterable[Any], shape: tuple[int, ...], decode: Callable[[Any], str]) -> Captions:
    """Return captions of rows, one a step; `decode` is asked once for each distinct one."""
    known: dict[Any, int] = {}
    numbers: dict[str, int] = {}
    index = np.empty(shape, np.int32)
    flat = index.reshape(-1)
    for place, row in enumerate(rows):
        number = known.get(row)
        if number is None:
            text = tidied(decode(row))
            number = known[row] = numbers.setdefault(text, len(numbers)) if text else NONE
        flat[place] = number
    return Captions(index, tuple(numbers))


class Windowed:
    """Joins the distinct captions of the last `steps` steps of an episode, in order (Motif).

    What happened in a step is told with what led there. Where a window would be longer than a caption may be,
    its oldest captions are left out. Windows go on from one rollout to the next.
    """

    def __init__(self, captioner: Captioner, steps: int) -> None:
        if steps < 1:
            raise ConfigError(
                f"A window has {steps} steps.", allowed="1 or more", fix="Join one step at least."
            )
        self.signals = captioner.signals
        self._captioner, self._steps = captioner, steps
        self._earlier: list[list[str]] = []
        """Texts of the last steps before, oldest first, each one a world; empty where there is none."""

    def __call__(self, signals: Mapping[str, Array], first: Array) -> Captions:
        """Return the captions of T steps of N worlds; see `Captioner`."""
        each = self._captioner(signals, first)
        if self._steps == 1 or first.size == 0:
            return each
        index, texts = self._continued(each)
        self._remember(index, texts, first)
        windows = _windows(index, first, self._steps)
        size, data = windows.dtype.itemsize * self._steps, windows.tobytes()
        return _numbered(
            (data[i : i + size] for i in range(0, len(data), size)),
            first.shape,
            lambda row: _joined(texts[n] for n in np.frombuffer(row, np.int32) if n != NONE),
        )

    def _continued(self, each: Captions) -> tuple[Array, list[str]]:
        """Return the index with the remembered steps before it, and the texts of both."""
        numbers = {text: number for number, text in enumerate(each.texts)}
        worlds = each.index.shape[1]
        rows = self._earlier if all(len(row) == worlds for row in self._earlier) else []
        before = [[numbers.setdefault(text, len(numbers)) if text else NONE for text in row] for row in rows]
        earlier = np.array(before, np.int32).reshape(len(before), worlds)
        return np.concatenate([earlier, each.index]), list(numbers)

    def _remember(self, index: Array, texts: list[str], first: Array) -> None:
        """Keep the last steps, without those of episodes that are over."""
        begun = np.concatenate([np.zeros((len(index) - len(first), first.shape[1]), bool), first])
        later = np.cumsum(begun[::-1], axis=0)[::-1]
        over = np.concatenate([later[1:], np.zeros_like(later[:1])]) > 0
        kept = np.where(over, NONE, index)[-(self._steps - 1) :]
        self._earlier = [["" if n == NONE else texts[n] for n in row] for row in kept]

    def state_dict(self) -> Saved:
        """Return the texts that the next windows begin with, and what the joined captioner remembers."""
        inner = self._captioner.state_dict() if isinstance(self._captioner, Remembering) else {}
        saved = about("windows", **self._facts) | {"earlier": packed(self._earlier)}
        return saved | nested("captioner", inner)

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of other windows or damaged."""
        expect(saved, "windows", **self._facts)
        rows = unpacked(saved, "earlier")
        if not _is_earlier(rows, self._steps):
            raise damaged(f"'earlier' holds no captions of up to {self._steps - 1} steps")
        if isinstance(self._captioner, Remembering):
            self._captioner.load_state_dict(part_of(saved, "captioner"))
        self._earlier = rows

    @property
    def _facts(self) -> dict[str, object]:
        return {"steps": self._steps, "memory_of_steps": isinstance(self._captioner, Remembering)}


def _is_earlier(rows: object, steps: int) -> bool:
    """Return whether that is what a window of so many steps remembers: texts `(up to steps - 1, N)`."""
    return (
        isinstance(rows, list)
        and len(rows) < steps
        and all(isinstance(row, list) and all(isinstance(text, str) for text in row) for row in rows)
        and len({len(row) for row in rows}) <= 1
    )


def _windows(index: Array, first: Array, steps: int) -> Array:
    """Return int32 `(T, N, steps)`: the captions up to each step, oldest first, of its own episode only.

    `index` may have steps of earlier rollouts before the T.
    """
    length, worlds = first.shape
    padded = np.concatenate([np.full((steps - 1, worlds), NONE, np.int32), index])[-(length + steps - 1) :]
    windows = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(padded, steps, axis=0))
    row = np.arange(length)[:, None]
    age = row - np.maximum.accumulate(np.where(first, row, -steps), axis=0)
    back = np.arange(steps - 1, -1, -1)
    return np.where(back > age[:, :, None], np.int32(NONE), windows)


def _joined(texts: Iterable[str]) -> str:
    """Return distinct texts in order, joined; the oldest are left out of what would be too long."""
    kept = list(dict.fromkeys(texts))
    while len(kept) > 1 and len(JOINED.join(kept)) > LONGEST:
        kept.pop(0)
    return JOINED.join(kept)
