"""Methods of arrays, which a reward does not have: what each is written as with a function of the table."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from eureka_agent.rewards.forms import NP_FORMS
from eureka_agent.rewards.kinds import ANY, ARRAY, MASK, Kind
from eureka_agent.rewards.rewrites import as_number, np_call, number
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import dotted, shown

_OF_TWO_VECTORS = " for two vectors of each world"
_SAME = frozenset({"copy", "clone", "detach", "contiguous", "cpu", "item", "double"})
_CASTS = frozenset({"astype", "type", "to", "float", "int", "long", "bool"})
_OF_TORCH = frozenset({"max", "min", "std", "var", "median"})
"""Reductions that give something else with torch's `dim`: pairs, or divided by n - 1."""

Instead = tuple[ast.expr, str] | None
"""What to write, and where that holds (see `Report.rewrite`)."""


def of_vectors(name: str) -> str:
    """Return where a reduction over the last axis is the one over all that a world has."""
    if name.startswith(("arg", "linalg")):
        return " where each world has a vector"
    return (
        " where each world has a vector, with axis=(1, 2) where it has a matrix; one number a world needs no "
        "reduction"
    )


def method_message(node: ast.Attribute, call: ast.Call | None) -> str:
    """Return the `what` of a refused attribute, the same for whoever reports it."""
    return f"`.{node.attr}` is not allowed in `{shown(call or node)}`."


def report_method(call: ast.Call, kind: Kind, report: Report) -> Kind:
    """Tell what to write for a method call on something of a kind, and return what the call gives."""
    func = call.func
    assert isinstance(func, ast.Attribute)
    found = _instead(call, func, kind)
    if found is not None:
        what, why = method_message(func, call), "Arrays have only .shape and .ndim here."
        report.rewrite("forbidden-attribute", call, what, why, found[0], also=found[1])
    return _result(call, func.attr, kind)


def _result(call: ast.Call, name: str, kind: Kind) -> Kind:
    if name in ("any", "all") or _cast(call) == "bool":
        return MASK
    if not kind.worlds:
        return ANY
    return kind if name in _SAME | {"reshape", "view", "squeeze", "unsqueeze", "flatten"} else ARRAY


def _instead(call: ast.Call, func: ast.Attribute, kind: Kind) -> Instead:
    name, array = func.attr, func.value
    if name in _SAME and not call.args and not call.keywords:
        return array, ""
    if name in _CASTS:
        return _casted(call, array, kind)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(call, array)
    forms = NP_FORMS.get(name, ())
    if forms and forms[0].kind == "reduction":
        return _reduced(call, name, array)
    made = np_call(name, array, *call.args, **{k.arg: k.value for k in call.keywords if k.arg})
    fits = any(isinstance(form.bind(made), dict) for form in forms if form.kind in ("elementwise", "test"))
    return (made, "") if fits else None


def _cast(call: ast.Call) -> str:
    """Return the type that a cast names: float, int, bool, or nothing that is known."""
    assert isinstance(call.func, ast.Attribute)
    name = call.func.attr
    if name in ("astype", "type", "to"):
        if len(call.args) != 1 or call.keywords:
            return ""
        given = literal(call.args[0])
        name = given if isinstance(given, str) else (dotted(call.args[0]) or "").split(".")[-1]
    elif name not in _CASTS or call.args or call.keywords:
        return ""
    name = "int" if name == "long" else name
    return next((kind for kind in ("float", "int", "bool") if name.rstrip("_0123456789") == kind), "")


def _casted(call: ast.Call, array: ast.expr, kind: Kind) -> Instead:
    to = _cast(call)
    if not to or not kind.worlds:
        return None
    if to == "bool":
        return (array, "") if kind == MASK else (ast.Compare(array, [ast.NotEq()], [number(0.0)]), "")
    if kind == MASK:
        return as_number(array), ""
    return (array, "") if to == "float" else (np_call("trunc", array), "")


def _reduced(call: ast.Call, name: str, array: ast.expr) -> Instead:
    """Return a reduction; an axis is kept as written, but one world's own first axis is axis 1."""
    given = {k.arg or "": k.value for k in call.keywords}
    of_torch = "dim" in given
    axis = given.pop("axis", None) or given.pop("dim", None)
    keep = given.pop("keepdims", None) or given.pop("keepdim", None)
    if given or len(call.args) > 1 or (call.args and axis is not None) or (of_torch and name in _OF_TORCH):
        return None
    axis = call.args[0] if call.args else axis
    kept = {} if keep is None else {"keepdims": keep}
    if axis is None or literal(axis) is None:
        return np_call(name, array, axis=number(-1), **kept), of_vectors(name)
    if literal(axis) == 0:
        return np_call(name, array, axis=number(1), **kept), ": one world's own first axis is axis 1"
    return np_call(name, array, axis=axis, **kept), ""


def _clipped(call: ast.Call, array: ast.expr) -> Instead:
    names = {"a_min": "min", "a_max": "max", "min": "min", "max": "max"}
    if any(k.arg not in names for k in call.keywords) or len(call.args) + len(call.keywords) > 2:
        return None
    bounds = {names[k.arg or ""]: k.value for k in call.keywords}
    bounds = dict(zip(("min", "max"), call.args, strict=False)) | bounds
    if len(bounds) == 2:
        return np_call("clip", array, bounds["min"], bounds["max"]), ""
    return np_call("clip", array, **bounds), ""


def length_of(array: ast.expr, more: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Instead:
    """Return torch's norm as np's, or None where it is another one; `more` and `named` are its arguments."""
    given = dict(named)
    if (more and "p" in given) or len(more) > 1:
        return None
    order, axis = more[0] if more else given.pop("p", None), given.pop("dim", None) or given.pop("axis", None)
    if given or (order is not None and literal(order) not in (1, 2)) or _is_zero(axis):
        return None
    ord_given = {} if order is None else {"ord": order}
    length = np_call("linalg.norm", array, **ord_given, axis=number(-1) if axis is None else axis)
    return length, of_vectors("linalg.norm") if axis is None else ""


def _length(call: ast.Call, array: ast.expr) -> Instead:
    return length_of(array, call.args, {k.arg or "": k.value for k in call.keywords})


def _is_zero(node: ast.expr | None) -> bool:
    return node is not None and literal(node) == 0


def _power(call: ast.Call, array: ast.expr) -> Instead:
    return (ast.BinOp(array, ast.Pow(), call.args[0]), "") if len(call.args) == 1 else None


def _product(call: ast.Call, array: ast.expr) -> Instead:
    if len(call.args) != 1:
        return None
    return np_call("sum", ast.BinOp(array, ast.Mult(), call.args[0]), axis=number(-1)), _OF_TWO_VECTORS


def _axis_change(name: str) -> Callable[[ast.Call, ast.expr], Instead]:
    def change(call: ast.Call, array: ast.expr) -> Instead:
        given = [*call.args, *(k.value for k in call.keywords if k.arg in ("axis", "dim"))]
        axis = literal(given[0]) if len(given) == 1 else None
        return (np_call(name, array, axis=number(axis)), "") if isinstance(axis, int) and axis else None

    return change


_SPECIAL: dict[str, Callable[[ast.Call, ast.expr], Instead]] = {
    "clip": _clipped,
    "clamp": _clipped,
    "norm": _length,
    "pow": _power,
    "dot": _product,
    "unsqueeze": _axis_change("expand_dims"),
    "squeeze": _axis_change("squeeze"),
}
