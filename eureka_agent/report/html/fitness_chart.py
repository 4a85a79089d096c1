"""Fitness by generation: every candidate a mark, the leader a line, and beside it what fresh seeds said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK, level_mark, mark
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short, without_outliers
from eureka_agent.report.views.fitness import FitnessView, Level, Mark
from eureka_agent.report.words import counted, figure

LEFT, TOP, PLOT, STRIP, AXIS = 54.0, 24.0, 250.0, 26.0, 36.0
"""Space left of the plot and above it; heights of plot, of the strip of those without a score, and below."""
MOST_MARKS = 800
"""More would only be a blot; of the rest every so many is drawn."""
DASHES = {"reference": "7 4", "sparse": "2 3"}
NAMES = {"reference": "reference", "sparse": "sparse"}
DESCRIBED = (
    "Each mark is a candidate, by generation and fitness in the search; the line is the leader. At the right "
    "the scores on fresh seeds, with 95 % intervals; dashed lines are the reference and sparse. The same "
    "figures stand in the table of the first section and in the list of candidates."
)


def fitness_chart(view: FitnessView, *, width: float) -> Picture:
    """Return the drawing, `width` units wide."""
    return _FitnessChart(view, width).drawn()


class _FitnessChart:
    """Places of one drawing."""

    def __init__(self, view: FitnessView, width: float) -> None:
        self._view, self._width = view, width
        self._fresh = _shown(view)
        self._column, self._size = (62.0, 11) if width > 500 else (48.0, 9)
        self._right = width - 8 - self._column * len(self._fresh)
        self._generations = sorted({one.generation for one in view.marks}) or [0]
        self._y = Scale.of(_values(view, self._fresh), TOP + PLOT, TOP)
        self._outside = 0

    def drawn(self) -> Picture:
        shapes = [*self._axis(), *self._columns(), *self._levels(), *self._leaders(), *self._marks()]
        description = DESCRIBED
        if self._outside:
            description += f" {counted(self._outside, 'score')} beyond the scale: drawn at its edge."
        height = TOP + PLOT + STRIP + AXIS
        return Picture(self._width, height, shapes, "Fitness by generation", description)

    def _axis(self) -> Iterator[str]:
        for value in self._y.ticks(5):
            y = self._y(value)
            yield svg.line(LEFT, y, self._right, y, svg.Stroke(GRID, "", 1.0))
            yield svg.text(LEFT - 6, y + 4, short(value), size=11, anchor="end", fill=FAINT)
        better = {"maximize": "fitness (higher is better ↑)", "minimize": "fitness (lower is better ↓)"}
        words = better.get(self._view.direction or "", "fitness")
        yield svg.text(4, 12, words, size=12, fill=FAINT)
        strip = TOP + PLOT + STRIP / 2 + 6
        if any(one.fitness is None for one in self._view.marks):
            yield svg.line(LEFT, TOP + PLOT + 6, self._right, TOP + PLOT + 6, svg.Stroke(GRID, "", 1.0))
            yield svg.text(LEFT - 6, strip + 4, "none", size=11, anchor="end", fill=FAINT)

    def _columns(self) -> Iterator[str]:
        """Yield the names of generations, and lines between independent searches."""
        band = (self._right - LEFT) / len(self._generations)
        every = max(1, round(24 / band))
        bottom = TOP + PLOT + STRIP
        for place, generation in enumerate(self._generations):
            x = LEFT + band * place
            if place and generation in self._view.restarts:
                yield svg.line(x, TOP, x, bottom + 4, svg.Stroke(INK, "3 3", 1.0))
            if place % every == 0:
                yield svg.text(
                    x + band / 2, bottom + 14, str(generation), size=11, anchor="middle", fill=FAINT
                )
        yield svg.text((LEFT + self._right) / 2, bottom + 30, "generation", anchor="middle", fill=FAINT)
        if self._fresh:
            middle = (self._right + self._width - 8) / 2
            yield svg.text(middle, 12, "on fresh seeds", anchor="middle", fill=FAINT)

    def _levels(self) -> Iterator[str]:
        """Yield the scores on fresh seeds with their intervals, baselines as lines through the search."""
        for place, level in enumerate(self._fresh):
            x = self._right + self._column * (place + 0.5)
            y = self._y(level.mean)
            if level.name in DASHES:
                yield svg.line(LEFT, y, x, y, svg.Stroke(INK, DASHES[level.name], 1.2))
            if level.low is not None and level.high is not None:
                stroke = svg.Stroke(INK, "", 2.0)
                low, high = self._y(level.low), self._y(level.high)
                yield svg.line(x, low, x, high, stroke)
                yield svg.line(x - 5, low, x + 5, low, stroke) + svg.line(x - 5, high, x + 5, high, stroke)
            yield svg.hinted([level_mark(level.name, x, y)], f"{level.name}: {figure(level.mean)}")
            named = NAMES.get(level.name, "winner")
            below, size = TOP + PLOT + STRIP, self._size
            yield svg.text(x, below + 14, named, size=size, anchor="middle", fill=INK)
            yield svg.text(x, below, short(level.mean), size=size, anchor="middle", fill=INK)

    def _leaders(self) -> Iterator[str]:
        """Yield the line of each independent search: what leads one is nothing to the next."""
        searches: dict[int, list[tuple[float, float]]] = {}
        for leader in self._view.leaders:
            if leader.generation in self._generations:
                search = max(
                    (first for first in self._view.restarts if first <= leader.generation), default=0
                )
                point = (self._x(leader.generation, 0.92), self._y(leader.fitness))
                searches.setdefault(search, []).append(point)
        for points in searches.values():
            x, y = points[0]
            yield svg.path(_steps([(x - 6, y), *points]), svg.Stroke(ACCENT, "", 2.4))

    def _marks(self) -> Iterator[str]:
        every = -(-len(self._view.marks) // MOST_MARKS)
        drawn = [
            one for place, one in enumerate(self._view.marks) if place % every == 0 or one.how == "winner"
        ]
        for one in sorted(drawn, key=lambda one: one.how == "winner"):
            x = self._x(one.generation, self._share(one))
            y = TOP + PLOT + STRIP / 2 + 6 if one.fitness is None else self._y(one.fitness)
            self._outside += one.fitness is not None and not self._y.holds(one.fitness)
            yield svg.hinted([mark(one.how, x, y)], f"{one.candidate}: {one.how}, {figure(one.fitness)}")

    def _x(self, generation: int, share: float) -> float:
        band = (self._right - LEFT) / len(self._generations)
        return LEFT + band * (self._generations.index(generation) + share)

    def _share(self, one: Mark) -> float:
        """Return where a candidate stands in the column of its generation."""
        last = max(other.index for other in self._view.marks if other.generation == one.generation)
        return 0.1 + 0.74 * (one.index / last if last else 0.5)


def _shown(view: FitnessView) -> list[Level]:
    """Return the levels that have a column: the winner and the baselines."""
    return [level for level in view.fresh if level.name in (view.winner, "reference", "sparse")]


def _values(view: FitnessView, fresh: Sequence[Level]) -> list[float]:
    searched = [one.fitness for one in view.marks if one.fitness is not None]
    kept = [leader.fitness for leader in view.leaders]
    for level in fresh:
        kept += [level.mean, *level.seeds]
    near = without_outliers(searched, kept)
    room = 0.5 * (max(near) - min(near)) if near else 0.0
    ends = [end for level in fresh for end in (level.low, level.high) if end is not None]
    return [*near, *(min(max(end, min(near) - room), max(near) + room) for end in ends if near)]


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a line that stays level until the next point."""
    found = [points[0]]
    for x, y in points[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found
