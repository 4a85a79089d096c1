"""A contact sheet: some frames of an episode as one picture, each with its time and what happens."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from eureka_agent.analysis.happenings import is_failure
from eureka_agent.report.films.frame import fit
from eureka_agent.report.films.lettering import ALARM, FAINT, GRID, PAPER, fitted, wrapped, write
from eureka_agent.report.films.when import when

Array = np.ndarray
LEAST, MOST, COLUMNS = 6, 9, 3
"""Frames of a sheet, and those that stand side by side."""
TILE, GAP, HEADER, CAPTION = 280, 10, 44, 84
TITLE, TEXT = 20, 17
QUALITIES = (82, 70, 55, 40, 25)


def contact_sheet(
    pictures: Sequence[tuple[int, Array]], notes: Mapping[int, str], title: str, seconds_a_step: float | None
) -> Image.Image:
    """Return frames in order, from left to right and down; `notes` say by step what happens."""
    tiles = [(step, fit(picture, TILE, TILE)) for step, picture in pictures]
    high = max((tile.height for _, tile in tiles), default=0)
    rows = -(-len(tiles) // COLUMNS)
    width = COLUMNS * (TILE + GAP) + GAP
    sheet = Image.new("RGB", (width, HEADER + rows * (high + CAPTION) + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    write(draw, (GAP, 10), fitted(title, TITLE, width - 2 * GAP), TITLE, bold=True)
    for number, (step, tile) in enumerate(tiles):
        x = GAP + (number % COLUMNS) * (TILE + GAP)
        y = HEADER + (number // COLUMNS) * (high + CAPTION)
        left, top = x + (TILE - tile.width) // 2, y + (high - tile.height) // 2
        sheet.paste(tile, (left, top))
        draw.rectangle([left, top, left + tile.width - 1, top + tile.height - 1], outline=GRID)
        note = notes.get(step, "")
        ink = ALARM if is_failure(note) else FAINT
        write(draw, (x, y + high + 4), when(step, seconds_a_step), TEXT, bold=True)
        indent = 78
        for line, words in enumerate(wrapped(note, TEXT, TILE - indent, 3)):
            write(draw, (x + indent, y + high + 4 + 22 * line), words, TEXT, ink=ink)
    return sheet


def as_jpeg(sheet: Image.Image, most_bytes: int) -> bytes:
    """Return a sheet as a JPEG file of at most `most_bytes`, if any quality gives one; else the smallest."""
    *better, worst = QUALITIES
    for quality in better:
        content = _jpeg(sheet, quality)
        if len(content) <= most_bytes:
            return content
    return _jpeg(sheet, worst)


def _jpeg(sheet: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
