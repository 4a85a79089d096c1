"""An episode's key moments as a small table: the numbers that tell most, densest where something happened.

The same rows for people, models and pictures, under the names that questions use (`columns_of`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eureka_agent.analysis.columns import columns_of, is_paid
from eureka_agent.analysis.typical import ACTION, Typical, changes, columns, states
from eureka_agent.escaping import cell
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
EVERY = 10
"""Steps between two rows around what happened."""
AROUND = 3
"""Rows before and after it."""
MOST_ROWS = 24
MOST_SIGNALS = 6
ELEMENTS = 3
"""One in three of them is an element of a vector, where there are any."""
MOST_TOUCHES = 4
"""Signals whose first touch is a moment of its own."""
RESTING_SHARE = 0.05
"""A contact rests at zero on so many steps at least; what only begins there is none."""
LOST = "lost with this step"
"""The note on the step after which a failure could no longer be averted."""


@dataclass(frozen=True)
class KeyMoments:
    """Rows of an episode: steps, what happened there, and the numbers of the columns."""

    episode: int
    columns: tuple[str, ...]
    steps: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...]
    """One a step, with one number a column."""
    notes: tuple[str, ...]
    """One a step, empty where nothing happened."""

    @property
    def noted(self) -> dict[int, str]:
        """What happened, by step."""
        return {step: note for step, note in zip(self.steps, self.notes, strict=True) if note}

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "episode": self.episode,
            "columns": list(self.columns),
            "rows": [
                {"step": step, "values": list(row), "note": note}
                for step, row, note in zip(self.steps, self.rows, self.notes, strict=True)
            ],
        }

    def to_markdown(self) -> str:
        """Return the table for a language model, with three digits a number."""
        told = zip(self.steps, self.rows, self.notes, strict=True)
        lines = [
            ["step", *map(cell, self.columns), "what happened"],
            ["---"] * (len(self.columns) + 2),
            *(
                [str(step), *(f"{value + 0.0:.3g}" for value in row), cell(note) if note else ""]
                for step, row, note in told
            ),
        ]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def key_moments(
    trajectory: Trajectory,
    happened: Mapping[int, str],
    typical: Typical | None = None,
    episode: int = 0,
    *,
    most_signals: int = MOST_SIGNALS,
) -> KeyMoments:
    """Return the table of one episode; `happened` names steps of note, to which first touches are added.

    Numbers that change most, measured by what random actions change, come first; what is paid and the score
    so far stand at the end where they are known.
    """
    every, last = columns_of(trajectory), trajectory.length - 1
    notes = joined(happened, first_touches(every), {last: trajectory.ending})
    notes = {step: text for step, text in notes.items() if 0 <= step <= last}
    paid = {name: values for name, values in every.items() if is_paid(name)}
    table = {**_signals(trajectory, every, typical, most_signals), **paid}
    steps = _steps(trajectory.length, sorted(notes))
    rows = tuple(tuple(float(values[step]) for values in table.values()) for step in steps)
    told = tuple(notes.get(step, "") for step in steps)
    return KeyMoments(episode, tuple(table), tuple(steps), rows, told)


def joined(*notes: Mapping[int, str]) -> dict[int, str]:
    """Return all notes; those on one step are joined."""
    together: dict[int, str] = {}
    for step, text in (pair for some in notes for pair in some.items()):
        together[step] = f"{together[step]}; {text}" if step in together else text
    return together


def first_steps(events: Mapping[str, Array]) -> dict[int, str]:
    """Return the first step of each event, bool `(T,)`, that happened, with its name."""
    firsts = ({int(np.argmax(mask)): f"'{name}'"} for name, mask in events.items() if np.any(mask))
    return joined(*firsts)


def first_touches(columns: Mapping[str, Array]) -> dict[int, str]:
    """Return when signals that rest at exactly zero and leave it, as contacts do, first leave it.

    Such a signal is never negative, and zero on some steps and not on others. What is paid, and actions, are
    no touches.
    """
    found: list[tuple[int, str]] = []
    for name, values in columns.items():
        if is_paid(name) or name.partition("[")[0] == ACTION or values.min() < 0:
            continue
        if np.mean(values == 0) < RESTING_SHARE or np.sum(values == 0) < 2:
            continue
        begins = np.flatnonzero((values[1:] > 0) & (values[:-1] == 0))
        if begins.size:
            found.append((int(begins[0]) + 1, f"{name} first leaves 0"))
    return joined(*({step: text} for step, text in sorted(found)[:MOST_TOUCHES]))


def _steps(length: int, noted: Sequence[int]) -> list[int]:
    """Return first and last step, those of note, rows around them, and some between, at most `MOST_ROWS`.

    What comes after matters more than what was before.
    """
    must = sorted({0, length - 1, *noted})[:MOST_ROWS]
    offsets = sorted(range(-AROUND, AROUND + 1), key=lambda offset: (abs(offset), -offset))
    around = [step + EVERY * offset for offset in offsets for step in noted]
    evenly = np.linspace(0, length - 1, MOST_ROWS // 2).astype(int).tolist()
    chosen = set(must)
    for step in (*around, *evenly):
        if len(chosen) < MOST_ROWS and 0 <= step < length:
            chosen.add(step)
    return sorted(chosen)


def _signals(
    trajectory: Trajectory, every: Mapping[str, Array], typical: Typical | None, most: int
) -> dict[str, Array]:
    """Return the numbers that change most, by name, each `(T,)`.

    A third are elements of vectors, where there are so many: joints say how a body does what scalars, which
    a task names, say that it does.
    """
    telling = states(trajectory)
    numbers = {name: values for name, values in every.items() if name.partition("[")[0] in telling}
    weight = _weights(trajectory, numbers, typical)
    ordered = sorted(numbers, key=lambda name: -weight[name])
    elements = [name for name in ordered if "[" in name]
    scalars = [name for name in ordered if "[" not in name][: most - min(len(elements), most // ELEMENTS)]
    chosen = {*scalars, *elements[: most - len(scalars)]}
    action = trajectory.signals.get(ACTION)
    acted = {} if action is None or columns(action).shape[1] != 1 else {ACTION: columns(action)[:, 0]}
    return {**{name: numbers[name] for name in numbers if name in chosen}, **acted}


def _weights(
    trajectory: Trajectory, numbers: Mapping[str, Array], typical: Typical | None
) -> dict[str, float]:
    if typical is not None and trajectory.length > 1:
        moved, names = changes(trajectory, typical)
        known = dict(zip(names, np.abs(np.cumsum(moved, axis=0)).max(axis=0).tolist(), strict=True))
        return {name: known.get(name, 0.0) for name in numbers}
    return {name: _movement(values) for name, values in numbers.items()}


def _movement(values: Array) -> float:
    """Return how far a column `(T,)` goes over an episode, against how much it jitters from step to step."""
    if len(values) < 2 or np.ptp(values) == 0:
        return 0.0
    return float(np.ptp(values)) / (float(np.abs(np.diff(values)).mean()) + 1e-9)
