"""Mountain car with half an engine: signals as in `mountain_car`, and whether the flag was reached."""

from __future__ import annotations

import numpy as np

FLAG_POSITION = 0.45


def _at_flag(signals):
    # The observation is rounded to float32, which may put the flag's 0.45 just below itself.
    return signals["position"] >= FLAG_POSITION - 1e-6


def fitness_step(signals):
    """One for a step that ends at the flag or beyond it, else zero."""
    return np.where(_at_flag(signals), np.float32(1.0), np.float32(0.0))


def events(signals):
    return {"the flag was reached": _at_flag(signals)}
