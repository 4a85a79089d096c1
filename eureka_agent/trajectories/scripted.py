"""Behaviours that need no policy: resting, extremes, swings, random actions; and how they are told apart.

What a reward pays them shows, before any training, what a policy could settle for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.escaping import one_line
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
Script = Callable[[int], Array]
"""The action `(...)` of a step, counted from 0."""

STAGE = "scripted"
"""`Origin.stage` of scripted episodes, whose `Origin.candidate` is the behaviour's name."""
HALF_PERIODS = (1, 5, 25)
"""Steps after which a swing turns: trembling, about a gait, and slower than that."""
MOST_CONSTANT = 6
"""Discrete actions that are each held for a whole episode."""
RANDOM = "random actions"
LONGEST_NAME = 80


@dataclass(frozen=True)
class NamedEpisodes:
    """Whole episodes of one behaviour, or of one policy, each with its fitness."""

    name: str
    """As a sentence can begin with it: `no action`, `the policy of 1-03`."""
    episodes: tuple[Trajectory, ...]
    known_scores: tuple[float, ...] = ()
    """Scores of more episodes than are recorded, where they are known."""

    @property
    def scores(self) -> tuple[float, ...]:
        """Fitness of each episode of which it is known."""
        return self.known_scores or tuple(e.fitness for e in self.episodes if e.fitness is not None)


def scripts_of(space: gym.Space, seed: int) -> dict[str, Script]:
    """Return the behaviours that an action space has, by name; random actions are drawn from `seed`."""
    if isinstance(space, spaces.Discrete):
        return _discrete(space) | {RANDOM: _random(space, seed)}
    low, high = _ends(space)
    constant = {"the lowest action": low, "the highest action": high}
    if isinstance(space, spaces.Box):
        constant = {"no action": np.clip(np.zeros_like(low), low, high), **constant}
    swings = {
        f"full swings, turning {_every(steps)},": partial(_turning, (low, high), steps)
        for steps in HALF_PERIODS
    }
    return {name: partial(_constant, action) for name, action in constant.items()} | {
        **swings,
        RANDOM: _random(space, seed),
    }


def by_behaviour(episodes: Sequence[Trajectory]) -> tuple[NamedEpisodes, ...]:
    """Group scripted episodes by the behaviour that played them, in the order of the first of each.

    Names are made single short lines: the file may be a stranger's, and prompts tell them.
    """
    found: dict[str, list[Trajectory]] = {}
    for episode in episodes:
        found.setdefault(one_line(episode.origin.candidate)[:LONGEST_NAME], []).append(episode)
    return tuple(NamedEpisodes(name, tuple(played)) for name, played in found.items())


def _discrete(space: spaces.Discrete) -> dict[str, Script]:
    first, last = int(space.start), int(space.start + space.n) - 1
    held = np.unique(np.linspace(first, last, min(MOST_CONSTANT, int(space.n))).round().astype(int))
    constant: dict[str, Script] = {
        f"action {action} throughout": partial(_constant, np.asarray(action)) for action in held
    }
    ends = (np.asarray(first), np.asarray(last))
    turns: dict[str, Script] = {
        f"actions {first} and {last} in turn, changing {_every(steps)},": partial(_turning, ends, steps)
        for steps in HALF_PERIODS
    }
    return constant | (turns if first != last else {})


def _ends(space: gym.Space) -> tuple[Array, Array]:
    """Return the lowest and the highest action; an element without a bound is taken to end at -1 or 1."""
    if isinstance(space, spaces.Box):
        low, high = (np.asarray(end, dtype=np.float64) for end in (space.low, space.high))
        return np.where(np.isfinite(low), low, -1.0), np.where(np.isfinite(high), high, 1.0)
    if isinstance(space, spaces.MultiDiscrete):
        return space.start, space.start + space.nvec - 1
    if isinstance(space, spaces.MultiBinary):
        return np.zeros(space.shape, space.dtype), np.ones(space.shape, space.dtype)
    raise TypeError(f"no policy acts in a {type(space).__name__}")


def _every(steps: int) -> str:
    return "every step" if steps == 1 else f"every {steps} steps"


def _constant(action: Array, step: int) -> Array:
    return action


def _turning(ends: tuple[Array, Array], steps: int, step: int) -> Array:
    return ends[step // steps % 2]


def _random(space: gym.Space, seed: int) -> Script:
    own = copy.deepcopy(space)
    own.seed(seed)
    return lambda step: np.asarray(own.sample())
