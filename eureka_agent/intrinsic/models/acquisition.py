"""What is worth asking (SELM's optimism, or doubt alone)."""

from __future__ import annotations

import numpy as np

from eureka_agent.intrinsic.models.settings import ModelSettings

Array = np.ndarray


def wanted(settings: ModelSettings, value: Array, doubt: Array) -> Array:
    """Return how much answers are wanted, from what is estimated `(n,)` and how uncertain that is `(n,)`.

    `optimism` is mean + κ·deviation: what may be very good is asked first, as in self-exploring preference
    optimisation (arXiv 2405.19332). `disagreement` is the deviation alone.
    """
    return value + settings.optimism * doubt if settings.acquisition == "optimism" else doubt


def entropy(chance: Array) -> Array:
    """Return the entropy of a yes whose probability is `chance`, in bits: from 0 to 1."""
    inside = np.clip(chance, 1e-12, 1 - 1e-12)
    return -(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside))
