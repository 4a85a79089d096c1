"""Taking in a reward that somebody else traced: what it may be made of, and calling it.

The bytes come from a process that ran generated code, so nothing about them is believed. A module may consist
of arithmetic only; what reaches outside a program (custom calls, callbacks, transfers, collectives) is
refused before anything of it is compiled.

A module is a function `(signals, memory) -> (reward, components, memory)` over any number of rows n: signals
are a tuple in the order of the reward's arguments, memory is one in the order of its names; the reward is
float32 `(n,)`, components `(C, n)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
from jax.interpreters import mlir
from jaxlib.mlir import ir

from eureka_agent.errors import RewardError
from eureka_agent.rewards.jax_export import PLATFORMS, SignalShape, memory_rows
from eureka_agent.rewards.loader import MAX_MODULE_BYTES
from eureka_agent.rewards.output import RewardOutput
from eureka_agent.rewards.source import RewardSource

ARITHMETIC = frozenset({
    "abs", "add", "and", "atan2", "broadcast_in_dim", "bitcast_convert", "cbrt", "ceil", "clamp", "compare",
    "concatenate", "constant", "convert", "cosine", "count_leading_zeros", "divide", "dot_general",
    "dynamic_broadcast_in_dim", "dynamic_gather", "dynamic_iota", "dynamic_pad", "dynamic_reshape",
    "dynamic_slice", "exponential", "exponential_minus_one", "floor", "gather", "get_dimension_size", "iota",
    "is_finite", "log", "log_plus_one", "logistic", "maximum", "minimum", "multiply", "negate", "not", "or",
    "pad", "popcnt", "power", "real_dynamic_slice", "reduce", "reduce_precision", "remainder", "reshape",
    "return", "reverse", "round_nearest_afz", "round_nearest_even", "rsqrt", "select", "shift_left",
    "shift_right_arithmetic", "shift_right_logical", "sign", "sine", "slice", "sort", "sqrt", "subtract",
    "tan", "tanh", "transpose", "xor",
})  # fmt: skip
"""Operations of StableHLO that compute from their operands and do nothing else. No loops: JAX writes none for
the portable subset, and without them a program always ends."""

_OTHERS = frozenset({"builtin.module", "func.func", "func.call", "func.return"})
_SHAPE_ASSERTION = "shape_assertion"
"""The one custom call there may be: JAX compares row counts with it, while compiling, and then drops it."""


class DeviceReward:
    """An admitted reward, callable inside a jitted program; get one from `admit`."""

    def __init__(
        self, module: jax.export.Exported, source: RewardSource, components: tuple[str, ...]
    ) -> None:
        self.arguments = source.arguments
        self.components = components
        self.memory_rows = memory_rows(source)
        """Name to the initial memory of one world, float32; empty for a reward without memory."""
        self._module = module

    def initial_memory(self, num_rows: int) -> dict[str, Any]:
        """Return the memory before an episode's first step, each `(num_rows, ...)`."""
        return {name: jnp.broadcast_to(row, (num_rows, *row.shape)) for name, row in self.memory_rows.items()}

    def __call__(self, signals: Mapping[str, Any], memory: Mapping[str, Any]) -> RewardOutput:
        """Return reward, components and memory for signals `(num_rows, ...)`; other names are ignored."""
        given = tuple(signals[name] for name in self.arguments)
        remembered = tuple(memory[name] for name in self.memory_rows)
        reward, stacked, after = self._module.call(given, remembered)
        columns = dict(zip(self.components, stacked, strict=True))
        return RewardOutput(reward, columns, dict(zip(self.memory_rows, after, strict=True)))


def admit(
    module: bytes, source: RewardSource, components: Sequence[str], signals: Sequence[SignalShape]
) -> DeviceReward:
    """Return a traced reward that may be called; raises RewardError saying what about it may not be.

    `source` is the reward's text as parsed here; `components` are the names that came with the module.
    """
    if len(module) > MAX_MODULE_BYTES:
        raise _refused(f"it has {len(module)} bytes", f"at most {MAX_MODULE_BYTES} bytes")
    try:
        exported = jax.export.deserialize(bytearray(module))
        text = exported.mlir_module()
    except Exception as error:  # reading a forged file may raise anything
        raise _refused(f"it cannot be read ({type(error).__name__})", "what jax.export writes") from error
    _check_outside(exported)
    _check_shapes(exported, source, len(components), signals)
    _check_operations(text, exported)
    return DeviceReward(exported, source, tuple(components))


def _check_outside(exported: jax.export.Exported) -> None:
    if exported.ordered_effects or exported.unordered_effects:
        raise _refused("it has effects besides its result", "none")
    if exported.nr_devices != 1:
        raise _refused(f"it wants {exported.nr_devices} devices", "one")
    if tuple(exported.platforms) != PLATFORMS:
        raise _refused(f"it is for {exported.platforms}", str(PLATFORMS))


