"""Pendulum: the angle and its velocity, and how long it is held upright towards the end."""

from __future__ import annotations

import numpy as np

HELD_STEPS = 100
UPRIGHT_RAD = 0.2


def _measured(state, action):
    obs = state["obs"]
    return {
        "angle": np.arctan2(obs[:, 1], obs[:, 0]),
        "angular_velocity": obs[:, 2],
        "torque": action[:, 0],
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros((state["obs"].shape[0], 1), dtype=np.float32))


def signals(before, action, after):
    return _measured(after, action)


def fitness_episode(signals):
    """Share of the last 100 steps spent within 0.2 rad of upright, from 0 to 1."""
    return float(np.mean(np.abs(signals["angle"][-HELD_STEPS:]) < UPRIGHT_RAD))


def events(signals):
    return {"the pendulum is upright": np.abs(signals["angle"]) < UPRIGHT_RAD}
