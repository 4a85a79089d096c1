"""What a reward returns, and what must hold of it before anybody uses it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from eureka_agent.errors import RewardError

Array = Any
"""An array of the reward's library: `numpy.ndarray`, `jax.Array` or `torch.Tensor`."""

MAX_COMPONENTS = 32
MAX_COMPONENT_NAME = 64


class RewardOutput(NamedTuple):
    """What a reward returns for all rows at once."""

    reward: Array
    """(num_rows,)"""
    components: dict[str, Array]
    """Name to (num_rows,)."""
    memory: dict[str, Array] | None = None
    """Name to (num_rows, ...); None for a reward without memory."""


def validated(output: RewardOutput, num_rows: int) -> RewardOutput:
    """Return the output as float32 NumPy arrays of the promised shapes; a lone number fills its column.

    Raises:
        RewardError: a wrong shape or dtype, a value that is not finite, or bad component names; the
            message names the component and its first bad row.
    """
    components = output.components
    if not 1 <= len(components) <= MAX_COMPONENTS:
        raise RewardError(
            f"The reward returned {len(components)} components.",
            allowed=f"1 to {MAX_COMPONENTS}",
            fix='Return the named parts of the reward, e.g. {"forward": forward, "effort": effort}.',
        )
    for name in components:
        if not is_component_name(name):
            raise RewardError(
                f"A component is called {str(name)[:80]!r}.",
                allowed=f"text of 1 to {MAX_COMPONENT_NAME} printable characters",
                fix="Give each component a short name.",
            )
    reward = _column("the reward", output.reward, num_rows)
    columns = {name: _column(f"component '{name}'", value, num_rows) for name, value in components.items()}
    memory = output.memory
    if memory is not None:
        memory = {name: _memory_block(name, value, num_rows) for name, value in memory.items()}
    return RewardOutput(reward, columns, memory)


def is_component_name(name: object) -> bool:
    """Say whether a component may be called so: it is shown in tables and stored in files as it is."""
    return isinstance(name, str) and 1 <= len(name) <= MAX_COMPONENT_NAME and name.isprintable()


def _numeric(what: str, value: Array) -> np.ndarray:
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise RewardError(
            f"{what} is not an array: {error}.", fix="Return one number for each world."
        ) from error
    if array.dtype.kind not in "biuf":
        raise RewardError(
            f"{what} has type {array.dtype}.", allowed="real numbers", fix="Return float arrays."
        )
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype(np.float32)


def _column(what: str, value: Array, num_rows: int) -> np.ndarray:
    array = _numeric(what, value)
    if array.shape == ():
        array = np.full(num_rows, array, dtype=np.float32)
    if array.shape != (num_rows,):
        raise RewardError(
            f"{what} has shape {array.shape}; one number for each world is ({num_rows},).",
            allowed="shape (num_envs,)",
            fix="Pick a column with x[:, 0], or reduce the last axis with np.sum(x, axis=-1).",
        )
    return _finite(what, array)


def _memory_block(name: str, value: Array, num_rows: int) -> np.ndarray:
    what = f"memory '{name}'"
    array = _numeric(what, value)
    if array.shape == ():
        array = np.full(num_rows, array, dtype=np.float32)
    if array.shape[0] != num_rows:
        raise RewardError(
            f"{what} has shape {array.shape}; the leading axis must be {num_rows}.",
            allowed="shape (num_envs, ...)",
            fix="Keep one value (or row) for each world.",
        )
    return _finite(what, array)


def _finite(what: str, array: np.ndarray) -> np.ndarray:
    finite = np.isfinite(array)
    if finite.all():
        return array
    row = int(np.argwhere(~finite)[0][0])
    bad = float(array[row].ravel()[np.argmin(finite[row].ravel())])
    shown = "NaN" if math.isnan(bad) else f"{bad}"
    raise RewardError(
        f"{what} is {shown} in row {row} ({int((~finite).sum())} bad values of {array.size}).",
        allowed="finite numbers within float32",
        fix="Guard divisions, logarithms, roots and exponentials: np.maximum(x, 1e-6), np.clip(x, -10, 10).",
    )
