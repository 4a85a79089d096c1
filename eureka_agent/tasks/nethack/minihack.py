"""MiniHack's levels, played by the same environment as NetHack itself."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym

from eureka_agent.errors import TaskError
from eureka_agent.tasks.nethack.env import NetHackEnv
from eureka_agent.tasks.nethack.game import Game, Setting
from eureka_agent.tasks.nethack.keys import MOVES
from eureka_agent.tasks.packages import require

NEEDS = ("nle>=1.3", "minihack>=1.0.2")
"""MiniHack 0.1.1, the newest that comes as a wheel, is for the older Gym."""
EXTRA = "minihack"


class _Levels(NamedTuple):
    """What MiniHack makes of one of its environments' level description."""

    levels: bytes
    """Its file `nhdat`."""
    options: tuple[str, ...]
    character: str


def make(
    level: str,
    *,
    actions: Sequence[str] = MOVES,
    goal: str = "stairs",
    render_mode: str | None = None,
) -> NetHackEnv:
    """Build NetHack with the levels of one of MiniHack's environments, without its rewards and its end.

    Args:
        level: an id, e.g. `MiniHack-Room-15x15-v0`.
        actions, goal, render_mode: as of `env.make`.

    Raises TaskError where `minihack` is not installed or too old, or has no such level.
    """
    require(NEEDS, extra=EXTRA, who="MiniHack")
    made = _levels_of(level)
    setting = Setting(made.character, options=made.options, spawn_monsters=False, levels=made.levels)
    return NetHackEnv(Game(setting), actions=actions, goal=goal, render_mode=render_mode)


@functools.cache
def _levels_of(level: str) -> _Levels:
    """Have MiniHack compile a level, once in a process: it takes a tenth of a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its imports are deprecated
        import minihack  # noqa: F401 - registers its environments

        try:
            env: Any = gym.make(level, disable_env_checker=True).unwrapped
        except gym.error.Error as error:
            known = sorted(name for name in gym.registry if name.startswith("MiniHack-"))
            raise TaskError(
                f"MiniHack has no level '{level:.60}'.",
                allowed=", ".join(known),
                fix="Correct `level` among the arguments of the environment.",
            ) from error
    levels = (Path(env.nethack._vardir) / "nhdat").read_bytes()
    options = tuple(option for option in env.nethack.options if not option.startswith("name:"))
    character = env.character
    env.close()
    return _Levels(levels, options, character)
