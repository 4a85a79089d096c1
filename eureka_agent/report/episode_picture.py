"""One episode as one picture: what it scores and is paid, key signals, events and key moments over its steps.

A key moment is a numbered line through all panels; its words, and frames where there are some, stand below.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.analysis.columns import columns_of, is_paid
from eureka_agent.analysis.moments import LOST, KeyMoments
from eureka_agent.report import svg
from eureka_agent.tasks.scoring import runs
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
WIDTH, LEFT, RIGHT = 1000.0, 210.0, 810.0
"""Of the page, and where the steps begin and end, in pixels."""
MOST_LINES = 6
"""Lines of a panel; components that pay least are left out."""
MARK = svg.Stroke(svg.FAINT, "2 3", 1.0)
LOST_MARK = svg.Stroke(svg.INK, "9 4", 2.4)
FRAME_COLUMNS = 4


@dataclass(frozen=True)
class Panel:
    """Lines over the steps of an episode, by name, each `(T,)`, on one scale."""

    title: str
    lines: Mapping[str, Array]
    height: float = 56.0


def episode_picture(
    trajectory: Trajectory,
    moments: KeyMoments,
    title: str,
    detail: str = "",
    events: Mapping[str, Array] | None = None,
    frames: Mapping[int, bytes] | None = None,
) -> str:
    """Return the picture as SVG.

    `events` are the task's, bool `(T,)` each; `frames` are PNG files by step.
    """
    drawing = _Drawing(trajectory.length)
    marks = list(moments.noted.items())
    drawing.title(title, detail)
    top = drawing.room_for_marks([step for step, _ in marks])
    for panel in _panels(trajectory, moments):
        drawing.panel(panel)
    drawing.events(events or {})
    drawing.axis()
    drawing.marks(marks, top)
    drawing.legend(marks)
    drawing.frames(frames or {}, [step for step, _ in marks])
    return svg.document(WIDTH, drawing.y + 12, drawing.shapes, title)


def _panels(trajectory: Trajectory, moments: KeyMoments) -> list[Panel]:
    found = []
    if trajectory.fitness_so_far is not None:
        found.append(Panel("fitness so far", {"": trajectory.fitness_so_far}))
    if trajectory.reward is not None:
        paid = _paid(trajectory, trajectory.reward)
        found.append(Panel("paid in a step", paid, 130.0 if len(paid) > 1 else 56.0))
    every = columns_of(trajectory)
    shown = [name for name in moments.columns if name in every and not is_paid(name)]
    return [*found, *(Panel(name, {"": every[name]}) for name in shown)]


def _paid(trajectory: Trajectory, reward: Array) -> dict[str, Array]:
    """Return the reward and the components that pay or cost most."""
    parts = trajectory.components
    most = sorted(parts, key=lambda name: -float(np.abs(parts[name]).mean()))[: MOST_LINES - 1]
    if len(parts) == 1:  # one component is the reward
        return {"reward": reward}
    return {"reward": reward, **{name: parts[name] for name in parts if name in most}}


class _Drawing:
    """Shapes from the top of the page to its bottom; `y` is where the next one begins."""

    def __init__(self, length: int) -> None:
        self._length = length
        self.shapes: list[str] = []
        self.y = 0.0

    def title(self, words: str, detail: str) -> None:
        self.shapes.append(svg.text(16, 26, words, size=16, bold=True))
        if detail:
            self.shapes.append(svg.text(16, 44, _short(detail, 140), size=13))
        self.y = 58.0 if detail else 40.0

    def room_for_marks(self, steps: Sequence[int]) -> float:
        """Leave room for the numbers of marks, in as many rows as they need; return where it begins."""
        top = self.y
        self.y += 20.0 * (max(self._rows(steps), default=0) + 1) + 4
        return top

    def panel(self, panel: Panel) -> None:
        low, high = _range(list(panel.lines.values()))
        top, bottom = self.y, self.y + panel.height
        self.shapes += [
            svg.box(LEFT, top, RIGHT - LEFT, panel.height, edge=svg.GRID),
            svg.text(16, top + panel.height / 2 + 4, _short(panel.title, 23), bold=True),
            svg.text(LEFT - 6, top + 10, _number(high), size=10, anchor="end", fill=svg.FAINT),
            svg.text(LEFT - 6, bottom - 2, _number(low), size=10, anchor="end", fill=svg.FAINT),
        ]

        def at(value: float) -> float:
            return bottom - 3 - (panel.height - 6) * (value - low) / (high - low)

        if low < 0 < high:
            self.shapes.append(svg.line(LEFT, at(0), RIGHT, at(0), svg.Stroke(svg.GRID, "", 0.8)))
        for values, stroke in zip(panel.lines.values(), svg.STROKES, strict=False):
            points = ((self._x(step), at(float(value))) for step, value in enumerate(values))
            self.shapes.append(svg.path(points, stroke))
        if len(panel.lines) > 1:
            self._labels(panel, [at(float(values[-1])) for values in panel.lines.values()])
        self.y = bottom + 8

    def _labels(self, panel: Panel, ends: Sequence[float]) -> None:
        """Name lines where they end, with a piece of each, in the order in which they end."""
        height, low = 15.0, self.y + 8
        for place, index in enumerate(sorted(range(len(ends)), key=lambda index: ends[index])):
            y = low + place * max(height, (panel.height - 16) / max(len(ends) - 1, 1))
            name, stroke = list(panel.lines)[index], svg.STROKES[index]
            self.shapes += [
                svg.line(RIGHT + 2, ends[index], RIGHT + 12, y, svg.Stroke(svg.GRID, "", 0.8)),
                svg.line(RIGHT + 12, y, RIGHT + 46, y, stroke),
                svg.text(RIGHT + 52, y + 4, _short(name, 20)),
            ]

    def events(self, events: Mapping[str, Array]) -> None:
        for name, mask in events.items():
            if not np.any(mask):
                continue
            self.shapes.append(svg.text(16, self.y + 11, _short(name, 24)))
            for begin, end in runs(np.asarray(mask, bool)):
                left, width = min(self._x(begin), RIGHT - 3), max(self._x(end - 1) - self._x(begin), 3.0)
                self.shapes.append(svg.box(left, self.y + 2, width, 10, fill=svg.INK))
            self.y += 18

    def axis(self) -> None:
        last = self._length - 1
        for step in sorted({0, last // 4, last // 2, 3 * last // 4, last}):
            self.shapes.append(
                svg.text(self._x(step), self.y + 10, str(step), size=10, anchor="middle", fill=svg.FAINT)
            )
        self.shapes.append(svg.text(RIGHT + 12, self.y + 10, "step", size=10, fill=svg.FAINT))
        self._bottom, self.y = self.y - 4, self.y + 24

    def marks(self, marks: Sequence[tuple[int, str]], top: float) -> None:
        """Draw a numbered line for each key moment, from its number at the top through all panels."""
        rows = self._rows([step for step, _ in marks])
        for number, ((step, note), row) in enumerate(zip(marks, rows, strict=True), 1):
            x, y = self._x(step), top + 10 + 20 * row
            lost = LOST in note
            paper, ink, stroke = (svg.INK, svg.PAPER, LOST_MARK) if lost else (svg.PAPER, svg.INK, MARK)
            self.shapes += [
                svg.line(x, y, x, self._bottom, stroke),
                svg.circle(x, y, 8.5, paper),
                svg.text(x, y + 4, str(number), size=10, anchor="middle", fill=ink),
            ]

    def legend(self, marks: Sequence[tuple[int, str]]) -> None:
        for number, (step, note) in enumerate(marks, 1):
            words = f"step {step}: {note}"
            self.shapes += [
                svg.text(LEFT - 8, self.y, str(number), anchor="end", bold=True),
                svg.text(LEFT, self.y, _short(words, 110), bold=LOST in note),
            ]
            self.y += 17
        self.y += 4

    def frames(self, frames: Mapping[int, bytes], marked: Sequence[int]) -> None:
        """Lay frames out as a contact sheet; those of key moments carry their numbers."""
        tile = (WIDTH - 32) / FRAME_COLUMNS
        numbers = {step: number for number, step in enumerate(marked, 1)}
        for start in range(0, len(frames), FRAME_COLUMNS):
            row = sorted(frames)[start : start + FRAME_COLUMNS]
            height = max((tile - 8) * _aspect(frames[step]) for step in row)
            for column, step in enumerate(row):
                x = 16 + column * tile
                encoded = base64.b64encode(frames[step]).decode()
                own = (tile - 8) * _aspect(frames[step])
                caption = f"{numbers[step]}: step {step}" if step in numbers else f"step {step}"
                self.shapes += [
                    svg.image(x, self.y, tile - 8, own, encoded),
                    svg.box(x, self.y, tile - 8, own, edge=svg.GRID),
                    svg.text(x, self.y + height + 14, caption, bold=step in numbers),
                ]
            self.y += height + 24

    def _x(self, step: float) -> float:
        return LEFT + 4 + (RIGHT - LEFT - 8) * step / max(self._length - 1, 1)

    def _rows(self, steps: Sequence[int]) -> list[int]:
        """Return a row for each number, such that none lies on another."""
        ends: list[float] = []
        rows = []
        for step in steps:
            x = self._x(step)
            row = next((k for k, end in enumerate(ends) if x - end >= 18), len(ends))
            ends[row : row + 1] = [x]
            rows.append(row)
        return rows


def _range(lines: Sequence[Array]) -> tuple[float, float]:
    low, high = (float(f([f(values) for values in lines])) for f in (np.min, np.max))
    if high > low:
        return low, high
    room = max(abs(low), 1.0) * 0.5
    return low - room, high + room


def _aspect(png: bytes) -> float:
    """Return height over width, from a PNG's header."""
    width, height = (int.from_bytes(png[place : place + 4], "big") for place in (16, 20))
    return height / width if width else 1.0


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "—"
