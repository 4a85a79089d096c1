"""Play for tests: random actions, and everything that an environment showed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eureka_agent.tasks.nethack import STATUS
from eureka_agent.tasks.nethack.env import NetHackEnv, make


@dataclass
class Played:
    """What was shown, the first reset's on, and after each end the next reset's."""

    shown: list[tuple[Any, ...]] = field(default_factory=list)
    ends: list[dict[str, float]] = field(default_factory=list)
    last_words: list[str] = field(default_factory=list)
    begun: list[dict[str, float]] = field(default_factory=list)
    """Numbers of the resets that followed the ends."""


@contextmanager
def game(**settings: Any) -> Iterator[NetHackEnv]:
    env = make(**settings)
    try:
        yield env
    finally:
        env.close()


def numbers(info: dict[str, Any]) -> dict[str, float]:
    return dict(zip(STATUS, info["status"].tolist(), strict=True))


def words(info: dict[str, Any]) -> str:
    return info["message"].tobytes().rstrip(b"\0").decode("ascii", errors="replace")


def played(env: NetHackEnv, steps: int, *, seed: int, actions: int | None = None) -> Played:
    """Play random actions, the first few of the action space only if told so; episodes follow each other."""
    generator = np.random.default_rng(seed)
    told = Played()
    obs, info = env.reset(seed=seed)
    told.shown.append((obs, info["status"], info["message"]))
    for action in generator.integers(actions or len(env.actions), size=steps):
        obs, paid, terminated, truncated, info = env.step(action)
        told.shown.append((obs, info["status"], info["message"], paid, terminated, truncated))
        if terminated:
            told.ends.append(numbers(info))
            told.last_words.append(words(info))
            obs, info = env.reset()
            told.begun.append(numbers(info))
            told.shown.append((obs, info["status"], info["message"]))
    return told


def same(one: Played, other: Played) -> bool:
    """Tell whether the same was shown, bit for bit."""
    return len(one.shown) == len(other.shown) and all(
        all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
        for before, after in zip(one.shown, other.shown, strict=True)
    )
