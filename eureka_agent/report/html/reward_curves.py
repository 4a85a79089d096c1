"""How several rewards learned: their means in one drawing, and each with the range of its seeds."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.report import svg
from eureka_agent.report.html.marks import FAINT, GRID, INK
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short
from eureka_agent.report.html.series import stroke_of
from eureka_agent.report.views.curves import LearningCurves

SIDE, TOP, SMALL = 54.0, 20.0, (300.0, 150.0)
"""What is left of an axis and above a plot, and the size of the drawing of one reward."""
FIRST = svg.Stroke(FAINT, "4 3", 1.4)
BAND = "var(--band)"


def means_chart(curves: Sequence[LearningCurves], env_steps: int, *, width: float) -> Picture:
    """Return the mean fitness of all rewards over the steps of learning, named at their ends."""
    height, right, bottom = 250.0, width - 26, 206.0
    y = _fitness_scale(curves, bottom)
    x = Scale(0.0, float(env_steps), SIDE, right)
    shapes = [*_axes(x, y, bottom), svg.text(4, 12, "fitness", fill=FAINT)]
    shapes.append(svg.text((SIDE + right) / 2, height - 8, "steps of learning", anchor="middle", fill=FAINT))
    shapes += [svg.path(_points(one.mean, x, y), stroke_of(one.name)) for one in curves]
    shapes += _names(curves, y, right + 6)
    told = " ".join(f"{one.name} ends at {one.mean[-1]:.4g}." for one in curves)
    return Picture(width, height, shapes, "Mean fitness over training", told)


def range_chart(one: LearningCurves, curves: Sequence[LearningCurves], env_steps: int) -> Picture:
    """Return a reward's mean with the range of its seeds, and the first reward's mean as a dashed line."""
    width, height = SMALL
    bottom, right = height - 24, width - 14
    y, x = _fitness_scale(curves, bottom), Scale(0.0, float(env_steps), SIDE, right)
    low, high = ([pick(values) for values in zip(*one.seeds, strict=True)] for pick in (min, max))
    band = [*_points(high, x, y), *reversed(_points(low, x, y))]
    shapes = [*_axes(x, y, bottom), svg.polygon(band, BAND)]
    if curves[0].name != one.name:
        shapes.append(svg.path(_points(curves[0].mean, x, y), FIRST))
    shapes.append(svg.path(_points(one.mean, x, y), stroke_of(one.name)))
    return Picture(
        width, height, shapes, f"Fitness of {one.name} over training",
        f"Mean from {one.mean[0]:.4g} to {one.mean[-1]:.4g}; at the end the seeds lie between "
        f"{low[-1]:.4g} and {high[-1]:.4g}.",
    )  # fmt: skip


def _fitness_scale(curves: Sequence[LearningCurves], bottom: float) -> Scale:
    return Scale.of((value for one in curves for seed in one.seeds for value in seed), bottom, TOP)


def _axes(x: Scale, y: Scale, bottom: float) -> list[str]:
    shapes = []
    for value in y.ticks(4):
        shapes.append(svg.line(x.start, y(value), x.end, y(value), svg.Stroke(GRID, "", 1.0)))
        shapes.append(svg.text(x.start - 6, y(value) + 4, short(value), size=11, anchor="end", fill=FAINT))
    for steps, anchor in ((x.low, "start"), ((x.low + x.high) / 2, "middle"), (x.high, "end")):
        words = f"{steps:,.0f}"
        shapes.append(svg.text(x(steps), bottom + 16, words, size=11, anchor=anchor, fill=FAINT))
    return shapes


def _points(values: Sequence[float], x: Scale, y: Scale) -> list[tuple[float, float]]:
    """Return the places of a curve: its checkpoints are spread evenly, the last one at the end."""
    return [(x(x.high * (n + 1) / len(values)), y(value)) for n, value in enumerate(values)]


def _names(curves: Sequence[LearningCurves], y: Scale, x: float) -> list[str]:
    """Return letters at the ends of lines, none on another."""
    shapes, last = [], -100.0
    for one in sorted(curves, key=lambda one: y(one.mean[-1])):
        last = max(y(one.mean[-1]), last + 14)
        shapes.append(svg.text(x, last + 4, one.name, fill=INK, bold=True))
    return shapes
