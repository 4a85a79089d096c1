"""MiniHack's levels: goals that scripted play reaches, and messages that tell how far it has come."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nethack_play import numbers, played, same, words

from eureka_agent.errors import TaskError
from eureka_agent.tasks.nethack.env import NetHackEnv
from eureka_agent.tasks.nethack.keys import MOVES
from eureka_agent.tasks.nethack.minihack import make

pytestmark = pytest.mark.minihack
ROOM, KEYROOM = "MiniHack-Room-15x15-v0", "MiniHack-KeyRoom-Fixed-S5-v0"
HANDS = (*MOVES, "pickup", "apply")
FLOOR, DOORS, OBJECTS = 2378, (2374, 2375), range(1907, 2359)
"""Glyphs."""


@contextmanager
def level(name: str, **settings: Any) -> Iterator[NetHackEnv]:
    env = make(name, **settings)
    try:
        yield env
    finally:
        env.close()


def test_walking_across_the_room_reaches_the_stairs_and_is_paid_once() -> None:
    with level(ROOM) as env:
        _, info = env.reset(seed=0)
        assert numbers(info)["stairs_distance"] == 14
        paid, ended = [], []
        for _ in range(14):
            _, reward, terminated, _, info = env.step(MOVES.index("southeast"))
            paid.append(reward)
            ended.append(terminated)
        assert paid == [0.0] * 13 + [1.0]
        assert ended == [False] * 13 + [True]
        assert numbers(info)["on_stairs_down"] == numbers(info)["reached"] == 1
        assert numbers(info)["stairs_distance"] == 0
        assert numbers(env.reset()[1])["stairs_distance"] == 14


def test_a_level_is_compiled_where_paths_have_spaces(tmp_path: Path) -> None:
    place = tmp_path / "my runs"
    place.mkdir()
    code = f"""
from eureka_agent.tasks.nethack.minihack import make
env = make({ROOM!r})
env.reset(seed=0)
print([env.step({MOVES.index("southeast")})[2] for _ in range(14)][-1])  # it ends on the stairs
"""
    told = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(place)}, capture_output=True, text=True
    )
    assert told.stdout.split()[-1:] == ["True"], told.stderr


OFFSETS = {
    (0, -1): "north", (1, 0): "east", (0, 1): "south", (-1, 0): "west",
    (1, -1): "northeast", (1, 1): "southeast", (-1, 1): "southwest", (-1, -1): "northwest",
}  # fmt: skip
Place = tuple[int, int]


class Walker:
    """Knows where things are on the map, and the way there over squares of floor."""

    def __init__(self, env: NetHackEnv, info: dict[str, Any]) -> None:
        self.env, self.info = env, info

    def places(self, *glyphs: int) -> list[Place]:
        """Return the columns and rows at which one of the glyphs is shown."""
        found = np.isin(self.env._game.glyphs, glyphs)
        return [(int(x), int(y)) for y, x in np.argwhere(found)]

    @property
    def at(self) -> Place:
        return int(numbers(self.info)["x"]), int(numbers(self.info)["y"])

    def do(self, action: str) -> str:
        """Do something; return what was said."""
        self.info = self.env.step(HANDS.index(action))[4]
        return words(self.info)

    def walk(self, goal: Place) -> str:
        """Walk to a square by the shortest way over floor; return what was said in the last step."""
        floor = {*self.places(FLOOR), goal}
        ways: dict[Place, list[str]] = {self.at: []}
        waiting = [self.at]
        while waiting:
            here = waiting.pop(0)
            for (east, south), name in OFFSETS.items():
                there = here[0] + east, here[1] + south
                if there in floor and there not in ways:
                    ways[there] = [*ways[here], name]
                    waiting.append(there)
        said = ""
        for name in ways[goal]:
            said = self.do(name)
        return said


@contextmanager
def before_a_locked_room() -> Iterator[Walker]:
    """A level whose door is in sight at the beginning."""
    with level(KEYROOM, actions=HANDS) as env:
        walkers = (Walker(env, env.reset(seed=seed)[1]) for seed in range(40))
        yield next(walker for walker in walkers if walker.places(*DOORS))


def test_the_way_through_a_locked_door_is_told_in_words() -> None:
    with before_a_locked_room() as walker:
        (door,) = walker.places(*DOORS)
        (key,) = walker.places(*OBJECTS)
        assert "You see here a key" in walker.walk(key)
        assert "key" in walker.do("pickup")
        before = next(
            (door[0] + east, door[1] + south)
            for (east, south) in OFFSETS
            if 0 in (east, south) and (door[0] + east, door[1] + south) in walker.places(FLOOR)
        )
        walker.walk(before)
        into = OFFSETS[door[0] - before[0], door[1] - before[1]]
        said = []
        while not any("You succeed in unlocking the door." in told for told in said) and len(said) < 40:
            said.append(walker.do("apply"))
            assert numbers(walker.info)["asked"] == 1
            said.append(walker.do(into))
        assert said[0].endswith("In what direction?")
        assert "You succeed in unlocking the door." in said[-1]
        while "The door opens." not in said[-1] and len(said) < 60:
            said.append(walker.do(into))
        assert "The door opens." in said[-1]
        assert numbers(walker.info)["reached"] == 0


def test_levels_differ_from_game_to_game_and_are_repeatable() -> None:
    with level(KEYROOM, actions=HANDS) as one, level(KEYROOM, actions=HANDS) as other:
        first = played(one, 600, seed=3)
        assert same(first, played(other, 600, seed=3))
        assert not same(first, played(other, 600, seed=4))


def test_a_level_that_is_none_brings_those_there_are() -> None:
    with pytest.raises(TaskError, match="MiniHack has no level 'MiniHack-Rom-5x5-v0'") as caught:
        make("MiniHack-Rom-5x5-v0")
    assert ROOM in caught.value.allowed
