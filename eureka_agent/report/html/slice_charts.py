"""Slices of a component through recorded rows, and contours over two signals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from eureka_agent.analysis.axes import Axis
from eureka_agent.analysis.slices import Contour, Slice
from eureka_agent.report import svg
from eureka_agent.report.html.marks import ACCENT, FAINT, GRID, INK, PAPER
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.scale import Scale, short

Array = np.ndarray
SMALL, SQUARE = (300.0, 178.0), (340.0, 300.0)
"""Width and height of a slice, and of a contour."""
SIDE, TOP, BELOW = 50.0, 10.0, 40.0
THIN, BOLD = svg.Stroke(FAINT, "", 0.8), svg.Stroke(ACCENT, "", 2.8)
BANDS = 8
"""Strengths of colour of a contour."""
LONGEST = 40


def scale_of(slices: Sequence[Slice]) -> Scale:
    """Return the scale of what is paid that all slices of a component share, so that effects compare."""
    ends = [float(pick(one.lines)) for one in slices for pick in (np.min, np.max)]
    return Scale.of(ends, SMALL[1] - BELOW, TOP)


def slice_picture(one: Slice, component: str, y: Scale) -> Picture:
    """Return a component along one axis: a thin line for each row, the row of median reward bold."""
    width, height = SMALL
    x = Scale(one.axis.low, one.axis.high, SIDE, width - 12)
    shapes = [*_frame(x, y, height), *_usual(one.axis, x, height - BELOW)]
    if one.axis.kind == "choice":
        shapes += [_choices(line, one, x, y, bold=False) for line in one.lines]
        shapes.append(_choices(one.median, one, x, y, bold=True))
    else:
        shapes += [svg.path(_points(one.values, line, x, y), THIN) for line in one.lines]
        shapes.append(svg.path(_points(one.values, one.median, x, y), BOLD))
    shapes.append(svg.text((SIDE + width) / 2, height - 6, _called(one.axis), anchor="middle", fill=INK))
    low, high = float(one.median.min()), float(one.median.max())
    described = (
        f"In the row of median reward it pays from {low:.4g} to {high:.4g} while {one.axis.name} goes "
        f"from {one.axis.low:.4g} to {one.axis.high:.4g}."
    )
    return Picture(width, height, shapes, f"{component} over {one.axis.name}", described)


def contour_picture(one: Contour, component: str, seen: Sequence[tuple[float, float]] = ()) -> Picture:
    """Return a component over two axes: the more it pays the stronger the colour; dots are recorded steps."""
    width, height = SQUARE
    right, bottom, top = width - 74, height - BELOW, TOP + 14
    x = Scale(one.across.low, one.across.high, SIDE, right)
    y = Scale(one.up.low, one.up.high, bottom, top)
    low, high = float(one.paid.min()), float(one.paid.max())
    bands = np.zeros(one.paid.shape, int)
    if high > low:
        bands = np.minimum(((one.paid - low) / (high - low) * BANDS).astype(int), BANDS - 1)
    shapes = [*_cells(bands, x, y), *_ticks(x, y, bottom)]
    shapes += [svg.circle(x(a), y(b), 1.6, INK, PAPER) for a, b in seen if x.holds(a) and y.holds(b)]
    shapes += _legend(low, high, right + 12, top)
    shapes += [
        svg.text((SIDE + right) / 2, height - 4, f"→ {_called(one.across)}", anchor="middle", fill=INK),
        svg.text(4, 13, f"↑ {_called(one.up)}", fill=INK),
    ]
    described = f"It pays from {low:.4g} to {high:.4g}, all other signals as in the row of median reward."
    return Picture(width, height, shapes, f"{component} over {one.across.name} and {one.up.name}", described)


def _frame(x: Scale, y: Scale, height: float) -> Iterator[str]:
    for value in y.ticks(4):
        yield svg.line(x.start, y(value), x.end, y(value), svg.Stroke(GRID, "", 0.8))
        yield svg.text(x.start - 5, y(value) + 4, short(value), size=11, anchor="end", fill=FAINT)
    yield from _across(x, height - BELOW)


def _across(x: Scale, bottom: float) -> Iterator[str]:
    for value in x.ticks(4):
        yield svg.line(x(value), bottom, x(value), bottom + 4, svg.Stroke(FAINT, "", 1.0))
        yield svg.text(x(value), bottom + 16, short(value), size=11, anchor="middle", fill=FAINT)


def _ticks(x: Scale, y: Scale, bottom: float) -> Iterator[str]:
    yield svg.box(x.start, y.end, x.end - x.start, y.start - y.end, edge=GRID)
    yield from _across(x, bottom)
    for value in y.ticks(5):
        yield svg.text(x.start - 5, y(value) + 4, short(value), size=11, anchor="end", fill=FAINT)


def _usual(axis: Axis, x: Scale, bottom: float) -> Iterator[str]:
    """Yield a bar on the axis between which values 90 % of the recorded steps lie."""
    low, high = (x(value) for value in axis.usual)
    yield svg.line(low, bottom, max(high, low + 2), bottom, svg.Stroke(INK, "", 4.0))


def _choices(line: Array, one: Slice, x: Scale, y: Scale, *, bold: bool) -> str:
    """Return marks for values between which there is nothing."""
    radius, fill = (4.5, ACCENT) if bold else (2.0, FAINT)
    pairs = zip(one.values, line, strict=True)
    return "".join(svg.circle(x(float(a)), y(float(b)), radius, fill, PAPER) for a, b in pairs)


def _points(values: Array, line: Array, x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x(float(a)), y(float(b))) for a, b in zip(values, line, strict=True)]


def _called(axis: Axis) -> str:
    words = axis.name.replace(" - ", " − ")
    words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return f"{words} ({axis.unit})" if axis.unit and len(words) + len(axis.unit) < LONGEST else words


def _cells(bands: Array, x: Scale, y: Scale) -> Iterator[str]:
    """Yield all cells of a band as one shape."""
    runs: dict[int, list[tuple[float, float, float, float]]] = {}
    rows, columns = bands.shape
    wide, high = (x.end - x.start) / columns, (y.start - y.end) / rows
    for row in range(rows):
        cuts = np.flatnonzero(np.diff(bands[row])) + 1
        for begin, end in zip([0, *cuts], [*cuts, columns], strict=True):
            place = (x.start + begin * wide, y.start - (row + 1) * high, (end - begin) * wide, high)
            runs.setdefault(int(bands[row, begin]), []).append(place)
    for band, places in sorted(runs.items()):
        yield svg.cells(places, ACCENT, _strength(band))


def _strength(band: int) -> float:
    return 0.04 + 0.96 * band / (BANDS - 1)


def _legend(low: float, high: float, x: float, top: float) -> Iterator[str]:
    step = 18.0
    for band in range(BANDS):
        y = top + (BANDS - 1 - band) * step
        yield svg.shade(x, y, 14, step, ACCENT, _strength(band))
        yield svg.box(x, y, 14, step, edge=GRID)
    for share in (0.0, 0.5, 1.0):
        place = top + (1 - share) * BANDS * step
        yield svg.text(x + 18, place + 4, short(low + share * (high - low)), size=11, fill=FAINT)
