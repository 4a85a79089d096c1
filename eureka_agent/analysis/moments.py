"""An episode's key moments as a small table: the numbers that tell most, densest where something happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eureka_agent.analysis.typical import ACTION, Typical, changes, columns, states
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
EVERY = 10
"""Steps between two rows around what happened."""
AROUND = 3
"""Rows before and after it."""
MOST_ROWS = 24
MOST_SIGNALS = 6


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


def key_moments(
    trajectory: Trajectory, happened: Mapping[int, str], typical: Typical | None = None, episode: int = 0
) -> KeyMoments:
    """Return the table of one episode; `happened` names steps of note.

    Numbers that change most, measured by what random actions change, come first; components and the fitness
    so far stand at the end where they are known.
    """
    notes = {step: text for step, text in happened.items() if 0 <= step < trajectory.length}
    last = trajectory.length - 1
    notes[last] = f"{notes[last]}; {trajectory.ending}" if last in notes else trajectory.ending
    table = {**_signals(trajectory, typical), **_paid(trajectory)}
    steps = _steps(trajectory.length, sorted(notes))
    rows = tuple(tuple(float(values[step]) for values in table.values()) for step in steps)
    told = tuple(notes.get(step, "") for step in steps)
    return KeyMoments(episode, tuple(table), tuple(steps), rows, told)


def _steps(length: int, noted: Sequence[int]) -> list[int]:
    """Return first and last step, those of note, rows around them, and some between, at most `MOST_ROWS`."""
    must = sorted({0, length - 1, *noted})[:MOST_ROWS]
    around = [
        step + EVERY * offset for offset in sorted(range(-AROUND, AROUND + 1), key=abs) for step in noted
    ]
    evenly = np.linspace(0, length - 1, MOST_ROWS // 2).astype(int).tolist()
    chosen = set(must)
    for step in (*around, *evenly):
        if len(chosen) < MOST_ROWS and 0 <= step < length:
            chosen.add(step)
    return sorted(chosen)


def _signals(trajectory: Trajectory, typical: Typical | None) -> dict[str, Array]:
    """Return the numbers that change most, by name, each `(T,)`."""
    numbers: dict[str, Array] = {}
    for name in states(trajectory):
        flat = columns(trajectory.signals[name])
        for index in range(flat.shape[1]):
            numbers[name if flat.shape[1] == 1 else f"{name}[{index}]"] = flat[:, index]
    weight = _weights(trajectory, numbers, typical)
    scalar = {name: "[" not in name for name in numbers}
    first = sorted(numbers, key=lambda name: (not scalar[name], -weight[name]))[:MOST_SIGNALS]
    action = trajectory.signals.get(ACTION)
    acted = {} if action is None or columns(action).shape[1] != 1 else {ACTION: columns(action)[:, 0]}
    return {**{name: numbers[name] for name in numbers if name in first}, **acted}


def _weights(
    trajectory: Trajectory, numbers: Mapping[str, Array], typical: Typical | None
) -> dict[str, float]:
    if typical is not None and trajectory.length > 1:
        moved, names = changes(trajectory, typical)
        known = dict(zip(names, np.abs(np.cumsum(moved, axis=0)).max(axis=0).tolist(), strict=True))
        return {name: known.get(name, 0.0) for name in numbers}
    sizes = {name: float(np.abs(values).max()) for name, values in numbers.items()}
    return {name: float(np.ptp(values)) / (sizes[name] or 1.0) for name, values in numbers.items()}


def _paid(trajectory: Trajectory) -> dict[str, Array]:
    parts = {f"component {name}": values for name, values in trajectory.components.items()}
    reward = {} if trajectory.reward is None else {"reward": trajectory.reward}
    so_far = {} if trajectory.fitness_so_far is None else {"fitness so far": trajectory.fitness_so_far}
    return {**parts, **reward, **so_far}
