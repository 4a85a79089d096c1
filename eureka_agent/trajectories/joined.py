"""Episodes joined into one batch, and what was paid for it taken apart again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray


class JoinedEpisodes:
    """Episodes with the same signals, as a reward worker takes them; arrays are joined once."""

    def __init__(self, episodes: Sequence[Trajectory]) -> None:
        self.episodes = tuple(episodes)
        self._joined: dict[str, Array] = {}

    @property
    def rows(self) -> int:
        """Steps of all episodes together."""
        return sum(episode.length for episode in self.episodes)

    def signals(self, names: Sequence[str], *, side_by_side: bool) -> tuple[dict[str, Array], Array]:
        """Return signals, each `(T, N, ...)`, and where episodes begin, bool `(T, N)`.

        A reward with memory needs the episodes `side_by_side`: the shorter ones come again and again until
        the longest has ended. Else all steps are in one row, T = 1. Signals nobody recorded are left out.
        """
        known = [name for name in names if all(name in episode.signals for episode in self.episodes)]
        joined = {name: self._join(name) for name in known}
        first = self._first
        if not side_by_side:
            return {name: array[None] for name, array in joined.items()}, first[None]
        rows = self._repeated
        return {name: array[rows] for name, array in joined.items()}, first[rows]

    def progress(self, *, side_by_side: bool) -> Array:
        """Return each episode's progress, float32, from which `(T, N)` is broadcast as `signals` has it."""
        each = np.array([episode.progress for episode in self.episodes], np.float32)
        if side_by_side:
            return each
        return np.repeat(each, [episode.length for episode in self.episodes])

    def split(self, paid: Array, *, side_by_side: bool) -> list[Array]:
        """Return what was paid for `signals`, `(T, N)`, by episode, `(steps,)` each."""
        if not side_by_side:
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
