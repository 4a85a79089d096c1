"""The table of call forms over torch, with NumPy's rules for numbers, booleans and operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from eureka_agent.rewards.facade import ArrayBackend, constant_array, refuse_world_axis
from eureka_agent.rewards.torch_types import floating, numeric, tensors

NUMBERS = (bool, int, float)
Function = Callable[..., Any]
Tensor = torch.Tensor


def _unary(name: str, function: Function, prepare: Function = numeric) -> Function:
    plain = getattr(np, name)

    def call(x, /):
        if isinstance(x, NUMBERS):
            return plain(x).item()
        return function(prepare(x))

    return call


def _binary(name: str, function: Function, prepare: Function = numeric) -> Function:
    plain = getattr(np, name)

    def call(x1, x2, /):
        if isinstance(x1, NUMBERS) and isinstance(x2, NUMBERS):
            return plain(x1, x2).item()
        a, b = tensors(x1, x2)
        return function(prepare(a), prepare(b))

    return call


def _as_is(x: Tensor) -> Tensor:
    return x


_FLOAT_UNARY = {
    "sqrt": torch.sqrt, "reciprocal": torch.reciprocal, "exp": torch.exp, "exp2": torch.exp2,
    "expm1": torch.expm1, "log": torch.log, "log2": torch.log2, "log10": torch.log10, "log1p": torch.log1p,
    "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "arcsin": torch.arcsin, "arccos": torch.arccos,
    "arctan": torch.arctan, "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh,
    "arctanh": torch.arctanh, "deg2rad": torch.deg2rad, "radians": torch.deg2rad, "rad2deg": torch.rad2deg,
    "degrees": torch.rad2deg, "floor": torch.floor, "ceil": torch.ceil, "trunc": torch.trunc,
    "rint": torch.round,
}  # fmt: skip
_FLOAT_BINARY = {
    "arctan2": torch.arctan2, "hypot": torch.hypot, "logaddexp": torch.logaddexp, "copysign": torch.copysign,
    "divide": torch.true_divide, "true_divide": torch.true_divide,
}  # fmt: skip
_BINARY = {
    "maximum": torch.maximum, "minimum": torch.minimum, "fmax": torch.fmax, "fmin": torch.fmin,
    "mod": torch.remainder, "remainder": torch.remainder, "floor_divide": torch.floor_divide,
    "power": torch.pow,
}  # fmt: skip
_TESTS = {
    "greater": torch.gt, "greater_equal": torch.ge, "less": torch.lt, "less_equal": torch.le,
    "equal": torch.eq, "not_equal": torch.ne, "logical_and": torch.logical_and,
    "logical_or": torch.logical_or, "logical_xor": torch.logical_xor,
}  # fmt: skip


def _elementwise() -> dict[str, Function]:
    made = {name: _unary(name, f, floating) for name, f in _FLOAT_UNARY.items()}
    made |= {name: _binary(name, f, floating) for name, f in _FLOAT_BINARY.items()}
    made |= {name: _binary(name, f) for name, f in _BINARY.items()}
    made |= {name: _binary(name, f, _as_is) for name, f in _TESTS.items()}
    for name in ("isfinite", "isnan", "isinf", "logical_not"):
        made[name] = _unary(name, getattr(torch, name), _as_is)
    for name in ("abs", "absolute", "sign", "square"):
        made[name] = _unary(name, getattr(torch, name))
    made["negative"] = _unary("negative", _negative, _as_is)
    made["positive"] = _unary("positive", _as_is, _as_is)
    made |= {"add": _add, "subtract": _subtract, "multiply": _multiply}
    return made


# --- operators -------------------------------------------------------------------------------------


def _is_mask(x: Any) -> bool:
    return isinstance(x, Tensor) and x.dtype is torch.bool


def _arithmetic(operate: Function) -> Function:
    """Booleans count as 0 and 1 in arithmetic, as in NumPy; torch refuses some of that."""

    def call(a, b, /):
        if _is_mask(a):
            a = a.to(torch.int32)
        if _is_mask(b):
            b = b.to(torch.int32)
        return operate(a, b)

    return call


def _both_masks(a: Any, b: Any) -> bool:
    return (_is_mask(a) or isinstance(a, bool)) and (_is_mask(b) or isinstance(b, bool))


_ADD = _arithmetic(lambda a, b: a + b)
_SUBTRACT = _arithmetic(lambda a, b: a - b)
_MULTIPLY = _arithmetic(lambda a, b: a * b)


def _add(x1, x2, /):
    return torch.logical_or(*tensors(x1, x2)) if _is_mask(x1) and _both_masks(x1, x2) else _ADD(x1, x2)


def _multiply(x1, x2, /):
    return torch.logical_and(*tensors(x1, x2)) if _is_mask(x1) and _both_masks(x1, x2) else _MULTIPLY(x1, x2)


def _subtract(x1, x2, /):
    if _is_mask(x1) and _is_mask(x2):
        raise TypeError("booleans cannot be subtracted; write np.where(condition, 1.0, 0.0) first")
    return _SUBTRACT(x1, x2)


def _negative(x, /):
    if _is_mask(x):
        raise TypeError("a boolean has no negative; write -np.where(condition, 1.0, 0.0)")
    return -x


OPERATORS: dict[str, Function] = {
    "__Add__": _add,
    "__Sub__": _subtract,
    "__Mult__": _multiply,
    "__Div__": _arithmetic(lambda a, b: a / b),
    "__FloorDiv__": _arithmetic(lambda a, b: a // b),
    "__Mod__": _arithmetic(lambda a, b: a % b),
    "__Pow__": _arithmetic(lambda a, b: a**b),
    "__BitAnd__": lambda a, b: a & b,
    "__BitOr__": lambda a, b: a | b,
    "__BitXor__": lambda a, b: a ^ b,
    "__USub__": _negative,
    "__UAdd__": lambda a: +a,
    "__Invert__": lambda a: ~a,
}

# --- reductions and shapes -------------------------------------------------------------------------


def _reduction(name: str, function: Function, prepare: Function = _as_is) -> Function:
    def call(a, axis, *, keepdims=False):
        refuse_world_axis(name, axis, a.ndim)
        return function(prepare(a), dim=axis, keepdim=keepdims)

    return call


def _std(a: Tensor, *, dim: Any, keepdim: bool) -> Tensor:
    return torch.std(a, dim=dim, keepdim=keepdim, correction=0)


def _var(a: Tensor, *, dim: Any, keepdim: bool) -> Tensor:
    return torch.var(a, dim=dim, keepdim=keepdim, correction=0)


def _count_nonzero(a: Tensor, *, dim: Any, keepdim: bool) -> Tensor:
    return torch.sum(a != 0, dim=dim, keepdim=keepdim)


def _prod(a: Tensor, *, dim: Any, keepdim: bool) -> Tensor:
    axes = dim if isinstance(dim, tuple) else (dim,)
    for axis in sorted((axis % a.ndim for axis in axes), reverse=True):
        a = torch.prod(a, dim=axis, keepdim=keepdim)
    return a


def _reductions() -> dict[str, Function]:
    def argmax(a, axis):
        refuse_world_axis("argmax", axis, a.ndim)
        return torch.argmax(numeric(a), dim=axis)

    def argmin(a, axis):
        refuse_world_axis("argmin", axis, a.ndim)
        return torch.argmin(numeric(a), dim=axis)

    def norm(x, ord=None, *, axis, keepdims=False):
        refuse_world_axis("linalg.norm", axis, x.ndim)
        return torch.linalg.vector_norm(
            floating(x), ord=2 if ord is None else ord, dim=axis, keepdim=keepdims
        )

    table: dict[str, tuple[Function, Function]] = {
        "sum": (torch.sum, _as_is), "mean": (torch.mean, floating), "prod": (_prod, _as_is),
        "max": (torch.amax, _as_is), "amax": (torch.amax, _as_is), "min": (torch.amin, _as_is),
        "amin": (torch.amin, _as_is), "std": (_std, floating), "var": (_var, floating),
        "any": (torch.any, lambda a: a != 0), "all": (torch.all, lambda a: a != 0),
        "count_nonzero": (_count_nonzero, _as_is),
    }  # fmt: skip
    made = {name: _reduction(name, function, prepare) for name, (function, prepare) in table.items()}
    return {**made, "argmax": argmax, "argmin": argmin, "linalg.norm": norm}


def _choices(device: Any) -> dict[str, Function]:
    def pick(condition, x, y):
        if not isinstance(condition, Tensor):
            condition = torch.as_tensor(condition, device=device)
        if isinstance(x, Tensor) != isinstance(y, Tensor):
            x, y = tensors(x, y)
        return torch.where(condition != 0, x, y)

    def where(condition, x, y, /):
        return pick(condition, x, y)

    def select(condlist, choicelist, default=0):
        chosen = default
        for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
            chosen = pick(condition, choice, chosen)
        return chosen

    def around(a, decimals=0):
        if isinstance(a, NUMBERS):
            return np.round(a, decimals).item()
        return torch.round(a, decimals=decimals) if a.is_floating_point() else a

    def clip(a, a_min=None, a_max=None, *, min=None, max=None):
        low, high = min if a_min is None else a_min, max if a_max is None else a_max
        if isinstance(a, NUMBERS) and not isinstance(low, Tensor) and not isinstance(high, Tensor):
            return np.clip(a, low, high).item()
        made = a if low is None else _MAXIMUM(a, low)
        return made if high is None else _MINIMUM(made, high)

    def nan_to_num(x, *, nan=0.0, posinf=None, neginf=None):
        return torch.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)

    def isclose(a, b, rtol=1e-05, atol=1e-08):
        difference = torch.abs(torch.as_tensor(_subtract(a, b)))
        return difference <= atol + rtol * abs(b)

    named = (where, select, clip, nan_to_num, isclose)
    return {**{f.__name__: f for f in named}, "round": around}


_MAXIMUM = _binary("maximum", torch.maximum)
_MINIMUM = _binary("minimum", torch.minimum)


def _shapes(device: Any) -> dict[str, Function]:
    def stack(arrays, axis):
        refuse_world_axis("stack", axis, arrays[0].ndim + 1)
        return torch.stack(_promoted(arrays), dim=axis)

    def concatenate(arrays, axis):
        refuse_world_axis("concatenate", axis, arrays[0].ndim)
        return torch.cat(_promoted(arrays), dim=axis)

    def expand_dims(a, axis):
        refuse_world_axis("expand_dims", axis, a.ndim + 1)
        return torch.unsqueeze(a, axis)

    def squeeze(a, axis):
        refuse_world_axis("squeeze", axis, a.ndim)
        if a.shape[axis] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
        return torch.squeeze(a, dim=axis)

    def cross(a, b, *, axis=-1):
        refuse_world_axis("cross", axis, max(a.ndim, b.ndim))
        return torch.linalg.cross(*torch.broadcast_tensors(*tensors(a, b)), dim=axis)

    def diff(a, *, axis):
        refuse_world_axis("diff", axis, a.ndim)
        return torch.diff(a, dim=axis)

    def take_along_axis(arr, indices, axis):
        refuse_world_axis("take_along_axis", axis, arr.ndim)
        return torch.take_along_dim(arr, indices.to(torch.int64), dim=axis)

    def array(object):
        return torch.as_tensor(constant_array(object), device=device)

    def asarray(a):
        return torch.as_tensor(constant_array(a), device=device)

    named = (stack, concatenate, expand_dims, squeeze, cross, diff, take_along_axis, array, asarray)
    return {**{f.__name__: f for f in named}, **_likes()}


def _promoted(arrays: Any) -> list[Tensor]:
    common = arrays[0].dtype
    for array in arrays:
        common = torch.promote_types(common, array.dtype)
    return [array.to(common) for array in arrays]


def _likes() -> dict[str, Function]:
    def zeros_like(a):
        return torch.zeros_like(a)

    def ones_like(a):
        return torch.ones_like(a)

    def full_like(a, fill_value):
        if isinstance(fill_value, Tensor):
            return torch.zeros_like(a) + fill_value.to(a.dtype)
        return torch.full_like(a, fill_value)

    return {f.__name__: f for f in (zeros_like, ones_like, full_like)}


def _functions(device: Any) -> Mapping[str, Function]:
    return {**_elementwise(), **_reductions(), **_choices(device), **_shapes(device)}


def _device_of(arrays: Mapping[str, Any]) -> Any:
    return next((array.device for array in arrays.values() if isinstance(array, Tensor)), None)


def _select_rows(mask: Any, initial: np.ndarray, values: Tensor) -> Tensor:
    rows = torch.as_tensor(mask, device=values.device).reshape((-1,) + (1,) * initial.ndim)
    return torch.where(rows, torch.as_tensor(initial, device=values.device), values)


BACKEND = ArrayBackend(_functions, OPERATORS, torch.as_tensor, _select_rows, _device_of)
