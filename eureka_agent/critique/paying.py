"""What a reward pays for whole episodes, all of them asked at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.rewards.source import RewardSource
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluate_reward import RewardEvaluator
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
TIMEOUT_S = 10.0
"""For all episodes together, a reward that hangs included."""


class Payment(NamedTuple):
    """What one episode earns."""

    a_step: float
    """Mean over its steps."""
    whole: float
    """Sum over its steps."""
    discounted: float
    """Sum over its steps, each discounted once for every step before it."""


class JoinedEpisodes:
    """Whole episodes with the same signals, as a reward worker takes them; arrays are joined once."""

    def __init__(self, episodes: Sequence[Trajectory]) -> None:
        """`episodes` must not be empty."""
        self.episodes = tuple(episodes)
        self._joined: dict[str, Array] = {}

    def signals(self, parsed: RewardSource) -> tuple[dict[str, Array], Array]:
        """Return what a reward reads, each `(T, N, ...)`, and where episodes begin, bool `(T, N)`.

        A reward with memory gets the episodes side by side, the shorter ones again and again until the
        longest has ended; one without gets all steps in one row, T = 1. Signals nobody recorded are left out.
        """
        names = [n for n in parsed.arguments if all(n in episode.signals for episode in self.episodes)]
        joined = {name: self._join(name) for name in names}
        first = self._first
        if not parsed.uses_memory:
            return {name: array[None] for name, array in joined.items()}, first[None]
        rows = self._repeated
        return {name: array[rows] for name, array in joined.items()}, first[rows]

    def split(self, paid: Array, parsed: RewardSource) -> list[Array]:
        """Return what was paid for `signals`, `(T, N)`, by episode, `(steps,)` each."""
        if not parsed.uses_memory:
            return np.split(paid[0], self._ends[:-1])
        return [paid[: episode.length, world] for world, episode in enumerate(self.episodes)]

    def _join(self, name: str) -> Array:
        if name not in self._joined:
            self._joined[name] = np.concatenate([episode.signals[name] for episode in self.episodes])
        return self._joined[name]

    @cached_property
    def _ends(self) -> Array:
        return np.cumsum([episode.length for episode in self.episodes])

    @cached_property
    def _first(self) -> Array:
        first = np.zeros(int(self._ends[-1]), dtype=bool)
        first[[0, *self._ends[:-1]]] = True
        return first

    @cached_property
    def _repeated(self) -> Array:
        """int `(T, N)`: the row of each world's step."""
        longest = max(episode.length for episode in self.episodes)
        begins = [0, *self._ends[:-1]]
        rows = [
            begin + np.arange(longest) % episode.length
            for begin, episode in zip(begins, self.episodes, strict=True)
        ]
        return np.stack(rows, axis=1)


PayEpisodeSet = Callable[[Coded, JoinedEpisodes], list[Array]]
"""Returns what a reward pays for each step of each episode; raises RewardError and WorkerError."""


def paying(task: Task, sandbox: RewardSandbox, *, timeout_s: float = TIMEOUT_S) -> PayEpisodeSet:
    """Return a function that asks a locked-down worker."""

    def pay(reward: Coded, episodes: JoinedEpisodes) -> list[Array]:
        signals, first = episodes.signals(reward.parsed)
        with RewardEvaluator(reward, task=task, sandbox=sandbox, rows=first.size) as evaluate:
            paid = evaluate(signals, first, timeout_s=timeout_s).reward
        return episodes.split(paid.astype(np.float64), reward.parsed)

    return pay


def payment(steps: Array, gamma: float) -> Payment:
    """Return what an episode earns from what its steps `(T,)` are paid."""
    discounts = gamma ** np.arange(len(steps))
    return Payment(float(steps.mean()), float(steps.sum()), float(steps @ discounts))
