"""The scores on fresh seeds: a row each for the found reward, the reference and sparse, on one axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eureka_agent.report import svg
from eureka_agent.report.html.marks import FAINT, GRID, INK, level_mark
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short
from eureka_agent.report.views.fitness import Direction, Level
from eureka_agent.report.words import counted
from eureka_agent.store.checked import BASELINES

ROW, TOP, MARGIN = 41.0, 4.0, 14.0
"""Height of a row, and what is free above the first one and at both sides."""
SPREAD = 0.8
"""An interval that reaches farther beyond the seeds' scores than that share of their range is cut, with an
arrow: of two seeds it may be a hundred times as wide as they are apart."""
Mark = Callable[[str, float, float], str]
"""Draws the mean of a row of this name at a place."""
BETTER: dict[Direction, str] = {"maximize": "higher is better →", "minimize": "← lower is better"}


def interval_chart(
    levels: Sequence[Level], direction: Direction | None, *, width: float,
    title: str = "Fitness on fresh seeds", marked: Mark = level_mark, reference: str = "",
) -> Picture:  # fmt: skip
    """Return the drawing, `width` units wide; `marked` draws a mean by its row's name.

    `reference` says what the reference is.
    """
    scale = _scale(levels, MARGIN, width - MARGIN)
    bottom = TOP + ROW * len(levels)
    tops = [TOP + ROW * place for place in range(len(levels))]
    shapes = [_tick(scale, value, tops, bottom) for value in scale.ticks(5)]
    for top, level in zip(tops, levels, strict=True):
        shapes += _row(level, scale, top, width, marked, reference)
    if direction is not None:
        shapes.append(svg.text(width - MARGIN, bottom + 30, BETTER[direction], anchor="end", fill=FAINT))
    return Picture(width, bottom + 36, shapes, title, " ".join(f"{label(level)}." for level in levels))


def label(level: Level) -> str:
    """Return a row in words."""
    seeds = counted(len(level.seeds), "seed")
    return f"{_named(level)}: {_interval(level)} over {seeds}"


def _named(level: Level, width: float = 0.0, reference: str = "") -> str:
    """Return who it is; a wide drawing has room to say what that means."""
    names = {"reference": "Reference", "sparse": "Sparse"}
    more = {
        "reference": f": {reference}" if reference else "",
        "sparse": ": trained on the fitness itself",
    }
    return names.get(level.name, f"Reward {level.name}") + (more.get(level.name, "") if width > 500 else "")


def _interval(level: Level) -> str:
    if level.low is None or level.high is None:
        return short(level.mean)
    return f"{short(level.mean)} [{short(level.low)}, {short(level.high)}]"


def _scale(levels: Sequence[Level], start: float, end: float) -> Scale:
    seeds = [score for level in levels for score in (*level.seeds, level.mean)]
    room = SPREAD * (max(seeds) - min(seeds)) if seeds else 0.0
    ends = [end for level in levels for end in (level.low, level.high) if end is not None]
    shown = [min(max(end, min(seeds) - room), max(seeds) + room) for end in ends] if room else []
    return Scale.of([*seeds, *shown], start, end)


def _tick(scale: Scale, value: float, tops: Sequence[float], bottom: float) -> str:
    """Return a value of the axis, with a piece of line in every row that crosses no words."""
    x, stroke = scale(value), svg.Stroke(GRID, "", 1.0)
    lines = [svg.line(x, top + 18, x, top + 37, stroke) for top in tops]
    return "".join([*lines, svg.text(x, bottom + 14, short(value), anchor="middle", fill=FAINT)])


def _row(level: Level, scale: Scale, top: float, width: float, marked: Mark, reference: str) -> list[str]:
    y = top + 27
    shapes = [
        svg.text(
            MARGIN,
            top + 13,
            _named(level, width, reference),
            size=14,
            fill=INK,
            bold=level.name not in BASELINES,
        ),
        svg.text(width - MARGIN, top + 13, _interval(level), size=14, anchor="end", fill=INK),
    ]
    if level.low is not None and level.high is not None:
        low, high = scale(level.low), scale(level.high)
        shapes.append(svg.line(low, y, high, y, svg.Stroke(INK, "", 2.0)))
        shapes += [_end(low, y, -1.0, scale.holds(level.low)), _end(high, y, 1.0, scale.holds(level.high))]
    shapes += [svg.line(x, y - 7, x, y + 7, svg.Stroke(FAINT, "", 1.2)) for x in map(scale, level.seeds)]
    return [*shapes, marked(level.name, scale(level.mean), y)]


def _end(x: float, y: float, side: float, whole: bool) -> str:
    """Return how an interval ends: a bar, or an arrow where it goes on beyond the drawing."""
    if whole:
        return svg.line(x, y - 5, x, y + 5, svg.Stroke(INK, "", 2.0))
    return svg.polygon([(x + 6 * side, y), (x - 3 * side, y - 5), (x - 3 * side, y + 5)], INK)
