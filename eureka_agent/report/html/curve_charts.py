"""Curves over a training: what each component paid, its share, and how rewards learned on fresh seeds."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short, thinned
from eureka_agent.report.views.curves import ComponentCurve, ComponentsView, LearningCurves

SMALL, SIDE = (240.0, 116.0), 54.0
"""Width and height of the drawing of one component, and what is left of its axis."""
STROKES = {"reference": svg.Stroke(INK, "7 4", 1.8), "sparse": svg.Stroke(INK, "2 3", 1.8)}
FOUND = svg.Stroke(ACCENT, "", 2.6)
NAMES = {"reference": "reference", "sparse": "sparse"}


def component_charts(view: ComponentsView) -> list[Picture]:
    """Return a small drawing for each component, after one of the fitness."""
    charts = [_component(one, view.kept) for one in view.components]
    return [_fitness(view), *charts] if len(view.fitness) > 1 else charts


def learning_chart(curves: Sequence[LearningCurves], *, width: float, seeds: str = "fresh seeds") -> Picture:
    """Return how rewards learned on `seeds`: their means, and thin lines for each seed."""
    height, left, right, top, bottom = 232.0, 54.0, width - 74, 22.0, 190.0
    y = Scale.of((value for one in curves for seed in one.seeds for value in seed), bottom, top)
    x = Scale(0.0, 1.0, left, right)
    shapes = [svg.text(4, 12, "fitness", fill=FAINT)]
    for value in y.ticks(4):
        shapes.append(svg.line(left, y(value), right, y(value), svg.Stroke(GRID, "", 1.0)))
        shapes.append(svg.text(left - 6, y(value) + 4, short(value), size=11, anchor="end", fill=FAINT))
    for share in (0.0, 0.5, 1.0):
        shapes.append(svg.text(x(share), bottom + 16, f"{share:.0%}", size=11, anchor="middle", fill=FAINT))
    shapes.append(svg.text((left + right) / 2, height - 6, "of the training", anchor="middle", fill=FAINT))
    for one in curves:
        thin = svg.Stroke(GRID, STROKES[one.name].dash if one.name in STROKES else "", 0.8)
        shapes += [svg.path(_placed(seed, _checkpoints(seed, x), y), thin) for seed in one.seeds[:16]]
    for one in curves:
        points = _placed(one.mean, _checkpoints(one.mean, x), y)
        shapes.append(svg.path(points, STROKES.get(one.name, FOUND)))
    shapes += _ends([(NAMES.get(one.name, one.name), y(one.mean[-1])) for one in curves], right + 4)
    ends = " ".join(f"{one.name} ends at {one.mean[-1]:.4g}." for one in curves)
    return Picture(
        width, height, shapes, f"Learning on {seeds}",
        f"Mean fitness over the {seeds} at each checkpoint; thin lines are single seeds. {ends}",
    )  # fmt: skip


def _component(curve: ComponentCurve, kept: int) -> Picture:
    """Return what one component paid a step, above its share of all that was paid."""
    first, last = (curve.raw[place] if curve.raw else 0.0 for place in (0, -1))
    return _small(
        curve.raw, kept, curve.name, shares=curve.share,
        description=f"Mean a step from {first:.4g} at the first checkpoint to {last:.4g} at the last; "
        f"{curve.mean_share:.0%} of what all components paid.",
    )  # fmt: skip


def _fitness(view: ComponentsView) -> Picture:
    told = f"From {view.fitness[0]:.4g} at the first checkpoint to {view.fitness[-1]:.4g} at the last."
    return _small(view.fitness, view.kept, "Fitness", description=told)


def _small(
    values: Sequence[float], kept: int, title: str, *, description: str, shares: Sequence[float] = ()
) -> Picture:  # fmt: skip
    width, height = SMALL
    bottom = 70.0 if shares else 104.0
    x, y = Scale(0.0, 1.0, SIDE, width - 4), Scale.of(values, bottom, 6.0)
    shapes = [
        svg.box(SIDE, 4.0, width - SIDE - 4, bottom, edge=GRID),
        svg.text(SIDE - 4, 14, short(y.high), size=11, anchor="end", fill=FAINT),
        svg.text(SIDE - 4, bottom + 2, short(y.low), size=11, anchor="end", fill=FAINT),
    ]
    if y.holds(0.0):
        shapes.append(svg.line(SIDE, y(0.0), width - 4, y(0.0), svg.Stroke(GRID, "", 1.0)))
    if len(values) > 1 and 0 <= kept < len(values):
        at = x(kept / (len(values) - 1))
        shapes.append(svg.line(at, 4, at, bottom + 4, svg.Stroke(FAINT, "2 2", 1.0)))
    shapes.append(svg.path(_placed(values, x, y), svg.Stroke(ACCENT if not shares else INK, "", 2.0)))
    if shares:
        part = Scale(0.0, 1.0, height - 2, bottom + 12)
        area = [(x(0.0), part(0.0)), *_placed(shares, x, part), (x(1.0), part(0.0))]
        shapes += [
            svg.polygon(area, GRID, FAINT),
            svg.box(SIDE, part(1.0), width - SIDE - 4, part(0.0) - part(1.0), edge=GRID),
            svg.text(SIDE - 4, part(0.5) + 4, "share", size=11, anchor="end", fill=FAINT),
        ]
    return Picture(width, height, shapes, title, description)


def _checkpoints(values: Sequence[float], x: Scale) -> Scale:
    """Return the part of an axis over a training from its first checkpoint to its last, which is its end."""
    return Scale(0.0, 1.0, x(1 / len(values)), x(1.0))


def _placed(values: Sequence[float], x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x(share), y(value)) for share, value in thinned(values)]


def _ends(named: Sequence[tuple[str, float]], x: float) -> list[str]:
    """Return names at the ends of their lines, none on another."""
    shapes, last = [], -100.0
    for name, y in sorted(named, key=lambda one: one[1]):
        last = max(y, last + 14)
        shapes.append(svg.text(x, last + 4, name, fill=INK))
    return shapes
