"""From a reward's source to a program for a device: traced by JAX, serialised, without its Python.

This runs generated code and so must run in the reward's own process; `jax_program.py` loads the program
and trusts nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.export
import jax.numpy as jnp
import numpy as np

from eureka_agent.errors import RewardError
from eureka_agent.rewards.loader import REWARD_FAULTS, RewardFunction, load_reward, raise_explained
from eureka_agent.rewards.output import MAX_COMPONENTS, RewardOutput
from eureka_agent.rewards.source import RewardSource

PLATFORMS = ("cpu", "cuda")
ROWS = "n"
"""The symbolic number of rows: one program serves every number of worlds."""


class SignalShape(NamedTuple):
    """One signal that a reward may request."""

    name: str
    shape: tuple[int, ...]
    """Of one world."""
    dtype: str


class Exported(NamedTuple):
    """A reward as a program."""

    module: bytes
    """What `jax.export` serialised; its arguments and results are described in `jax_program.py`."""
    components: tuple[str, ...]


def export_reward(text: str, signals: Sequence[SignalShape]) -> Exported:
    """Trace a reward for any number of rows, for a CPU and for a GPU.

    Raises RewardError where the reward does not load, cannot be traced, or returns something else than the
    contract says, as far as shapes tell; whether values are finite only running it can show.
    """
    # Loaded for NumPy: only checked. JAX would compute module-level constants at once, for which it compiles.
    source = load_reward(text, signals=[signal.name for signal in signals], strict=True).source
    by_name = {signal.name: signal for signal in signals}
    (rows,) = jax.export.symbolic_shape(ROWS)
    given = tuple(
        jax.ShapeDtypeStruct((rows, *by_name[name].shape), np.dtype(by_name[name].dtype))
        for name in source.arguments
    )
    memory = tuple(
        jax.ShapeDtypeStruct((rows, *row.shape), row.dtype) for row in memory_rows(source).values()
    )
    names: list[str] = []
    program = _program(source, names)
    try:
        made = jax.export.export(jax.jit(program, keep_unused=True), platforms=PLATFORMS)(given, memory)
    except REWARD_FAULTS as fault:
        raise_explained(fault)
    return Exported(bytes(made.serialize()), tuple(names))


def memory_rows(source: RewardSource) -> dict[str, np.ndarray]:
    """Return the initial memory of one world, float32 `(...)`, in the order of a program's arguments."""
    if not source.uses_memory:
        return {}
    return {
        name: np.asarray(source.memory_initial[name], dtype=np.float32)
        for name in sorted(source.memory_initial)
    }


def _program(source: RewardSource, names: list[str]) -> Any:
    """Return `(signals, memory) -> (reward, components, memory)`; tracing it fills in `names`."""

    def program(signals: tuple[Any, ...], memory: tuple[Any, ...]) -> Any:
        # Module-level constants are made by JAX, too: built in here, they are traced and never computed.
        reward = RewardFunction(source, "jax")
        initial = memory_rows(source)
        remembered = dict(zip(initial, memory, strict=True)) if source.uses_memory else None
        output = reward(dict(zip(source.arguments, signals, strict=True)), remembered)
        rows = signals[0].shape[:1]
        columns = _columns(output, rows)
        names[:] = list(columns)
        stacked = jnp.stack(list(columns.values()))
        return _column("the reward", output.reward, rows), stacked, _memory(output.memory, initial, rows)

    return program


def _columns(output: RewardOutput, rows: tuple[Any]) -> dict[str, Any]:
    components = output.components
    if not 1 <= len(components) <= MAX_COMPONENTS or not all(isinstance(name, str) for name in components):
        raise RewardError(
            f"The reward returned {len(components)} components.", allowed=f"1 to {MAX_COMPONENTS}, by name"
        )
    return {name: _column(f"component '{name}'", value, rows) for name, value in components.items()}


def _column(what: str, value: Any, rows: tuple[Any]) -> Any:
    column = jnp.asarray(value)
    if column.ndim == 0:
        column = jnp.broadcast_to(column, rows)
    if column.shape != rows or jnp.issubdtype(column.dtype, jnp.complexfloating):
        raise RewardError(
            f"{what} has shape {column.shape}; one number for each world is ({ROWS},).",
            allowed="shape (num_envs,)",
            fix="Pick a column with x[:, 0], or reduce the last axis with np.sum(x, axis=-1).",
        )
    return column.astype(jnp.float32)


def _memory(memory: Mapping[str, Any] | None, initial: Mapping[str, np.ndarray], rows: tuple[Any]) -> tuple:
    made = []
    for name, row in initial.items():
        value = jnp.asarray((memory or {})[name])
        wanted = (*rows, *row.shape)
        if value.ndim == 0:
            value = jnp.broadcast_to(value, wanted)
        if value.shape != wanted:
            raise RewardError(
                f"memory '{name}' has shape {value.shape} and began with {wanted}.",
                allowed="on a GPU: the shape that MEMORY gives it",
                fix="Write the initial value out in MEMORY with its whole shape.",
            )
        made.append(value.astype(jnp.float32))
    return tuple(made)
