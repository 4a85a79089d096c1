"""A frame of a film: the environment's picture, what was paid so far beside it, and what happens below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from eureka_agent.analysis.happenings import is_failure
from eureka_agent.report.films.lettering import ALARM, FAINT, GRID, INK, PAPER, fitted, write
from eureka_agent.report.films.payments import Line
from eureka_agent.report.films.when import when

Array = np.ndarray
HEIGHT, WIDEST, PANEL, STRIP = 480, 720, 400, 84
"""Pixels: of the picture, at most of its width, of what stands beside it, and of what stands below."""
EDGE, ROW, HEADER, SPARK = 16, 58, 72, 24
TITLE, TEXT = 22, 20
"""Sizes of letters: shown 360 pixels high, they are still 13."""
FRESH_S = 1.0
"""Seconds of film for which what has just happened is written in bold."""


@dataclass(frozen=True, eq=False)
class FrameMaker:
    """Draws the frames of one episode, all of the same size."""

    title: str
    length: int
    lines: Sequence[Line]
    notes: Mapping[int, str]
    """What happens, by step."""
    seconds_a_step: float | None
    fps: float
    """Steps that the film shows in a second."""

    def frame(self, step: int, picture: Array) -> Array:
        """Return the frame of a step `(height, width, 3)`, uint8, from its picture of any size."""
        shown = fit(picture, WIDEST, HEIGHT)
        left = max(shown.width, HEIGHT)
        sheet = Image.new("RGB", (left + PANEL, HEIGHT + STRIP), PAPER)
        sheet.paste(shown, ((left - shown.width) // 2, (HEIGHT - shown.height) // 2))
        draw = ImageDraw.Draw(sheet)
        self._header(draw, left, step)
        for number, line in enumerate(self.lines):
            self._line(draw, left + EDGE, HEADER + ROW * number, line, step)
        self._strip(draw, sheet.width, step)
        return np.asarray(sheet)

    def _header(self, draw: ImageDraw.ImageDraw, left: int, step: int) -> None:
        room = PANEL - 2 * EDGE
        write(draw, (left + EDGE, 10), fitted(self.title, TITLE, room), TITLE, bold=True)
        told = f"{when(step, self.seconds_a_step)}"
        if self.seconds_a_step is not None:
            told += f" · step {step}"
        write(draw, (left + EDGE, 40), f"{told} of {self.length - 1}", TEXT, ink=FAINT)

    def _line(self, draw: ImageDraw.ImageDraw, x: int, y: int, line: Line, step: int) -> None:
        room = PANEL - 2 * EDGE
        number = f"{line.values[step]:.4g}"
        write(draw, (x + room, y), number, TEXT, ink=line.colour, bold=True, right=True)
        write(draw, (x, y), fitted(line.name, TEXT, room - 110), TEXT)
        top, bottom = y + 27, y + 27 + SPARK
        low, high = min(0.0, float(line.values.min())), max(0.0, float(line.values.max()))

        def at(index: int) -> tuple[float, float]:
            share = (float(line.values[index]) - low) / ((high - low) or 1.0)
            return x + room * index / max(self.length - 1, 1), bottom - SPARK * share

        zero = bottom - SPARK * (0.0 - low) / ((high - low) or 1.0)
        draw.line([(x, zero), (x + room, zero)], fill=GRID)
        points = [at(index) for index in thinned(step)]
        if len(points) > 1:
            draw.line(points, fill=line.colour, width=3)
        draw.line([(points[-1][0], top), (points[-1][0], bottom)], fill=FAINT)

    def _strip(self, draw: ImageDraw.ImageDraw, width: int, step: int) -> None:
        """Draw the episode as a line with a mark for all that happens, a cursor, and what happened last."""
        y, room = HEIGHT + 62, width - 2 * EDGE

        def at(place: int) -> float:
            return EDGE + room * place / max(self.length - 1, 1)

        draw.line([(EDGE, y), (EDGE + room, y)], fill=GRID, width=6)
        draw.line([(EDGE, y), (at(step), y)], fill=FAINT, width=6)
        for place, note in self.notes.items():
            grave = is_failure(note)
            reach = 14 if grave else 9
            draw.line([(at(place), y - reach), (at(place), y + reach)], fill=ALARM if grave else INK, width=3)
        draw.ellipse([at(step) - 7, y - 7, at(step) + 7, y + 7], fill=INK)
        past = [place for place in self.notes if place <= step]
        if past:
            place = max(past)
            fresh = step - place <= FRESH_S * self.fps
            words = f"{when(place, self.seconds_a_step)}: {self.notes[place]}"
            ink = (ALARM if is_failure(self.notes[place]) else INK) if fresh else FAINT
            write(draw, (EDGE, HEIGHT + 12), fitted(words, TITLE, room), TITLE, ink=ink, bold=fresh)


def thinned(last: int, most: int = 200) -> list[int]:
    """Return steps from the first to `last`, both included, at most about `most`."""
    return [*range(0, last, max(1, last // most)), last]


def fit(picture: Array, width: int, height: int) -> Image.Image:
    """Return a picture scaled to fit into a box, as large as it can be."""
    image = Image.fromarray(picture)
    share = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
