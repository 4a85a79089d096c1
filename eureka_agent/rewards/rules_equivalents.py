"""NumPy's functions outside the table of call forms, written with those inside it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import reduce

from eureka_agent.rewards.rewrites import as_number, np_call, number, where
from eureka_agent.rewards.rules_methods import of_vectors
from eureka_agent.rewards.source import literal

Instead = tuple[ast.expr, str] | None
"""What to write, and where that holds (see `Report.rewrite`)."""

_OF_TWO_VECTORS = " for two vectors of each world"
_OF_NUMBERS = " for arrays of one number a world; vectors are joined with np.concatenate([a, b], axis=-1)"
_FLOATS = frozenset({"float16", "float32", "float64", "float_"})


def equivalent(call: ast.Call, name: str) -> Instead:
    """Return what a call of `np.name` is written as, or None where that is not known to be the same."""
    named = {k.arg: k.value for k in call.keywords if k.arg}
    if len(named) != len(call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    if name in _FLOATS:
        return (call.args[0], "") if len(call.args) == 1 and not named else None
    if name.endswith(".reduce"):
        return _reduce(call, name.removesuffix(".reduce"), named)
    if name in _OF_ELEMENTS:
        wanted, make = _OF_ELEMENTS[name]
        return (make(*call.args), _NOTES.get(name, "")) if len(call.args) == wanted and not named else None
    if name in _REDUCTIONS:
        return _reduction(call, _REDUCTIONS[name], named)
    if name == "concat":
        return np_call("concatenate", *call.args, **named), ""
    if name in ("hstack", "column_stack") and len(call.args) == 1 and not named:
        return np_call("stack", call.args[0], axis=number(-1)), _OF_NUMBERS
    return None


def _heaviside(x: ast.expr, at_zero: ast.expr) -> ast.expr:
    below = where(ast.Compare(x, [ast.Lt()], [number(0.0)]), number(0.0), at_zero)
    return where(ast.Compare(x, [ast.Gt()], [number(0.0)]), number(1.0), below)


def _cube_root(x: ast.expr) -> ast.expr:
    third = ast.BinOp(number(1.0), ast.Div(), number(3.0))
    return ast.BinOp(np_call("sign", x), ast.Mult(), ast.BinOp(np_call("abs", x), ast.Pow(), third))


def _product(a: ast.expr, b: ast.expr) -> ast.expr:
    return np_call("sum", ast.BinOp(a, ast.Mult(), b), axis=number(-1))


def _operator(symbol: ast.operator) -> Callable[..., ast.expr]:
    return lambda a, b: ast.BinOp(a, symbol, b)


_OF_ELEMENTS: Mapping[str, tuple[int, Callable[..., ast.expr]]] = {
    "heaviside": (2, _heaviside),
    "cbrt": (1, _cube_root),
    "fabs": (1, lambda x: np_call("abs", x)),
    "float_power": (2, _operator(ast.Pow())),
    "pow": (2, lambda a, b: np_call("power", a, b)),
    "bitwise_and": (2, _operator(ast.BitAnd())),
    "bitwise_or": (2, _operator(ast.BitOr())),
    **dict.fromkeys(("dot", "inner", "vdot", "matmul"), (2, _product)),
}
_NOTES: Mapping[str, str] = dict.fromkeys(("dot", "inner", "vdot", "matmul"), _OF_TWO_VECTORS)


def _reduce(call: ast.Call, name: str, named: Mapping[str, ast.expr]) -> Instead:
    """Return `f(f(a, b), c)` for `np.f.reduce([a, b, c])`."""
    items = call.args[0] if len(call.args) == 1 else None
    axis = named.get("axis")
    if not isinstance(items, (ast.List, ast.Tuple)) or len(items.elts) < 2 or set(named) - {"axis"}:
        return None
    if name not in ("maximum", "minimum", "logical_and", "logical_or") or (axis and literal(axis) != 0):
        return None
    return reduce(lambda a, b: np_call(name, a, b), items.elts), ""


def _reduction(call: ast.Call, make: Callable[..., ast.expr], named: Mapping[str, ast.expr]) -> Instead:
    axis = named.get("axis", call.args[1] if len(call.args) == 2 else None)
    if not 1 <= len(call.args) <= 2 or set(named) - {"axis"}:
        return None
    if axis is None:
        return make(call.args[0], number(-1)), of_vectors("sum")
    return make(call.args[0], number(1) if literal(axis) == 0 else axis), ""


def _known(x: ast.expr) -> ast.expr:
    return where(np_call("isnan", x), number(0.0), x)


def _range(x: ast.expr, axis: ast.expr) -> ast.expr:
    return ast.BinOp(np_call("max", x, axis=axis), ast.Sub(), np_call("min", x, axis=axis))


def _mean_of_known(x: ast.expr, axis: ast.expr) -> ast.expr:
    counted = as_number(np_call("logical_not", np_call("isnan", x)))
    return ast.BinOp(np_call("sum", _known(x), axis=axis), ast.Div(), np_call("sum", counted, axis=axis))


_REDUCTIONS: Mapping[str, Callable[..., ast.expr]] = {
    "ptp": _range,
    "average": lambda x, axis: np_call("mean", x, axis=axis),
    "nansum": lambda x, axis: np_call("sum", _known(x), axis=axis),
    "nanmean": _mean_of_known,
}
