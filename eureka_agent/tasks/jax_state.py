"""What JAX holds as plain data: arrays, random keys, and trees of them (PyTrees).

Only the leaves are written. Their structure stays in the program: who restores a state gives one of the same
structure, as a reset leaves it. Nothing here imports JAX: where it was not, no value is one of its.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from eureka_agent.tasks.plain import packed, unpacked


def packed_tree(value: Any) -> list[Any]:
    """Return a JSON-able form of a tree's leaves; raises TypeError where one has none."""
    jax = sys.modules.get("jax")
    if jax is None:
        return [packed(value)]
    return [packed(_as_plain(jax, leaf)) for leaf in jax.tree_util.tree_leaves(value)]


def unpacked_tree(given: list[Any], like: Any) -> Any:
    """Return a packed tree, with the structure of `like`; raises TypeError if its leaves are others."""
    jax = sys.modules.get("jax")
    if jax is None:
        return unpacked(given[0])
    leaves, structure = jax.tree_util.tree_flatten(like)
    if len(leaves) != len(given):
        raise TypeError(f"The state has {len(given)} leaves, the environment's {len(leaves)}.")
    return structure.unflatten(
        [_as_before(jax, unpacked(new), old) for new, old in zip(given, leaves, strict=True)]
    )


def is_compiled(value: Any) -> bool:
    """Tell whether a value is a function that JAX compiles: pure, so that it remembers nothing."""
    return "jax" in sys.modules and type(value).__name__ == "PjitFunction"


def _as_plain(jax: Any, leaf: Any) -> Any:
    if not isinstance(leaf, jax.Array):
        return leaf
    return np.asarray(jax.random.key_data(leaf) if _is_key(jax, leaf) else leaf)


def _as_before(jax: Any, new: Any, old: Any) -> Any:
    """Return a leaf as the kind of value that the environment had there."""
    if not isinstance(old, jax.Array):
        return new
    if _is_key(jax, old):
        return jax.random.wrap_key_data(jax.numpy.asarray(new), impl=jax.random.key_impl(old))
    array = jax.numpy.asarray(new)
    if array.shape != old.shape or array.dtype != old.dtype:
        raise TypeError(f"An array is {array.dtype}{array.shape}, the environment's {old.dtype}{old.shape}.")
    # Python's numbers make weakly typed arrays, whose type gives way in arithmetic.
    return jax.numpy.asarray(array.item()) if old.weak_type and not array.ndim else array


def _is_key(jax: Any, leaf: Any) -> bool:
    return jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key)
