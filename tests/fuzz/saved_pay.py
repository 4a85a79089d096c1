"""What rewards pay for random signals, and whether that is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from saved_bodies import VECTORS

ROWS, _STEPS = 8, 2


def random_signals(random: np.random.Generator, names: tuple[str, ...]) -> list[dict[str, np.ndarray]]:
    """Return signals for a few steps; their values are no thresholds of comparisons."""
    shapes = {name: (ROWS, VECTORS[name]) if name in VECTORS else (ROWS,) for name in names}
    return [
        {name: (random.integers(-160, 160, shape) / 64).astype(np.float32) for name, shape in shapes.items()}
        for _ in range(_STEPS)
    ]


def paid(reward: Any, signals: list[dict[str, np.ndarray]], memory: dict[str, Any]) -> Any:
    """Return reward and components at each step, or what was raised."""
    steps: list[Any] = []
    try:
        for given in signals:
            value, components, *rest = reward(dict(given), dict(memory))
            memory = rest[0] if rest and rest[0] is not None else memory
            steps.append({"the reward": value} | {f"component {name}": c for name, c in components.items()})
    except Exception:  # noqa: BLE001 - the loader words exceptions in its own way
        return "an error"
    return steps


def equal_pay(a: Any, b: Any) -> bool:
    """Say whether two rewards paid the same, or both raised."""
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str)
    return all(
        list(one) == list(two)
        and all(np.allclose(one[name], two[name], rtol=1e-4, atol=1e-5, equal_nan=True) for name in one)
        for one, two in zip(a, b, strict=True)
    )
