"""Whether a reward without a component pays what is left of it, on steps that were recorded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

RTOL = 1e-4
"""How far float32 sums in another order may differ, as a share of the largest number that takes part."""


def disagreement(
    component: str,
    weight: float,
    *,
    full: tuple[np.ndarray, Mapping[str, np.ndarray]],
    pruned: tuple[np.ndarray, Mapping[str, np.ndarray]],
) -> str:
    """Return what is wrong with a removal in a sentence, or an empty text.

    `full` and `pruned` are reward and components of the same steps, all of one shape. The pruned reward must
    be the full one less `weight` times the component, and the other components the same.
    """
    (reward, components), (left, others) = full, pruned
    kept = {name: values for name, values in components.items() if name != component}
    if kept.keys() != others.keys():
        return f"Without `{component}` the components are {', '.join(others)}."
    for name, values in kept.items():
        if not _same(values, others[name], [values]):
            return f"Without `{component}` the component `{name}` is another."
    taken = weight * components[component].astype(np.float64)
    if not _same(reward - taken, left, [reward, taken]):
        worst = int(np.argmax(np.abs(reward - taken - left)))
        return (
            f"Without `{component}` the reward is not what is left of it: in one recorded step "
            f"{left.flat[worst]:.4g} instead of {(reward - taken).flat[worst]:.4g}."
        )
    return ""


def _same(expected: np.ndarray, got: np.ndarray, parts: list[np.ndarray]) -> bool:
    size = max(float(np.max(np.abs(part), initial=0.0)) for part in parts)
    return bool(np.allclose(expected, got, rtol=RTOL, atol=RTOL * size))
