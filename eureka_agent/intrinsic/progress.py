"""What is paid for a step beyond the step before: staying pays nothing, leaving costs what coming paid."""

from __future__ import annotations

import numpy as np

from eureka_agent.intrinsic.saving import Saved, about, damaged, expect

Array = np.ndarray
_KIND = "progress"


class Progress:
    """Differences of a reward along the episodes of N worlds, across rollouts.

    What is paid in an episode adds up to the reward of its last step: a potential without a discount (Ng,
    Harada and Russell, 1999), which is 0 before the first step and is not taken back at the end.
    """

    def __init__(self, num_envs: int) -> None:
        self._last = np.zeros(num_envs, np.float32)

    def __call__(self, reward: Array, first: Array) -> Array:
        """Return what T steps of N worlds add, float32 `(T, N)`; rollouts come in order, each once.

        `first`, bool `(T, N)`, tells the first steps of episodes.
        """
        before = np.concatenate([self._last[np.newaxis], reward])
        self._last = before[-1].copy()
        return reward - np.where(first, np.float32(0.0), before[:-1])

    def state_dict(self) -> Saved:
        """Return the reward of the last step of each world."""
        return about(_KIND, num_envs=len(self._last)) | {"last": self._last.copy()}

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of something else or of other worlds."""
        expect(saved, _KIND, num_envs=len(self._last))
        last = saved.get("last")
        if last is None or last.shape != self._last.shape or not np.isfinite(last).all():
            raise damaged(f"'last' holds no reward of {len(self._last)} worlds")
        self._last = last.astype(np.float32)
