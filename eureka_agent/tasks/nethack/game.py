"""One game of NetHack: keys in, what the screen shows out, with nothing of what it says lost.

NLE leaves it to its environments to go on through screens that wait for a key ("--More--"), and each screen
replaces the message of the one before: of what happened in a step only the last words would be left, and of a
death none. Here a step's message is everything that was said in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.tasks.nethack.keys import ESCAPE, KEYS, SPACE, answer

Array = np.ndarray
OBSERVED = ("glyphs", "blstats", "message", "program_state", "internal")
"""The observations that are asked of NLE: each of the others costs time at every step."""
MESSAGE = 256
"""Characters of a step's message."""
_GAME_OVER, _IN_MOVES = 0, 3
"""Places in `program_state`."""
_IN_QUESTION, _IN_LINE, _WAITS, _ON_STAIRS = 1, 2, 3, 4
"""Places in `internal`."""
HUNGER = 21
"""Place in the status line of how hungry the character is: 0 satiated, 1 not, 2 hungry, up to 6."""
_MOST_SCREENS = 200
"""Keys after which a step ends whatever the game still waits for."""
_SEEDS = 2**31


@dataclass(frozen=True)
class Setting:
    """Which game is played."""

    character: str = "mon-hum-neu-mal"
    """Role, race, alignment and gender, as NLE writes them."""
    options: tuple[str, ...] | None = None
    """NetHack's own options; None are NLE's."""
    spawn_monsters: bool = True
    """Whether monsters come into being while the game goes on."""
    levels: bytes | None = None
    """The file `nhdat` with other levels than NetHack's."""


class Game:
    """A game that can be begun again and again, each time from two seeds."""

    def __init__(self, setting: Setting) -> None:
        from nle import nethack  # pyright: ignore[reportMissingImports] - an extra

        self._files: tempfile.TemporaryDirectory[str] | None = None
        place: dict[str, Any] = {}
        if setting.levels is not None:
            self._files = tempfile.TemporaryDirectory(prefix="levels")
            place["hackdir"] = self._files.name
            (Path(self._files.name) / "nhdat").write_bytes(setting.levels)
        self._nethack = nethack.Nethack(
            observation_keys=OBSERVED,
            playername=f"Agent-{setting.character}",
            ttyrec=None,
            options=setting.options,
            spawn_monsters=setting.spawn_monsters,
            fix_moon_phase=True,  # else the day on which it is played is a part of the game
            **place,
        )
        self.glyphs: Array = np.zeros(nethack.DUNGEON_SHAPE, np.int16)
        """int16 `(21, 79)`: the map as it was last shown."""
        self.stats: list[int] = []
        """The status line, in NLE's order, as it was last shown."""
        self.message = b""
        """All that was said in the last step, at most `MESSAGE` characters."""
        self.over = False
        """Whether the character died, or left the dungeon."""
        self.asked = False
        """Whether the game waits for a direction."""
        self.on_stairs = False
        """Whether the character stands on stairs that lead down."""
        self._answered = b""
        self._frame: Array | None = None

    def begin(self, generator: np.random.Generator) -> None:
        """Begin a game whose every chance depends on two numbers from this generator."""
        core, display = (int(seed) for seed in generator.integers(_SEEDS, size=2))
        self._nethack.set_initial_seeds(core, display, False, None)
        self.over, self._answered = False, b""
        said: list[bytes] = []
        self._show(self._nethack.reset(), said)
        for _ in range(_MOST_SCREENS):
            if self._state[_IN_MOVES]:
                break
            self._press(SPACE, said)
        self._end_step(said)

    def play(self, action: str) -> None:
        """Do what an action stands for, until the game waits for the next one."""
        said: list[bytes] = []
        self._press(KEYS[action], said)
        for _ in range(_MOST_SCREENS):
            key = None if self.over else self._needed_key(action, said)
            if key is None:
                break
            self._press(key, said)
        self._end_step(said)

    def _needed_key(self, action: str, said: list[bytes]) -> int | None:
        """Return the key without which the game does not go on; None where the next action is due."""
        if self._internal[_WAITS]:
            return SPACE
        if self._internal[_IN_LINE]:
            return ESCAPE
        if not self._internal[_IN_QUESTION]:
            return None
        question = self._words()
        key = answer(action, question, hunger=self.stats[HUNGER])
        if key is not None:  # a question that is answered here is no news
            self._answered = question
            if said:
                said.pop()
        return key

    def _press(self, key: int, said: list[bytes]) -> None:
        observed, self.over = self._nethack.step(key)
        self._show(observed, said)

    def _show(self, observed: Sequence[Array], said: list[bytes]) -> None:
        glyphs, stats, self._message, self._state, self._internal = observed
        words = self._words()
        if self._answered and words.startswith(self._answered):  # it is shown once more, with the key
            words = words[len(self._answered) :].strip()[1:].strip()
        self._answered = b""
        if words and words not in said[-1:]:
            said.append(words)
        if not (self.over or self._state[_GAME_OVER]):  # then the map is gone, and the numbers are 0
            np.copyto(self.glyphs, glyphs)
            self.stats = stats.tolist()

    def _words(self) -> bytes:
        return self._message.tobytes().split(b"\0", 1)[0].strip()

    def _end_step(self, said: list[bytes]) -> None:
        self.message = joined(said)
        going_on = not self.over
        self.asked = going_on and bool(self._internal[_IN_QUESTION])
        self.on_stairs = going_on and bool(self._internal[_ON_STAIRS])

    def picture(self) -> Array:
        """Return the map as tiles, uint8 `(336, 1264, 3)`."""
        from nle import nethack  # pyright: ignore[reportMissingImports] - an extra

        frame = self._frame
        if frame is None:
            self._nethack.setup_tiles()
            frame = self._frame = np.zeros(nethack.TILE_RENDER_SHAPE, np.uint8)
        self._nethack.draw_frame(frame)  # only what has changed since the last time
        return frame.copy()

    def close(self) -> None:
        """End the game and remove its files."""
        self._nethack.close()
        if self._files is not None:
            self._files.cleanup()


def joined(said: Sequence[bytes]) -> bytes:
    """Return what was said in a step as one text; where it is too long, without what came first."""
    kept = list(said)
    while len(kept) > 1 and len(b"  ".join(kept)) >= MESSAGE:
        kept.pop(0)
    return b"  ".join(kept)[: MESSAGE - 1]
