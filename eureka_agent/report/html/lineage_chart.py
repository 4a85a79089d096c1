"""Where the rewards came from as a drawing: a column a generation, a line to each from its first parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK, PAPER, mark
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.views.fitness import Mark
from eureka_agent.report.views.lineage import LineageView, Step
from eureka_agent.report.words import counted, figure

SIDE, TOP, BOTTOM = 56.0, 8.0, 38.0
LETTER = 7.4
"""Width of a letter of a name."""
ROW, TALLEST = 18.0, 560.0
"""Distance of two candidates of a column, and the most that a column takes."""
KIN = svg.Stroke(GRID, "", 1.0)
LINE = svg.Stroke(ACCENT, "", 2.6)

Places = Mapping[str, tuple[float, float]]


def lineage_chart(lineage: LineageView, marks: Sequence[Mark], *, width: float) -> Picture:
    """Return the drawing, `width` units wide; `marks` say in which generation each candidate stands."""
    steps = {step.candidate: step for step in lineage.tree}
    shown = [one for one in marks if one.candidate in steps]
    places, height = _places(shown, width)
    shapes = [
        *_columns(shown, places, height),
        *_lines(steps, places),
        *_names(steps, places),
        *(_mark(one, steps[one.candidate], places) for one in shown),
    ]
    return Picture(width, height, shapes, "Lineage", _told(lineage))


def _places(marks: Sequence[Mark], width: float) -> tuple[Places, float]:
    """Return where candidates stand, and the height that they take."""
    columns = [list(each) for _, each in groupby(marks, key=lambda one: one.generation)]
    most = max(map(len, columns), default=1)
    tall = min(ROW * most, TALLEST)
    apart = (width - 2 * SIDE) / max(len(columns) - 1, 1)
    left = SIDE if len(columns) > 1 else width / 2
    places = {
        one.candidate: (left + apart * number, TOP + tall * (place + 0.5) / len(column))
        for number, column in enumerate(columns)
        for place, one in enumerate(column)
    }
    return places, TOP + tall + BOTTOM


def _columns(marks: Sequence[Mark], places: Places, height: float) -> Iterator[str]:
    first = {one.generation: places[one.candidate][0] for one in marks}
    every = max(1, round(24 * len(first) / (max(first.values(), default=1.0) + SIDE)))
    for number, (generation, x) in enumerate(first.items()):
        if number % every == 0:
            yield svg.text(x, height - 18, str(generation), size=11, anchor="middle", fill=FAINT)
    if first:
        middle = (min(first.values()) + max(first.values())) / 2
        yield svg.text(middle, height - 4, "generation", size=11, anchor="middle", fill=FAINT)


def _lines(steps: Mapping[str, Step], places: Places) -> Iterator[str]:
    """Yield a line to each candidate from its first parent, those that led to the best last."""
    for step in sorted(steps.values(), key=lambda step: step.winning):
        parent = step.parents[0] if step.parents else ""
        if parent in places and step.candidate in places:
            yield svg.path([places[parent], places[step.candidate]], LINE if step.winning else KIN)


def _names(steps: Mapping[str, Step], places: Places) -> Iterator[str]:
    """Yield the names of those who led to the best, each before its mark."""
    for name, (x, y) in places.items():
        if steps[name].winning:
            wide = LETTER * len(name)
            yield svg.box(x - 12 - wide, y - 8, wide + 2, 16, fill=PAPER)
            yield svg.text(x - 11, y + 4, name, anchor="end", fill=INK, bold=True)


def _mark(one: Mark, step: Step, places: Places) -> str:
    of = f"{step.operator} of {', '.join(step.parents[:4])}" if step.parents else "a first reward"
    words = f"{one.candidate}: {one.how}, {figure(one.fitness)}; {of}"
    return svg.hinted([mark(one.how, *places[one.candidate])], words)


def _told(lineage: LineageView) -> str:
    told = f"{counted(len(lineage.tree), 'candidate')}, each joined to its first parent."
    line = " to ".join(step.candidate for step in lineage.line)
    more = f" {lineage.left_out:,} more are not drawn." if lineage.left_out else ""
    return f"{told} The line to the best: {line}.{more}" if line else f"{told}{more}"
