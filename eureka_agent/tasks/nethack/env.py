"""NetHack as a Gymnasium environment with a flat observation; `make` is what task folders name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.nethack.game import MESSAGE, Game, Setting
from eureka_agent.tasks.nethack.keys import PLAY, check_actions
from eureka_agent.tasks.nethack.layout import GLYPHS, OBSERVATION, VOCABULARY, observation
from eureka_agent.tasks.nethack.reading import Reader
from eureka_agent.tasks.nethack.signals import STATUS
from eureka_agent.tasks.packages import require

Array = np.ndarray
NEEDS = ("nle>=1.3",)
EXTRA = "nethack"

_PLACE = {name: place for place, name in enumerate(STATUS)}
_REACHED, _SCORE = _PLACE["reached"], _PLACE["score"]

GOALS: dict[str, Callable[[Array], bool]] = {
    "none": lambda status: False,
    "stairs": lambda status: bool(status[_PLACE["on_stairs_down"]]),
    "oracle": lambda status: bool(
        # Who hallucinates sees everything as something else, the Oracle now and then.
        status[_PLACE["oracle_distance"]] <= 1 and not status[_PLACE["hallucinating"]]
    ),
}
"""What ends an episode besides death: standing on stairs that lead down; standing beside the Oracle."""


class NetHackEnv(gym.Env[Array, np.int64]):
    """NetHack, one action at a time.

    A character explores a dungeon of many levels, which is another one in every episode, and knows the map as
    far as it has come. The policy observes the 9 x 9 squares around it, the status line, the way to the
    nearest stairs down on the map, and words of the last message. Screens that wait for a key are gone
    through, and all that was said on them is the message of the step. After a kick the game asks for a
    direction, which the next action answers.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 8}  # noqa: RUF012 - as Gymnasium has it

    def __init__(
        self,
        game: Game,
        *,
        actions: Sequence[str] = PLAY,
        goal: str = "none",
        render_mode: str | None = None,
    ) -> None:
        """The environment closes the `game`; `actions` are names of `keys.KEYS`, `goal` is one of `GOALS`."""
        self.actions = check_actions(actions)
        self.goal = _checked_goal(goal)
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(len(self.actions))
        self.observation_space = _observation_space()
        self._game, self._reader = game, Reader()
        self._score = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict]:
        """Begin a game; each depends on the last seed that was given, and on how many have begun since."""
        super().reset(seed=seed, options=options)
        self._game.begin(self.np_random)
        self._reader.begin()
        obs, status, info = self._look()
        self._score = float(status[_SCORE])
        return obs, info

    def step(self, action: Any) -> tuple[Array, float, bool, bool, dict]:
        """Do one action, and go through whatever the game shows until the next."""
        self._game.play(self.actions[int(action)])
        obs, status, info = self._look()
        terminated = self._game.over or bool(status[_REACHED])
        return obs, self._native_reward(status), terminated, False, info

    def _native_reward(self, status: Array) -> float:
        """Pay the points gained; where there is a goal, 1 when it is reached."""
        gained, self._score = float(status[_SCORE]) - self._score, float(status[_SCORE])
        return gained if self.goal == "none" else float(status[_REACHED])

    def _look(self) -> tuple[Array, Array, dict[str, Array]]:
        """Return the observation, the status `(len(STATUS),)`, and both entries of `info`."""
        crop, status = self._reader.read(self._game)
        status[_REACHED] = GOALS[self.goal](status) and not self._game.over
        message = self._game.message
        letters = np.frombuffer(message.ljust(MESSAGE, b"\0"), np.uint8)
        return observation(crop, status, message), status, {"status": status, "message": letters}

    def render(self) -> Any:
        """Return the map as tiles, uint8 `(336, 1264, 3)`; None unless the environment was made to render."""
        return self._game.picture() if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """End the game and remove its files."""
        self._game.close()


def make(
    *,
    actions: Sequence[str] = PLAY,
    goal: str = "none",
    character: str = "mon-hum-neu-mal",
    render_mode: str | None = None,
) -> NetHackEnv:
    """Build NetHack; raises TaskError where `nle` is not installed.

    Args:
        actions: names of `keys.KEYS`, in the order of the action space.
        goal: one of `GOALS`; reaching it ends the episode.
        character: role, race, alignment and gender as NLE writes them.
        render_mode: `rgb_array`, or None.
    """
    require(NEEDS, extra=EXTRA, who="NetHack")
    return NetHackEnv(Game(Setting(character)), actions=actions, goal=goal, render_mode=render_mode)


def _checked_goal(goal: str) -> str:
    if goal not in GOALS:
        raise TaskError(
            f"NetHack has no goal {goal!r:.40} here.{did_you_mean(goal, GOALS)}",
            allowed=", ".join(GOALS),
            fix="Correct `goal` among the arguments of the environment.",
        )
    return goal


def _observation_space() -> spaces.Box:
    low, high = np.full(OBSERVATION, -np.inf, np.float32), np.full(OBSERVATION, np.inf, np.float32)
    low[:GLYPHS], high[:GLYPHS] = 0.0, VOCABULARY - 1.0
    return spaces.Box(low, high, dtype=np.float32)
