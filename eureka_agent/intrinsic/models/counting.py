"""How often a caption has been seen in its episode, and what that leaves of a reward (arXiv 2410.23022)."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from eureka_agent.intrinsic.captioning.captions import NONE
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.saving import Saved, about, damaged, expect, packed, unpacked

Array = np.ndarray
_KIND = "episodic counts"


class EpisodicCounts:
    """N(caption): how many steps of a world's episode have had a caption, across rollouts.

    It holds the captions of the episodes that are going on, and nothing else.
    """

    def __init__(self, num_envs: int) -> None:
        self._worlds: list[Counter[str]] = [Counter() for _ in range(num_envs)]

    def __len__(self) -> int:
        """How many counts are held, of all worlds."""
        return sum(len(world) for world in self._worlds)

    def discount(self, steps: CaptionedSteps, beta: float) -> Array:
        """Count the steps, and return 1 / N^beta of each, float32 `(T, N)`.

        N includes the step itself. Steps without a caption have 1. Rollouts come in order, each once. With
        beta 0, where all are 1, nothing is counted.
        """
        if not (math.isfinite(beta) and beta >= 0):
            raise ValueError(f"beta is a number from 0 on, not {beta}")
        if beta == 0:
            return np.ones(steps.first.shape, np.float32)
        return (self.count(steps).astype(np.float64) ** -beta).astype(np.float32)

    def count(self, steps: CaptionedSteps) -> Array:
        """Count the steps, and return N of each, int64 `(T, N)`; 1 where a step has no caption."""
        index, first = steps.captions.index, steps.first
        if index.shape != first.shape or index.shape[1] != len(self._worlds):
            raise ValueError(
                f"captions {index.shape} and first {first.shape} are not of {len(self._worlds)} worlds"
            )
        numbers = np.ones(index.shape, np.int64)
        episode = np.cumsum(first, axis=0)  # 0: the one that was going on before
        last = episode[-1] if len(episode) else np.zeros(len(self._worlds), np.int64)
        where = np.nonzero(index != NONE)  # in the order of time
        texts = steps.captions.texts
        span = max(1, len(texts))
        key = (where[1] * (len(episode) + 1) + episode[where]) * span + index[where]
        groups, group_of, sizes = np.unique(key, return_inverse=True, return_counts=True)
        places, number = np.divmod(groups, span)
        worlds, episodes = np.divmod(places, len(episode) + 1)
        carried = self._carried(worlds, episodes, [texts[i] for i in number])
        numbers[where] = 1 + _ranks(group_of, sizes) + carried[group_of]
        self._keep(worlds, episodes == last[worlds], [texts[i] for i in number], sizes, last)
        return numbers

    def _carried(self, worlds: Array, episodes: Array, texts: list[str]) -> Array:
        carried = np.zeros(len(worlds), np.int64)
        for group in np.flatnonzero(episodes == 0):
            carried[group] = self._worlds[worlds[group]][texts[group]]
        return carried

    def _keep(self, worlds: Array, goes_on: Array, texts: list[str], sizes: Array, last: Array) -> None:
        """Add what was seen in the episodes that go on; forget those that ended."""
        for world in np.flatnonzero(last):
            self._worlds[world] = Counter()
        for group in np.flatnonzero(goes_on):
            self._worlds[worlds[group]][texts[group]] += int(sizes[group])

    def state_dict(self) -> Saved:
        """Return the counts of the episodes that are going on."""
        return about(_KIND, num_envs=len(self._worlds)) | {"counts": packed(self._worlds)}

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of something else or of other worlds."""
        expect(saved, _KIND, num_envs=len(self._worlds))
        worlds = unpacked(saved, "counts")
        if not (
            isinstance(worlds, list) and len(worlds) == len(self._worlds) and all(map(_is_counts, worlds))
        ):
            raise damaged(f"'counts' holds no counts of captions in {len(self._worlds)} worlds")
        self._worlds = [Counter(world) for world in worlds]


def _is_counts(world: object) -> bool:
    return isinstance(world, dict) and all(type(count) is int and count > 0 for count in world.values())


def _ranks(group_of: Array, sizes: Array) -> Array:
    """Return how many members of its group come before each item."""
    ranks = np.empty(len(group_of), np.int64)
    starts = np.cumsum(sizes) - sizes
    ranks[np.argsort(group_of, kind="stable")] = np.arange(len(group_of)) - np.repeat(starts, sizes)
    return ranks
