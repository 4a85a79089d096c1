"""Text on pictures: one font, cut or broken so that it stays within its place."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageDraw, ImageFont

from eureka_agent.escaping import one_line

INK, FAINT, GRID, PAPER, ALARM = "#111111", "#555555", "#c4c4c4", "#ffffff", "#b3261e"
CUT = "…"


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font at a size in pixels."""
    return ImageFont.load_default(size)


def width_of(words: str, size: int) -> float:
    """Return how many pixels one line of text takes."""
    return font(size).getlength(words)


def fitted(words: str, size: int, room: float) -> str:
    """Return words as one visible line that takes at most `room` pixels, cut where it must be."""
    line = one_line(words)[:500]
    if width_of(line, size) <= room:
        return line
    while line and width_of(line + CUT, size) > room:
        line = line[:-1]
    return line.rstrip() + CUT


def wrapped(words: str, size: int, room: float, most: int) -> list[str]:
    """Return words broken into at most `most` lines of `room` pixels; the last one is cut if it must be."""
    lines: list[str] = []
    left = one_line(words)[:500].split(" ")
    while left and len(lines) < most - 1:
        taken = 1
        while taken < len(left) and width_of(" ".join(left[: taken + 1]), size) <= room:
            taken += 1
        lines.append(fitted(" ".join(left[:taken]), size, room))
        left = left[taken:]
    return [*lines, fitted(" ".join(left), size, room)] if left else lines


def write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], words: str, size: int, *,
    ink: str = INK, bold: bool = False, right: bool = False,
) -> None:  # fmt: skip
    """Write one line with its top left, or top right, corner at a place."""
    x, y = place
    left = x - width_of(words, size) if right else x
    stroke = 0.6 if bold else 0
    draw.text((left, y), words, fill=ink, font=font(size), stroke_width=stroke, stroke_fill=ink)