def _check_shapes(
    exported: jax.export.Exported, source: RewardSource, components: int, signals: Sequence[SignalShape]
) -> None:
    by_name = {signal.name: signal for signal in signals}
    memory = [(row.shape, "float32") for row in memory_rows(source).values()]
    asked = [(by_name[name].shape, by_name[name].dtype) for name in source.arguments]
    wanted_in = [*asked, *memory]
    if [_row(aval, 0) for aval in exported.in_avals] != wanted_in:
        raise _refused(f"it takes {_shown(exported.in_avals)}", f"rows of {wanted_in}")
    wanted_out = [((), "float32"), *memory]
    outputs = list(exported.out_avals)
    stacked = outputs.pop(1) if len(outputs) > 1 else None
    right = stacked is not None and stacked.shape[:1] == (components,) and _row(stacked, 1) == wanted_out[0]
    if not right or [_row(aval, 0) for aval in outputs] != wanted_out:
        raise _refused(
            f"it gives {_shown(exported.out_avals)}", f"{components} components, rows of {wanted_out}"
        )
    rows = {str(aval.shape[0]) for aval in exported.in_avals} | {str(aval.shape[0]) for aval in outputs}
    kept = tuple(exported.module_kept_var_idx) == tuple(range(len(exported.in_avals)))
    given, returned = _trees(len(asked), len(memory))
    if len(rows) != 1 or not kept or (exported.in_tree, exported.out_tree) != (given, returned):
        raise _refused(
            "its arguments or results are arranged otherwise", "one symbolic number of rows in all"
        )


def _row(aval: Any, axis: int) -> tuple[tuple[int, ...], str] | None:
    """Return shape and dtype without the axis of rows, None where that axis has a fixed length."""
    if aval.ndim <= axis or not jax.export.is_symbolic_dim(aval.shape[axis]):
        return None
    return tuple(aval.shape[axis + 1 :]), np.dtype(aval.dtype).name


def _trees(signals: int, memory: int) -> tuple[Any, Any]:
    remembered = (0,) * memory
    structure = jax.tree_util.tree_structure
    return structure((((0,) * signals, remembered), {})), structure((0, 0, remembered))


def _shown(avals: Sequence[Any]) -> str:
    return ", ".join(f"{aval.dtype}{list(aval.shape)}" for aval in avals)[:500]


def _check_operations(text: str, exported: jax.export.Exported) -> None:
    """Walk the module itself: what is described beside it need not be what it does."""
    with mlir.make_ir_context():
        try:
            parsed = ir.Module.parse(text)
        except ir.MLIRError as error:
            raise _refused("its program cannot be parsed", "StableHLO") from error
        main = None
        for operation in _operations(parsed.operation):
            _check_operation(operation)
            if (
                operation.name == "func.func"
                and ir.StringAttr(operation.attributes["sym_name"]).value == "main"
            ):
                main = ir.FunctionType(ir.TypeAttr(operation.attributes["function_type"]).value)
        wanted = [_tensor(aval) for aval in exported.in_avals]
        wanted = ["tensor<i32>", *wanted] if len(PLATFORMS) > 1 else wanted  # which platform it runs on
        given = [str(kind) for kind in main.inputs] if main else []
        returned = [str(kind) for kind in main.results] if main else []
        if given != wanted or returned != [_tensor(aval) for aval in exported.out_avals]:
            raise _refused(f"its program takes {given} and gives {returned}", "what is described beside it")


def _tensor(aval: Any) -> str:
    kinds = {"float32": "f32", "int32": "i32"}
    dims = ["?" if jax.export.is_symbolic_dim(size) else str(size) for size in aval.shape]
    return f"tensor<{'x'.join([*dims, kinds.get(np.dtype(aval.dtype).name, 'other')])}>"


def _operations(operation: Any) -> Iterator[Any]:
    """Yield an operation and all that it contains."""
    yield operation
    for region in operation.regions:
        for block in region.blocks:
            for inner in block.operations:
                yield from _operations(inner.operation)


def _check_operation(operation: Any) -> None:
    name = operation.name
    if name in _OTHERS or name.removeprefix("stablehlo.") in ARITHMETIC:
        return
    if name == "stablehlo.custom_call":
        target = ir.StringAttr(operation.attributes["call_target_name"]).value
        if target == _SHAPE_ASSERTION and len(operation.results) == 0:
            return
        raise _refused(f"it calls '{target[:80]}' outside the program", "no custom calls")
    if name == "stablehlo.composite":
        called = ir.StringAttr(operation.attributes["name"]).value
        if called.startswith("chlo."):  # arcsin and the like, with how to compute them
            return
        raise _refused(f"it has the composite '{called[:80]}'", "composites of elementary functions")
    raise _refused(f"it has the operation '{name[:80]}'", "arithmetic")


def _refused(problem: str, allowed: str) -> RewardError:
    return RewardError(
        f"The traced reward is refused: {problem}.",
        allowed=allowed,
        fix="Keep to the portable subset of NumPy; such a reward traces to arithmetic only.",
    )
