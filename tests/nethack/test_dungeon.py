"""What a map shows, on maps that are made up."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.tasks.nethack.dungeon import (
    COLUMNS,
    FAR,
    ROWS,
    UNSEEN,
    Explored,
    Surroundings,
    adjacent_monsters,
    codes,
    landmarks,
)

PLACES = st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1))


def blank() -> np.ndarray:
    return np.full((ROWS, COLUMNS), codes().blank, np.int16)


@given(PLACES, st.lists(PLACES, max_size=4), st.none() | PLACES)
def test_the_nearest_stairs_and_the_oracle_are_found(
    at: tuple[int, int], stairs: list[tuple[int, int]], oracle: tuple[int, int] | None
) -> None:
    glyphs = blank()
    for number, (x, y) in enumerate(stairs):
        glyphs[y, x] = codes().stairs[number % 2]
    if oracle is not None:
        glyphs[oracle[1], oracle[0]] = codes().oracle
    left = [place for place in stairs if place != oracle]
    found = landmarks(glyphs, *at)

    def steps(place: tuple[int, int]) -> int:
        return max(abs(place[0] - at[0]), abs(place[1] - at[1]))

    assert found.stairs.distance == min(map(steps, left), default=FAR)
    if found.stairs.shown:
        assert (at[0] + found.stairs.east, at[1] + found.stairs.south) in left
    assert found.oracle.distance == (FAR if oracle is None else steps(oracle))
    assert (found.oracle == UNSEEN) == (oracle is None)


@given(PLACES)
def test_a_crop_has_the_character_in_the_middle_and_nothing_beyond_the_edge(at: tuple[int, int]) -> None:
    glyphs = np.arange(ROWS * COLUMNS, dtype=np.int16).reshape(ROWS, COLUMNS)
    crop = Surroundings().crop(glyphs, *at)
    assert crop.shape == (9, 9)
    for row in range(9):
        for column in range(9):
            x, y = at[0] + column - 4, at[1] + row - 4
            inside = 0 <= x < COLUMNS and 0 <= y < ROWS
            assert crop[row, column] == (glyphs[y, x] if inside else codes().blank)


def test_monsters_beside_the_character_are_counted_and_pets_are_not() -> None:
    crop = np.full((9, 9), codes().blank, np.int16)
    crop[4, 4] = 333
    assert adjacent_monsters(crop) == 0
    crop[3, 3] = crop[5, 4] = 12
    crop[4, 5] = codes().monsters_end + 12
    crop[2, 4] = 12
    assert adjacent_monsters(crop) == 2


@given(st.lists(st.tuples(st.integers(0, 2), PLACES), max_size=12))
def test_squares_are_counted_once_a_level(shown: list[tuple[int, tuple[int, int]]]) -> None:
    explored = Explored()
    for level, (x, y) in shown:
        glyphs = blank()
        glyphs[y, x] = 1
        explored.look(glyphs, (0, level))
    assert explored.squares == len(set(shown))
    assert explored.levels == len({level for level, _ in shown})
    explored.begin()
    assert (explored.squares, explored.levels) == (0, 0)
