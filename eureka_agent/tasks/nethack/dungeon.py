"""What the map shows: what is near, where the stairs are, how much of the dungeon has been seen."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

Array = np.ndarray
ROWS, COLUMNS = 21, 79
REACH = 4
"""Squares that a crop reaches beyond the character on each side."""
SIDE = 2 * REACH + 1
FAR = 80
"""Stands for the distance to what is not on the map."""
_STAIRS_DOWN, _LADDER_DOWN = 24, 26
"""Places among NetHack's symbols of the map."""


class Codes(NamedTuple):
    """Numbers of glyphs that mean something here."""

    blank: int
    stairs: tuple[int, ...]
    oracle: int
    monsters_end: int
    """Monsters that are nobody's pet have the numbers below."""
    blind: int
    """Bits of the condition in the status line, this and the next."""
    confused: int
    stunned: int
    hallucinating: int


@functools.cache
def codes() -> Codes:
    """Return them as the installed NetHack counts."""
    from nle import nethack  # pyright: ignore[reportMissingImports] - an extra

    oracle = next(
        glyph
        for glyph in range(nethack.GLYPH_MON_OFF, nethack.GLYPH_PET_OFF)
        if nethack.permonst(nethack.glyph_to_mon(glyph)).mname == "Oracle"
    )
    symbols = nethack.GLYPH_CMAP_OFF
    return Codes(
        blank=symbols,
        stairs=(symbols + _STAIRS_DOWN, symbols + _LADDER_DOWN),
        oracle=oracle,
        monsters_end=nethack.GLYPH_PET_OFF,
        blind=nethack.BL_MASK_BLIND,
        confused=nethack.BL_MASK_CONF,
        stunned=nethack.BL_MASK_STUN,
        hallucinating=nethack.BL_MASK_HALLU,
    )


class Near(NamedTuple):
    """The way to something on the map."""

    shown: bool
    east: int
    """Columns from the character, negative to the west; 0 where it is not shown."""
    south: int
    distance: int
    """Steps of a king in chess, walls left out; `FAR` where it is not shown."""


UNSEEN = Near(False, 0, 0, FAR)


class Landmarks(NamedTuple):
    """What is worth going to on a map."""

    stairs: Near
    """The nearest stairs or ladder down."""
    oracle: Near


NOTHING = Landmarks(UNSEEN, UNSEEN)
_STAIRS_MARK, _ORACLE_MARK = 1, 2


def landmarks(glyphs: Array, x: int, y: int) -> Landmarks:
    """Return the way from column x and row y to what a map `(21, 79)` shows."""
    marks = _marks().take(glyphs.ravel())
    (places,) = marks.nonzero()  # nothing, in most steps
    if not len(places):
        return NOTHING
    found = marks[places]
    return Landmarks(
        _nearest(places[found == _STAIRS_MARK], x, y), _nearest(places[found == _ORACLE_MARK], x, y)
    )


@functools.cache
def _marks() -> Array:
    """Return uint8 by glyph: a mark for those that are landmarks, else 0."""
    from nle import nethack  # pyright: ignore[reportMissingImports] - an extra

    marks = np.zeros(nethack.MAX_GLYPH + 1, np.uint8)
    marks[list(codes().stairs)] = _STAIRS_MARK
    marks[codes().oracle] = _ORACLE_MARK
    return marks


def _nearest(places: Array, x: int, y: int) -> Near:
    """Return the way to the nearest of some squares, counted row by row, `(n,)`."""
    if not len(places):
        return UNSEEN
    south, east = places // COLUMNS - y, places % COLUMNS - x
    distance = np.maximum(np.abs(south), np.abs(east))
    best = int(np.argmin(distance))
    return Near(True, int(east[best]), int(south[best]), int(distance[best]))


class Surroundings:
    """The squares around the character, beyond the map's edge too."""

    def __init__(self) -> None:
        self._wide = np.full((ROWS + 2 * REACH, COLUMNS + 2 * REACH), codes().blank, np.int16)

    def crop(self, glyphs: Array, x: int, y: int) -> Array:
        """Return the glyphs int16 `(9, 9)` around column x and row y: a view, until the next call."""
        self._wide[REACH:-REACH, REACH:-REACH] = glyphs
        return self._wide[y : y + SIDE, x : x + SIDE]


def adjacent_monsters(crop: Array) -> int:
    """Return how many monsters that are no pets stand beside the character in the middle of a crop."""
    beside = crop[REACH - 1 : REACH + 2, REACH - 1 : REACH + 2] < codes().monsters_end
    return int(np.count_nonzero(beside)) - int(beside[1, 1])


class Explored:
    """Which squares of which levels were ever shown in an episode."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], Array] = {}
        self._counts: dict[tuple[int, int], int] = {}

    def begin(self) -> None:
        """Forget everything: an episode begins."""
        self._seen.clear()
        self._counts.clear()

    def look(self, glyphs: Array, level: tuple[int, int]) -> None:
        """Take in the map of a level, a dungeon's number and the level's in it."""
        shown = glyphs != codes().blank
        known = self._seen.get(level)
        self._seen[level] = shown if known is None else np.logical_or(known, shown, out=known)
        self._counts[level] = int(np.count_nonzero(self._seen[level]))

    @property
    def squares(self) -> int:
        """Squares that were shown, of all levels together."""
        return sum(self._counts.values())

    @property
    def levels(self) -> int:
        """Levels that were visited."""
        return len(self._counts)
