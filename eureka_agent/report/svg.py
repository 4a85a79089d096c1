"""Drawing: a few SVG shapes as text. Every word is escaped, wherever it came from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from eureka_agent.escaping import one_line

INK, PAPER, FAINT, GRID = "#000000", "#ffffff", "#555555", "#bbbbbb"


class Stroke(NamedTuple):
    """How a line looks; lines of one panel differ in more than colour."""

    colour: str = INK
    dash: str = ""
    width: float = 1.6


STROKES = (
    Stroke(INK),
    Stroke("#0072b2", "7 3"),
    Stroke("#d55e00", "2 2", 2.0),
    Stroke("#009e73", "11 3 2 3"),
    Stroke("#cc79a7", "1 3", 2.4),
    Stroke("#56b4e9", "16 4"),
)
"""Colours of Okabe and Ito, which colour-blind readers tell apart; dashes survive black-and-white print."""


def line(x1: float, y1: float, x2: float, y2: float, stroke: Stroke = STROKES[0]) -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {_stroked(stroke)}/>'


def path(points: Iterable[tuple[float, float]], stroke: Stroke) -> str:
    """Return a line through points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" {_stroked(stroke)}/>'


def box(x: float, y: float, width: float, height: float, fill: str = "none", edge: str = "none") -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
        f'stroke="{edge}"/>'
    )


def shade(x: float, y: float, width: float, height: float, fill: str, strength: float) -> str:
    """Return a rectangle of which the paper shines through, from 0 (all of it) to 1 (none)."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
        f'fill-opacity="{strength:.2f}"/>'
    )


def cells(corners: Iterable[tuple[float, float, float, float]], fill: str, strength: float) -> str:
    """Return rectangles (x, y, width, height) as one shape, so that no seams show where they touch."""
    joined = "".join(f"M{x:.1f} {y:.1f}h{w:.1f}v{h:.1f}h{-w:.1f}z" for x, y, w, h in corners)
    return f'<path d="{joined}" fill="{fill}" fill-opacity="{strength:.2f}"/>'


def moved(shapes: Iterable[str], x: float, y: float) -> str:
    """Return shapes moved to another place."""
    return f'<g transform="translate({x:.1f} {y:.1f})">{"".join(shapes)}</g>'


def circle(x: float, y: float, radius: float, fill: str, edge: str = INK) -> str:
    """Return a circle with an edge."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{edge}"/>'


def polygon(points: Iterable[tuple[float, float]], fill: str = "none", edge: str = "none") -> str:
    """Return a closed shape."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{joined}" fill="{fill}" stroke="{edge}"/>'


def hinted(shapes: Iterable[str], words: str) -> str:
    """Return shapes that say something where a pointer rests on them."""
    return f"<g><title>{html.escape(one_line(words))}</title>{''.join(shapes)}</g>"


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    anchor: str = "start",
    fill: str = INK,
    bold: bool = False,
) -> str:
    """Return one line of text; `anchor` is start, middle or end."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}>'
        f"{html.escape(one_line(words))}</text>"
    )


def image(x: float, y: float, width: float, height: float, png_base64: str) -> str:
    """Return a picture that lies in the file itself."""
    return (
        f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'href="data:image/png;base64,{png_base64}"/>'
    )


def document(width: float, height: float, shapes: Sequence[str], title: str) -> str:
    """Return a whole SVG file on white paper."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="max-width: 100%; height: auto" '
        f'font-family="Helvetica, Arial, sans-serif">'
    )
    named = f"<title>{html.escape(one_line(title))}</title>"
    return "\n".join([head, named, box(0, 0, width, height, fill=PAPER), *shapes, "</svg>"]) + "\n"


def coloured(drawing: str, colours: Mapping[str, str]) -> str:
    """Return a drawing with colours where it names variables of a page's style.

    Only whole attributes are replaced, which no word can be: its quotation marks are escaped.
    """
    return _VARIABLE.sub(lambda found: f'="{colours.get(found[1], INK)}"', drawing)


_VARIABLE = re.compile(r'="var\(--([a-z0-9-]+)\)"')


def inline(
    width: float, height: float, shapes: Sequence[str], *, name: str, title: str, description: str
) -> str:
    """Return a drawing that stands in a page and is as wide as its place.

    `name` is unique in the page; screen readers read title and description in its place.
    """
    told = [
        f'<{kind} id="{name}-{kind}">{html.escape(one_line(words))}</{kind}>'
        for kind, words in (("title", title), ("desc", description))
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
    )
    return "\n".join([head, *told, *shapes, "</svg>"])


def _stroked(stroke: Stroke) -> str:
    dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
    return f'stroke="{stroke.colour}" stroke-width="{stroke.width}"{dash}'
