"""MiniHack's levels, played by the same environment as NetHack itself."""

from __future__ import annotations

import functools
import importlib
import shutil
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
        base = importlib.import_module("minihack.base")  # registers its environments as well
        try:
            with _compiling(base):
                env: Any = gym.make(level, disable_env_checker=True).unwrapped
        except subprocess.CalledProcessError as error:
            raise TaskError(
                f"MiniHack's level '{level:.60}' could not be compiled: {error.stderr.strip():.200}",
                fix="Install minihack and nle anew, from the versions that this package names.",
            ) from error
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


@contextmanager
def _compiling(base: Any) -> Iterator[None]:
    """Compile levels here, not with MiniHack's script, which fails unnoticed where a path has a space.

    What is played then is an ordinary game of NetHack.
    """
    theirs = base.MiniHack._patch_nhdat
    base.MiniHack._patch_nhdat = functools.partialmethod(_compile, base)
    try:
        yield
    finally:
        base.MiniHack._patch_nhdat = theirs


def _compile(env: Any, base: Any, described: str) -> None:
    """Write the `nhdat` of a level description, which is a text or a file's name, for MiniHack's `env`."""
    place = Path(env.nethack._vardir)
    parts = place / "lib"
    shutil.copytree(base.LIB_DIR, parts, dirs_exist_ok=True)  # a level may be described anew
    if described.endswith(".des"):
        path = Path(described)
        described = (path if path.exists() else Path(base.PATH_DAT_DIR) / described).read_text()
    (parts / "level.des").write_text(described)
    tools = Path(base.HACKDIR)
    _run([str(tools / "lev_comp"), "level.des"], parts)
    (parts / "level.des").unlink()
    _run([str(tools / "dlb"), "cf", "nhdat", *sorted(path.name for path in parts.iterdir())], parts)
    shutil.move(parts / "nhdat", place / "nhdat")


def _run(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
