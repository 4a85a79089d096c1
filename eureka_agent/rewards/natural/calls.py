"""Calls: of a library's functions, of methods of arrays, of Python's own functions, of the module's."""

from __future__ import annotations

import ast
from typing import NoReturn

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.natural import (
    activations,
    choices,
    constants,
    elementwise,
    exponentials,
    inquiries,
    losses,
    norms,
    products,
    rearranging,
    reductions,
    reshaping,
    shaping,
    updates,
)
from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.builtin_calls import BUILTIN_CALLS
from eureka_agent.rewards.natural.dialects import call_forms, method_form
from eureka_agent.rewards.natural.indexing import require_defined
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation, bound
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    NothingValue,
    OneLineValue,
    PathValue,
    RecordValue,
    ShapeValue,
    TableValue,
    TextValue,
    TypeValue,
    Value,
)
from eureka_agent.rewards.tree import shown

OPERATIONS: dict[str, Operation] = {
    **elementwise.OPERATIONS, **activations.OPERATIONS, **exponentials.OPERATIONS, **losses.OPERATIONS,
    **reductions.OPERATIONS, **norms.OPERATIONS, **shaping.OPERATIONS,
    **products.OPERATIONS, **constants.OPERATIONS, **inquiries.OPERATIONS, **reshaping.OPERATIONS,
    **choices.OPERATIONS, **updates.OPERATIONS, **rearranging.OPERATIONS,
}  # fmt: skip
"""What every operation of the dialects' tables is written as."""


def read_call(body: Body, node: ast.expr) -> Value:
    """Return what a call gives."""
    assert isinstance(node, ast.Call)
    func = node.func
    if isinstance(func, ast.Name) and func.id not in body.names:
        if func.id in body.program.functions:
            return body.program.helpers.call(body, node, func.id)
        if func.id not in body.program.paths and func.id in BUILTIN_CALLS:
            return BUILTIN_CALLS[func.id](body, node)
    if isinstance(func, ast.Attribute) and body.program.path(body, func) is None:
        if (update := _update_of(func)) is not None and body.program.library == "jax":
            array, index, op = update
            if isinstance(array, ast.Name):
                return body.program.updated(body, node, array, index, op)
            return updates.constant_updated(body, node, array, index, op)
        return _method(body, node, func)
    target = body.value(func)
    if isinstance(target, PathValue):
        return _library(body, node, target)
    if isinstance(target, TypeValue):
        form = call_forms()["numpy", {"f": "float32", "i": "int32", "b": "bool_"}[target.dtype]]
        return _operation(CallSite(body, node, "numpy", "cast", form, *bound(node, form, None)))
    if isinstance(target, RecordValue) and not node.args and not node.keywords:
        return target
    if isinstance(target, OneLineValue):
        return body.program.helpers.inlined(body, node, target)
    raise LeftToCriticError


_UPDATES: dict[str, ast.operator | None] = {"set": None, "add": ast.Add(), "multiply": ast.Mult()}


def _update_of(func: ast.Attribute) -> tuple[ast.expr, ast.expr, ast.operator | None] | None:
    """Return array, index and operator of JAX's `x.at[i].set(v)`, or None for anything else."""
    index = func.value
    if func.attr not in _UPDATES or not isinstance(index, ast.Subscript):
        return None
    at = index.value
    if not isinstance(at, ast.Attribute) or at.attr != "at":
        return None
    return at.value, index.slice, _UPDATES[func.attr]


def _library(body: Body, node: ast.Call, target: PathValue) -> Value:
    form = call_forms().get((target.library, target.path))
    if form is None:
        _refuse_unknown(node, target)
    given, star = bound(node, form, None)
    return _operation(CallSite(body, node, target.library, target.path, form, given, star))


def _operation(site: CallSite) -> Value:
    operation = OPERATIONS.get(site.form.operation)
    if operation is None:
        fix = "Write it out with functions of the table of call forms."
        refuse(
            site.node,
            f"`{shown(site.node)}` has no portable form.",
            "It is not carried over.",
            fix,
            rule="call-form",
        )
    return operation(site)


def _refuse_unknown(node: ast.Call, target: PathValue) -> NoReturn:
    library = target.library.removesuffix(".")
    what = f"`{library}.{target.path}` is not carried over."
    if target.path in ("vmap", "func.vmap"):
        why = "It maps a function of one world over an axis; the portable reward has all worlds at once."
        fix = "Write the reward for one world without vmap, or its lines with axis=-1 for all worlds."
        refuse(node, what, why, fix, rule="call-form")
    known = [path for each, path in call_forms() if each == library]
    fix = f"Use a function of the table of call forms.{did_you_mean(target.path, known)}"
    refuse(node, what, "The portable subset of NumPy has nothing like it.", fix, rule="call-form")


def _method(body: Body, node: ast.Call, func: ast.Attribute) -> Value:
    holder = body.value(func.value)
    if isinstance(holder, TableValue):
        if func.attr == "get":
            return _got(body, node, func, holder)
        return _of_table(node, func.attr, holder)
    if isinstance(holder, ShapeValue) and func.attr == "numel":
        raise LeftToCriticError
    if not isinstance(holder, ArrayValue):
        raise LeftToCriticError
    form = method_form(body.program.library, func.attr)
    if func.attr.endswith("_") and not func.attr.startswith("_"):
        what = f"`{shown(node)}` writes in place."
        fix = f"Write {shown(func.value, 30)} = {shown(func.value, 30)}.{func.attr[:-1]}(…)."
        refuse(node, what, "It would change an array that others may hold.", fix, rule="in-place")
    if form is None or holder.python:
        what = f"`{shown(node)}`: there is no method `{func.attr}` here."
        refuse(
            node,
            what,
            f"Arrays of {body.program.library} have others.",
            "Use a function of the table of call forms.",
        )
    given, star = bound(node, form, func.value)
    site = CallSite(body, node, body.program.library, func.attr, form, given, star, method=True)
    site.values[id(func.value)] = holder
    return _operation(site)


def _got(body: Body, node: ast.Call, func: ast.Attribute, holder: TableValue) -> Value:
    """Return what `table.get(key, default)` gives for a key that is known."""
    if not 1 <= len(node.args) <= 2 or node.keywords:
        raise LeftToCriticError
    key = body.value(node.args[0])
    if not isinstance(key, TextValue) or key.text is None:
        raise LeftToCriticError
    if key.text in holder.items:
        if isinstance(func.value, ast.Name):
            require_defined(body, node, func.value.id, key.text)
        body.write(node, f'{body.atom(func.value)}["{key.text}"]')
        return holder.items[key.text]
    if len(node.args) < 2:
        return NothingValue()
    made = body.value(node.args[1])
    body.write(node, body.text(node.args[1]))
    return made


def _of_table(node: ast.Call, name: str, holder: TableValue) -> Value:
    if name not in ("items", "keys", "values") or node.args or node.keywords:
        raise LeftToCriticError
    keys = [TextValue(key) for key in holder.items]
    values = list(holder.items.values())
    if name == "keys":
        return ItemsValue(tuple(keys))
    if name == "values":
        return ItemsValue(tuple(values))
    return ItemsValue(tuple(ItemsValue(pair) for pair in zip(keys, values, strict=True)))
