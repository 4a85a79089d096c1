"""Cart and pole: the four observed numbers, and a count of balanced steps."""

from __future__ import annotations

import numpy as np


def _measured(state, action):
    obs = state["obs"]
    return {
        "cart_position": obs[:, 0],
        "cart_velocity": obs[:, 1],
        "pole_angle": obs[:, 2],
        "pole_angular_velocity": obs[:, 3],
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros((state["obs"].shape[0], 2), dtype=np.float32))


def signals(before, action, after):
    return _measured(after, action)


def fitness_step(signals):
    """One for every step taken, the last included: an episode lasts as long as the pole is balanced."""
    return np.ones_like(signals["pole_angle"])


def events(signals):
    return {
        "the pole fell": np.abs(signals["pole_angle"]) > 0.2094,
        "the cart left the track": np.abs(signals["cart_position"]) > 2.4,
    }
