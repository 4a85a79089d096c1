"""Trajectories for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from eureka_agent.trajectories import Trajectory
from eureka_agent.trajectories.ending import RUNNING


def running(signals: Mapping[str, np.ndarray], **changes: Any) -> Trajectory:
    """Return the trajectory of an episode that goes on, of which only signals are known."""
    return Trajectory(**{
        "signals": signals, "terminated": False, "truncated": False, "ending": RUNNING, **changes,
    })  # fmt: skip


def whole(steps: int, **changes: Any) -> Trajectory:
    """Return an episode of which everything is known."""
    rows = np.arange(steps, dtype=np.float32)
    action = np.stack([rows - 1, 0.5 * rows], axis=1)
    signals = {
        "height": rows,
        "action": np.clip(action, -1, 1),
        "prev_height": np.array([7.0, *rows[:-1]], np.float32),
        "prev_action": np.concatenate([np.zeros((1, 2), np.float32), np.clip(action, -1, 1)[:-1]]),
    }
    return running(signals, **{
        "terminated": True, "ending": "the pole fell", "action": action,
        "native_reward": 0.1 * np.arange(steps), "reward": -rows,
        "components": {"near": rows, "far": 2 * rows}, "fitness": 0.1 + 0.2,
        "fitness_so_far": rows, "fitness_version": "1", "seed": 2**31 - 1, **changes,
    })  # fmt: skip
