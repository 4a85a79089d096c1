"""The mark of each kind of candidate: told apart by its shape, and by colour only besides.

Colours are variables of the page's style, so that a drawing is readable on dark and on light paper.
"""

from __future__ import annotations

import math

from eureka_agent.report import svg
from eureka_agent.report.views.fitness import How

INK, PAPER, FAINT, GRID, ACCENT = (
    f"var(--{name})" for name in ("ink", "paper", "faint", "grid", "accent")
)  # fmt: skip
LIGHT = {"ink": "#14181c", "paper": "#ffffff", "faint": "#50585f", "grid": "#c3c8cd", "accent": "#0b62a4"}
"""What they are on light paper, as in the page's style."""
SIZE = 4.0
"""Half the width of a mark."""

LEGEND: dict[How, str] = {
    "winner": "the winner",
    "confirmed": "also on fresh seeds",
    "trained": "trained to the end",
    "stopped early": "stopped early",
    "failed": "failed or timed out",
    "refused": "refused before training",
    "drafted out": "not trained: others were preferred",
    "proposed": "not trained yet",
}


def mark(how: How, x: float, y: float) -> str:
    """Return the mark of a candidate at a place."""
    match how:
        case "winner":
            return svg.polygon(_star(x, y), ACCENT, INK)
        case "confirmed":
            return svg.circle(x, y, SIZE + 2, "none", INK) + svg.circle(x, y, SIZE - 1, INK, INK)
        case "trained":
            return svg.circle(x, y, SIZE, FAINT, INK)
        case "stopped early":
            return svg.polygon([(x - SIZE, y - 3), (x + SIZE, y - 3), (x, y + SIZE)], PAPER, INK)
        case "failed" | "timed out":
            return _cross(x, y)
        case "refused":
            return _square(x, y)
        case "drafted out":
            return svg.line(x - SIZE, y, x + SIZE, y, svg.Stroke(INK, "", 2.0))
        case "proposed":
            return svg.circle(x, y, SIZE - 1, PAPER, FAINT)


def level_mark(name: str, x: float, y: float) -> str:
    """Return the mark of what was trained on fresh seeds: the found reward, the reference, or sparse."""
    if name == "reference":
        return svg.box(x - 5, y - 5, 10, 10, fill=PAPER, edge=INK)
    if name == "sparse":
        return svg.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], PAPER, INK)
    return mark("winner", x, y)


def icon(how: How) -> str:
    """Return a mark by itself, to stand beside the words that say the same."""
    return f'<svg class="mark" viewBox="0 0 18 18" aria-hidden="true">{mark(how, 9, 9)}</svg>'


def _star(x: float, y: float) -> list[tuple[float, float]]:
    radii = ((SIZE + 4) if corner % 2 == 0 else SIZE - 0.5 for corner in range(10))
    return [
        (x + radius * math.sin(math.pi * corner / 5), y - radius * math.cos(math.pi * corner / 5))
        for corner, radius in enumerate(radii)
    ]


def _cross(x: float, y: float) -> str:
    stroke = svg.Stroke(INK, "", 2.0)
    return svg.line(x - SIZE, y - SIZE, x + SIZE, y + SIZE, stroke) + svg.line(
        x - SIZE, y + SIZE, x + SIZE, y - SIZE, stroke
    )


def _square(x: float, y: float) -> str:
    side = 2 * SIZE
    diagonal = svg.line(x - SIZE, y + SIZE, x + SIZE, y - SIZE, svg.Stroke(INK, "", 1.2))
    return svg.box(x - SIZE, y - SIZE, side, side, fill=PAPER, edge=INK) + diagonal
