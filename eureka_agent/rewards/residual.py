"""What a reward pays beside its components: nothing, where they add up to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

RESIDUAL = "residual (reward − components)"
"""How it is called wherever components are shown."""

_NOTHING = 1e-2
"""Below this share of the reward's largest size it is rounding, or not worth a row."""
_ROUNDING = 1e-6
"""What float32 may lose of components that cancel, as a share of their sizes."""


def residual(reward: Any, components: Mapping[str, Any]) -> np.ndarray | None:
    """Return reward − Σ components as float64 of the reward's shape, or None where that is about 0.

    Takes arrays of any one shape: steps, or means of them, since it is linear. Of means it is the mean, in
    which what is missing now and then with either sign may vanish.
    """
    whole = np.asarray(reward, dtype=np.float64)
    parts = [np.asarray(values, dtype=np.float64) for values in components.values()]
    if not parts or not whole.size or any(part.shape != whole.shape for part in parts):
        return None
    rest = whole - sum(parts)
    size = float(np.max(np.abs(whole)))
    lost = _ROUNDING * float(max(np.max(np.abs(part)) for part in parts)) * len(parts)
    return None if float(np.max(np.abs(rest))) <= max(_NOTHING * size, lost) else rest
