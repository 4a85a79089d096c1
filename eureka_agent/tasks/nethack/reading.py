"""The numbers of a step: the status line, and what the map says beyond it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eureka_agent.tasks.nethack.dungeon import Explored, Surroundings, adjacent_monsters, codes, landmarks
from eureka_agent.tasks.nethack.game import HUNGER, Game
from eureka_agent.tasks.nethack.signals import STATUS

Array = np.ndarray
_X, _Y, _SCORE, _HP, _MAX_HP, _DEPTH, _GOLD, _ENERGY, _MAX_ENERGY, _ARMOR, _LEVEL, _EXPERIENCE = (
    0, 1, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19,
)  # fmt: skip
_TURN, _DUNGEON, _DUNGEON_LEVEL, _CONDITION = 20, 23, 24, 25
"""Places in NLE's status line."""


class Reading(NamedTuple):
    """One step."""

    crop: Array
    """int16 `(9, 9)`, until the next reading."""
    status: Array
    """float32 `(len(STATUS),)`; `reached` is 0."""


class Reader:
    """Reads one game, and remembers what an episode has seen."""

    def __init__(self) -> None:
        self._around = Surroundings()
        self._explored = Explored()
        self._deepest = 0

    def begin(self) -> None:
        """Forget the episode before."""
        self._explored.begin()
        self._deepest = 0

    def read(self, game: Game) -> Reading:
        """Return the numbers of the step that a game has just done."""
        line = game.stats
        x, y = line[_X], line[_Y]
        crop = self._around.crop(game.glyphs, x, y)
        self._explored.look(game.glyphs, (line[_DUNGEON], line[_DUNGEON_LEVEL]))
        self._deepest = max(self._deepest, line[_DEPTH])
        stairs, oracle = landmarks(game.glyphs, x, y)
        condition = line[_CONDITION]
        told = {
            "x": x,
            "y": y,
            "hp": 0 if game.over else line[_HP],
            "max_hp": line[_MAX_HP],
            "energy": line[_ENERGY],
            "max_energy": line[_MAX_ENERGY],
            "armor_class": line[_ARMOR],
            "level": line[_LEVEL],
            "experience": line[_EXPERIENCE],
            "depth": line[_DEPTH],
            "deepest": self._deepest,
            "gold": line[_GOLD],
            "score": line[_SCORE],
            "hunger": line[HUNGER],
            "turn": line[_TURN],
            "asked": game.asked,
            "on_stairs_down": game.on_stairs,
            "stairs_shown": stairs.shown or game.on_stairs,
            "stairs_east": 0 if game.on_stairs else stairs.east,
            "stairs_south": 0 if game.on_stairs else stairs.south,
            "stairs_distance": 0 if game.on_stairs else stairs.distance,
            "oracle_distance": oracle.distance,
            "adjacent_monsters": adjacent_monsters(crop),
            "explored": self._explored.squares,
            "levels_visited": self._explored.levels,
            "blind": condition & codes().blind != 0,
            "confused": condition & codes().confused != 0,
            "stunned": condition & codes().stunned != 0,
            "hallucinating": condition & codes().hallucinating != 0,
            "died": game.over,
            "reached": 0,
        }
        return Reading(crop, np.array([told[name] for name in STATUS], np.float32))
