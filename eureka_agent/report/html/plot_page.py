"""A reward over its signals as one page, or as one drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from markupsafe import Markup

from eureka_agent._version import __version__
from eureka_agent.analysis.slices import Contour, Shape
from eureka_agent.llm.templates import Templates
from eureka_agent.report import svg
from eureka_agent.report.html.contribution_chart import contribution_picture
from eureka_agent.report.html.page import NARROW, WIDE, Drawing
from eureka_agent.report.html.picture import Picture
from eureka_agent.report.html.slice_charts import SQUARE, contour_picture, scale_of, slice_picture
from eureka_agent.report.views.reward_plot import RewardPlot
from eureka_agent.report.words import cut, figure
from eureka_agent.resources import bundled_folders

COLUMNS, GAP, HEAD = 3, 20.0, 44.0
"""Of the drawing as one file, and what lies between its parts and above them."""
LONGEST_CODE = 200_000
PAPER_COLOURS = (
    "<style>:root{--ink:#14181c;--paper:#ffffff;--faint:#50585f;--grid:#c3c8cd;--accent:#0b62a4}</style>"
)


class DrawnShape(NamedTuple):
    """A component with its drawings."""

    shape: Shape
    slices: tuple[Markup, ...]
    contour: Markup | None


def render_plot(plot: RewardPlot) -> str:
    """Return the page as HTML; everything that others wrote is escaped."""
    return Templates(bundled_folders("templates"), html=True).render(
        "plot/page.html.j2",
        plot=plot,
        version=__version__,
        drawn=[_drawn(shape, plot, place) for place, shape in enumerate(plot.shapes)],
        episode=_episode(plot),
        code=cut(plot.code, LONGEST_CODE),
        figure=figure,
    )


def draw_plot(plot: RewardPlot) -> str:
    """Return everything as one SVG file."""
    width = COLUMNS * SQUARE[0] + (COLUMNS + 1) * GAP
    title = f"{plot.title} for {plot.task}"
    shapes, y = [PAPER_COLOURS, svg.text(GAP, 30, title, size=18, bold=True)], HEAD
    for shape in plot.shapes:
        shapes.append(svg.text(GAP, y + 18, _heading(shape), size=15, bold=True))
        y += 28
        for row in _rows(list(_pictures(shape, plot))):
            shapes += [one.at(GAP + place * (SQUARE[0] + GAP), y) for place, one in enumerate(row)]
            y += max(one.height for one in row) + GAP
    if plot.episode is not None:
        picture = contribution_picture(plot.episode, width=width - 2 * GAP)
        shapes += [
            svg.text(GAP, y + 18, f"What is paid over {plot.episode_name}", size=15, bold=True),
            picture.at(GAP, y + 30),
        ]
        y += 30 + picture.height
    for note in plot.notes:
        y += 20
        shapes.append(svg.text(GAP, y, note, size=12))
    return svg.document(width, y + GAP, shapes, title)


def _heading(shape: Shape) -> str:
    return shape.name if shape.constant is None else f"{shape.name}: always {figure(shape.constant)}"


def _rows(pictures: Sequence[Picture]) -> Iterator[list[Picture]]:
    for row in zip_longest(*[iter(pictures)] * COLUMNS):
        yield [one for one in row if one is not None]


def _pictures(shape: Shape, plot: RewardPlot) -> Iterator[Picture]:
    y = scale_of(shape.slices) if shape.slices else None
    if shape.contour is not None:
        yield contour_picture(shape.contour, shape.name, _seen(shape.contour, plot))
    if y is not None:
        for one in shape.slices:
            yield slice_picture(one, shape.name, y)


def _drawn(shape: Shape, plot: RewardPlot, place: int) -> DrawnShape:
    pictures = list(_pictures(shape, plot))
    contour = Markup(pictures.pop(0).inline(f"contour-{place}")) if shape.contour else None
    slices = (Markup(one.inline(f"slice-{place}-{n}")) for n, one in enumerate(pictures))
    return DrawnShape(shape, tuple(slices), contour)


def _seen(contour: Contour, plot: RewardPlot) -> list[tuple[float, float]]:
    x, y = (plot.seen.get(axis.name, ()) for axis in (contour.across, contour.up))
    return [(float(a), float(b)) for a, b in zip(x, y, strict=False)]


def _episode(plot: RewardPlot) -> Drawing | None:
    episode = plot.episode
    if episode is None:
        return None
    wide, narrow = (
        Markup(contribution_picture(episode, width=width).inline(f"episode-{width:.0f}"))
        for width in (WIDE, NARROW)
    )
    return Drawing(wide, narrow)
