"""Lines of up to eight rewards in one drawing: told apart by letters and dashes, and by colour besides."""

from __future__ import annotations

from eureka_agent.report import svg
from eureka_agent.report.html.marks import PAPER

_DASHES = ("", "7 3", "2 3", "11 3 2 3", "5 2", "1 3", "14 4", "9 2 2 2 2 2")
STROKES = tuple(svg.Stroke(f"var(--series-{n})", dash, 2.2) for n, dash in enumerate(_DASHES))
"""Colours of Okabe and Ito as variables of the page's style: readable on light and on dark paper."""


def stroke_of(letter: str) -> svg.Stroke:
    """Return the line of a reward by its letter."""
    return STROKES[(ord(letter[:1] or "A") - ord("A")) % len(STROKES)]


def series_mark(name: str, x: float, y: float) -> str:
    """Return the mark of a reward's mean: a disc in its colour."""
    return svg.circle(x, y, 5.5, stroke_of(name).colour, PAPER)
