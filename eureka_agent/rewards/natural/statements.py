"""Statements of a natural reward, in order."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body, refuse_shapes
from eureka_agent.rewards.natural.branches import read_if
from eureka_agent.rewards.natural.builtin_calls import any_of, items_of
from eureka_agent.rewards.natural.editing import mark
from eureka_agent.rewards.natural.expressions import arithmetic
from eureka_agent.rewards.natural.in_place import (
    SIGNS,
    choose,
    operated,
    refuse_owned,
    refuse_shared,
    require_fit,
    where_predicate,
)
from eureka_agent.rewards.natural.item_writes import write_item
from eureka_agent.rewards.natural.left_out import drop_assert, is_told, read_delete, refuse_raise
from eureka_agent.rewards.natural.loops import read_for
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.returns import read_return
from eureka_agent.rewards.natural.tables import update_table
from eureka_agent.rewards.natural.values import (
    GHOSTS,
    MAX_LEAVES,
    ArrayValue,
    CountValue,
    ItemsValue,
    OneLineValue,
    ShapeError,
    ShapeValue,
    TableValue,
    TextValue,
    Value,
    joined_value,
    leaves,
    number_value,
    shown_shape,
)
from eureka_agent.rewards.rules_annotations import check_annotation
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import is_docstring, shown


def run(body: Body, statements: list[ast.stmt]) -> None:
    """Read statements in order."""
    for node in statements:
        body.program.tick()
        body.program.edits.clear(body.span(node))
        reader = _READERS.get(type(node))
        if reader is None:
            raise LeftToCriticError(node)
        try:
            reader(body, node)
        except ShapeError as error:
            refuse_shapes(node, error)
        except LeftToCriticError as error:
            raise error.at(node) from None


def _assign(body: Body, node: ast.Assign) -> None:
    if len(node.targets) > 1:
        _assign_several(body, node)
        return
    _store_expression(body, node, node.targets[0], node.value)


def _assign_several(body: Body, node: ast.Assign) -> None:
    """Read `a = b = value` as two assignments."""
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if len(names) < len(node.targets) or body.predicate:
        raise LeftToCriticError
    value = body.value(node.value)
    if not isinstance(value, ArrayValue):
        raise LeftToCriticError
    lines = [f"{names[0]} = {body.text(node.value)}", *(f"{name} = {names[0]}" for name in names[1:])]
    for name in names:
        assign_name(body, name, node.value, value)
    text = f"\n{mark(node.lineno)}{' ' * node.col_offset}".join(lines)
    note = f"`{shown(node, 40)}` is written as {len(names)} assignments."
    body.program.edits.replace(body.span(node), text, note)


def _annotated(body: Body, node: ast.AnnAssign) -> None:
    report = Report()
    check_annotation(node.annotation, report)
    if node.value is None:
        body.program.drop(node, f"`{shown(node)}` has no value and is left out.")
        return
    if report.found:
        start, end = body.span(node.target)[1], body.span(node.annotation)[1]
        body.program.edits.replace(
            (start, end), "", f"The annotation `{shown(node.annotation)}` is left out."
        )
    _store_expression(body, node, node.target, node.value)


def _store_expression(body: Body, node: ast.stmt, target: ast.expr, value_node: ast.expr) -> None:
    if isinstance(target, ast.Subscript):
        write_item(body, node, target, value_node)
        return
    value = body.value(value_node)
    known_text = isinstance(value, TextValue) and value.text is not None
    if isinstance(target, ast.Name) and (known_text or isinstance(value, GHOSTS)):
        _keep_ghost(body, node, target, value)
        return
    if isinstance(target, (ast.Tuple, ast.List)):
        _unpack(body, target, value_node, value)
        if isinstance(value, ShapeValue):
            body.program.drop(node, f"`{shown(node)}` is written where it is used.")
        return
    if not isinstance(target, ast.Name):
        raise LeftToCriticError
    assign_name(body, target.id, value_node, value)


def _keep_ghost(body: Body, node: ast.stmt, target: ast.Name, value: Value) -> None:
    """Drop a name for what has no place in portable code; where it is used, something else is written."""
    if body.predicate:
        raise LeftToCriticError
    body.written.pop(target.id, None)
    body.names[target.id] = replace(value, name=target.id) if isinstance(value, OneLineValue) else value
    body.defined.add(target.id)
    body.program.drop(node, f"`{shown(node)}` is written where it is used.")


def _unpack(body: Body, target: ast.Tuple | ast.List, value_node: ast.expr, value: Value) -> None:
    if isinstance(value, ArrayValue):
        value = items_of(body, value_node, value)
        text = body.text(value_node)
        body.write(value_node, text.removeprefix("[").removesuffix("]") if text.startswith("[") else text)
    if isinstance(value, ShapeValue):
        _unpack_shape(body, target, value)
        return
    if not isinstance(value, ItemsValue) or body.predicate:
        raise LeftToCriticError
    items = value.items if value.known else (any_of(value),) * len(target.elts)
    if len(items) != len(target.elts):
        what = f"`{shown(target)} = …` unpacks {len(items)} values."
        refuse(target, what, "The numbers differ.", "Unpack as many as there are.", rule="natural-shape")
    for element, item in zip(target.elts, items, strict=True):
        if isinstance(item, GHOSTS):
            what = f"`{shown(target)} = …` unpacks a shape."
            refuse(target, what, "The number of worlds is no business of a reward.", "Write x.shape[1].")
        store(body, element, item)


def _unpack_shape(body: Body, target: ast.Tuple | ast.List, value: ShapeValue) -> None:
    """Read `n, d = x.shape`: lengths are written where they are used."""
    sizes: list[Value] = [number_value(size) for size in value.of.rows]
    if body.batched and value.of.worlds:
        sizes.insert(value.of.before, CountValue())
    if len(sizes) != len(target.elts) or not all(isinstance(element, ast.Name) for element in target.elts):
        raise LeftToCriticError
    for element, size in zip(target.elts, sizes, strict=True):
        if isinstance(element, ast.Name):
            body.names[element.id] = size
            body.defined.add(element.id)
            if isinstance(size, ArrayValue):
                body.written[element.id] = str(size.number)


def store(body: Body, target: ast.expr, value: Value) -> None:
    """Note what the target of a loop or of an unpacking holds."""
    if isinstance(target, ast.Name):
        body.names[target.id] = value
        body.written.pop(target.id, None)
        body.defined.add(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        if not isinstance(value, ItemsValue) or not value.known or len(value.items) != len(target.elts):
            raise LeftToCriticError
        for element, item in zip(target.elts, value.items, strict=True):
            store(body, element, item)
    else:
        raise LeftToCriticError


def assign_name(body: Body, name: str, value_node: ast.expr, value: Value) -> None:
    """Give a name a value; in a branch only where its condition holds."""
    _refuse_counted_worlds(body, name, value_node)
    old = body.names.get(name)
    if body.predicate and old is not None:
        value = _assign_chosen(body, name, value_node, value, old)
    body.names[name] = value
    body.written.pop(name, None)
    body.defined.add(name)
    if isinstance(value, TableValue):
        body.defined.update(f"{name}[{key}]" for key in value.items)


_COUNTS_WORLDS = re.compile(r"(num|n)_?(envs?|worlds|robots|samples)|batch(_?size)?|bs", re.IGNORECASE)


def _refuse_counted_worlds(body: Body, name: str, value_node: ast.expr) -> None:
    """Refuse code that counts worlds by name where it would be read as one for a single world."""
    sizes = {"shape", "size", "len"}
    asked = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(value_node)}
    if not body.batched and _COUNTS_WORLDS.fullmatch(name) and asked & sizes:
        what = f"`{name}` is the number of worlds, while the rest reads as code for one world."
        why = "What a world is paid cannot depend on how many there are."
        refuse(value_node, what, why, f"Leave `{name}` out.", rule="natural-mixed")


def _assign_chosen(body: Body, name: str, value_node: ast.expr, value: Value, old: Value) -> Value:
    if isinstance(value, TableValue) and isinstance(old, TableValue) and isinstance(value_node, ast.Dict):
        return _choose_entries(body, name, value_node, value, old)
    if not isinstance(value, ArrayValue) or not isinstance(old, ArrayValue):
        if name not in body.defined and joined_value(value, old) is not None:
            raise LeftToCriticError
        what = f"`{name}` is something else in one branch."
        refuse(value_node, what, "It would differ from world to world.", "Give it another name.")
    return choose(body, value_node, value, name, old)


def _choose_entries(body: Body, name: str, node: ast.Dict, value: TableValue, old: TableValue) -> TableValue:
    made: dict[str, Value] = {}
    if value.items.keys() != old.items.keys():
        refuse(
            node, f"`{name}` has other keys in one branch.", "Components are fixed.", "Give it the same keys."
        )
    for key, element in zip(value.items, node.values, strict=True):
        new, before = value.items[key], old.items[key]
        if not isinstance(new, ArrayValue) or not isinstance(before, ArrayValue):
            raise LeftToCriticError
        made[key] = choose(body, element, new, f'{name}["{key}"]', before)
    return TableValue(made, value.buffer)


def _augmented(body: Body, node: ast.AugAssign) -> None:
    if isinstance(node.target, ast.Subscript):
        write_item(body, node, node.target, node.value)
        return
    if not isinstance(node.target, ast.Name):
        raise LeftToCriticError
    name, value = node.target.id, body.value(node.value)
    old = body.value(ast.copy_location(ast.Name(name, ast.Load()), node.target))
    if isinstance(old, TableValue) and isinstance(node.op, ast.BitOr):
        update_table(body, node, node.target, old, [node.value])
        return
    if isinstance(old, ItemsValue) and isinstance(value, ItemsValue) and isinstance(node.op, ast.Add):
        refuse_owned(body, node, name, old)
        made: Value = ItemsValue(old.items + value.items, old.known and value.known)
    elif isinstance(old, ArrayValue) and isinstance(value, ArrayValue):
        made = _in_place(body, node, node.target, old, value)
    else:
        raise LeftToCriticError
    if type(node.op) not in SIGNS:
        raise LeftToCriticError
    text = operated(body.text(node.target), node.op, body.text(node.value))
    if body.predicate and isinstance(made, ArrayValue) and isinstance(old, ArrayValue):
        if made.rows != old.rows:
            what = f"`{shown(node)}` changes the shape of `{name}`."
            refuse(node, what, "", "Use one shape.", rule="natural-shape")
        text = where_predicate(body, text, name, len(made.rows))
        made = replace(made, worlds=True)
    plain = made == old and isinstance(made, ArrayValue) and not made.worlds and name not in body.written
    if not plain:
        body.program.edits.replace(
            body.span(node), f"{name} = {text}", f"`{shown(node)}` became `{name} = {text}`."
        )
    body.names[name] = made
    body.written.pop(name, None)
    body.defined.add(name)


def _in_place(
    body: Body, node: ast.AugAssign, target: ast.Name, old: ArrayValue, value: ArrayValue
) -> ArrayValue:
    """Return what `r += x` leaves in r: NumPy and torch write into its memory and keep shape and type."""
    made = arithmetic(body, node.op, (target, old), (node.value, value), node)
    if old.buffer == 0 or body.program.library == "jax" or old.python:
        return made
    refuse_shared(body, node, target.id, old)
    require_fit(body, node, old, made.rows, made.dtype)
    if (made.worlds and not old.worlds and body.batched) or made.before != old.before:
        shape = shown_shape(old, batched=body.batched)
        what = f"`{shown(node)}` would change the shape {shape} of `{target.id}`."
        refuse(node, what, "It raises.", f"Write {target.id} = {target.id} … instead.", rule="natural-shape")
    return replace(made, buffer=old.buffer, whole=old.whole, dtype=old.dtype)


def _expression(body: Body, node: ast.Expr) -> None:
    if is_docstring(node):
        return
    call = node.value
    if isinstance(call, ast.Call) and is_told(body, call):
        body.program.drop(node, f"`{shown(node, 40)}` is left out: a reward prints nothing.")
        return
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        _method_statement(body, node, call, call.func)
        return
    raise LeftToCriticError


def _method_statement(body: Body, node: ast.Expr, call: ast.Call, func: ast.Attribute) -> None:
    """Read `list.append(x)` and `dict.update({...})`, each as the assignment that it is."""
    holder = body.value(func.value)
    if isinstance(holder, (ItemsValue, TableValue)) and holder.owner:
        refuse_owned(body, node, "", holder)
    if isinstance(holder, TableValue) and isinstance(func.value, ast.Name) and func.attr == "update":
        if len(call.args) != 1 or call.keywords:
            raise LeftToCriticError
        update_table(body, node, func.value, holder, call.args)
        return
    if not isinstance(func.value, ast.Name) or call.keywords or len(call.args) != 1 or body.predicate:
        if isinstance(holder, ArrayValue):
            body.value(call)
        raise LeftToCriticError
    name = func.value.id
    if isinstance(holder, ItemsValue) and func.attr == "append":
        refuse_owned(body, node, name, holder)
        item = body.value(call.args[0])
        filled = ItemsValue((*holder.items, item), holder.known)
        if leaves(filled) > MAX_LEAVES:
            raise LeftToCriticError
        body.names[name] = filled
        body.program.edits.replace(
            body.span(node), f"{name} = {name} + [{body.text(call.args[0])}]",
            f"`{shown(node)}` became `{name} = {name} + […]`.",
        )  # fmt: skip
        return
    if isinstance(holder, ArrayValue):
        body.value(call)
    raise LeftToCriticError


def _function(body: Body, node: ast.FunctionDef) -> None:
    """A nested function of one expression is written where it is called."""
    lines = [line for line in node.body if not is_docstring(line)]
    spec = node.args
    simple = not (spec.vararg or spec.kwarg or spec.kwonlyargs or spec.posonlyargs or node.decorator_list)
    if len(lines) != 1 or not isinstance(lines[0], ast.Return) or lines[0].value is None or not simple:
        _move_out(body, node)
        return
    names = tuple(argument.arg for argument in spec.args)
    defaults = dict(zip(reversed(names), reversed(spec.defaults), strict=False))
    body.names[node.name] = OneLineValue(names, defaults, lines[0].value, node.name)
    body.defined.add(node.name)
    body.program.drop(node, f"The nested function `{node.name}` is written where it is called.")


def _move_out(body: Body, node: ast.FunctionDef) -> None:
    """Note a nested function of several lines, which is written at module level afterwards."""
    own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - own
    if taken := sorted(used & body.names.keys()):
        what = (
            f"The nested function `{node.name}` uses {', '.join(f'`{name}`' for name in taken)} from outside."
        )
        refuse(node, what, "Helper functions stand at module level.", "Pass it as an argument.")
    if body.predicate or node.decorator_list or body.program.functions.get(node.name, node) is not node:
        raise LeftToCriticError
    body.program.functions[node.name] = node
    body.program.nested[node.name] = node


def _pass(body: Body, node: ast.stmt) -> None:
    if isinstance(node, (ast.Break, ast.Continue)) and body.predicate:
        what = f"`{shown(node)}` depends on a value that differs from world to world."
        refuse(node, what, "A loop has a fixed length.", "Write np.where.", rule="natural-unbatched")


_READERS: dict[type[ast.AST], Callable] = {
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Expr: _expression,
    ast.Assert: drop_assert, ast.For: read_for, ast.If: read_if, ast.Return: read_return,
    ast.Delete: read_delete, ast.Raise: refuse_raise,
    ast.FunctionDef: _function, ast.Pass: _pass, ast.Break: _pass, ast.Continue: _pass,
}  # fmt: skip
