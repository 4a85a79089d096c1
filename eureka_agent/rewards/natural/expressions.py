"""Expressions of a natural reward: operators, comparisons, conditions, lists and dictionaries."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body, Operand, Reader
from eureka_agent.rewards.natural.builtin_calls import any_of, items_of
from eureka_agent.rewards.natural.calls import read_call
from eureka_agent.rewards.natural.conditions import read_bool, read_choice, read_compare, read_not
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.indexing import read_subscript
from eureka_agent.rewards.natural.names import read_attribute, read_literal, read_name, read_text
from eureka_agent.rewards.natural.pieces import MOST_TURNS, bound_pieces, has_text, pieces_of
from eureka_agent.rewards.natural.products import matrix_product
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.stacking import folded, listed_array
from eureka_agent.rewards.natural.tables import joined_table
from eureka_agent.rewards.natural.values import (
    MAX_CONSTANT,
    ArrayValue,
    ItemsValue,
    Numbers,
    OneLineValue,
    TableValue,
    TextValue,
    Value,
)
from eureka_agent.rewards.tree import shown

_NUMBER_OPERATORS: dict[type[ast.operator], Callable] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


_ARRAY_OPERATORS: dict[type[ast.operator], Callable] = {
    **_NUMBER_OPERATORS, ast.Pow: operator.pow, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
}  # fmt: skip


def _binary(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.MatMult):
        return matrix_product(body, node, node.left, node.right)
    left, right = body.value(node.left), body.value(node.right)
    if isinstance(left, ItemsValue) and isinstance(right, ItemsValue) and isinstance(node.op, ast.Add):
        return ItemsValue(left.items + right.items, left.known and right.known)
    if isinstance(node.op, ast.BitOr):
        table = joined_table(body, node, (node.left, left), (node.right, right))
        if table is not None:
            return table
    if isinstance(node.op, ast.Mult) and (repeated := _repeated(body, node, left, right)) is not None:
        return repeated
    if isinstance(left, ArrayValue) or isinstance(right, ArrayValue):
        left, right = _as_array(body, node.left, left), _as_array(body, node.right, right)
    if not isinstance(left, ArrayValue) or not isinstance(right, ArrayValue):
        raise LeftToCriticError
    return arithmetic(body, node.op, (node.left, left), (node.right, right), node)


def _repeated(body: Body, node: ast.BinOp, left: Value, right: Value) -> ItemsValue | None:
    """Read `[a, b] * 4`, and write the list out."""
    listed, count, times = (
        (node.left, left, right) if isinstance(left, ItemsValue) else (node.right, right, left)
    )
    if not isinstance(count, ItemsValue) or not count.known or not isinstance(times, ArrayValue):
        return None
    number = times.number
    if times.worlds or not times.python or not isinstance(number, int) or isinstance(number, bool):
        return None
    if not 0 < number * len(count.items) <= MAX_CONSTANT:
        raise LeftToCriticError
    if isinstance(listed, (ast.List, ast.Tuple)):
        texts = [body.text(element) for element in listed.elts] * number
        inner = ", ".join(texts)
        body.write(node, f"[{inner}]" if isinstance(listed, ast.List) else f"({inner},)")
    return ItemsValue(count.items * number)


def _as_array(body: Body, node: ast.expr, value: Value) -> ArrayValue:
    """Return an operand; NumPy makes an array of a list that meets one."""
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, ItemsValue) and not value.names and body.program.library == "numpy":
        return listed_array(body, node, value)
    return body.array(node)


def arithmetic(body: Body, op: ast.operator, left: Operand, right: Operand, node: ast.AST) -> ArrayValue:
    """Return what an operator gives, each side aligned with the other."""
    nodes, values = [left[0], right[0]], [left[1], right[1]]
    bits = isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor))
    if bits and any(value.dtype != "b" for value in values):
        fix = "Compare first, e.g. (x > 0) & (y > 0): `&` binds tighter than `>`."
        refuse(node, f"`{shown(node)}` works on bits.", "Only truth values are carried over.", fix)
    if isinstance(op, ast.Sub) and "b" in _dtypes_of_arrays(values) and body.program.library == "torch":
        fix = "Write ~mask, or torch.where(mask, 0.0, 1.0)."
        refuse(node, f"`{shown(node)}` subtracts booleans.", "torch refuses it.", fix, rule="mask-arithmetic")
    if not bits and all(value.python for value in values):
        values = [body.numeric(each, value) for each, value in zip(nodes, values, strict=True)]
    made = body.combined(nodes, values)
    python = all(value.python for value in values)
    if isinstance(op, ast.Div) or (isinstance(op, ast.Pow) and python):
        made = replace(made, dtype="f")
    elif made.dtype == "b" and (python or not isinstance(op, (ast.Add, ast.Mult))) and not bits:
        made = replace(made, dtype="i")
    return replace(made, number=_computed(op, values))


def _dtypes_of_arrays(values: list[ArrayValue]) -> list[str]:
    return [value.dtype for value in values if not value.python]


def _computed(op: ast.operator, values: list[ArrayValue]) -> Numbers | None:
    """Return the result of arithmetic on known numbers, for sizes and indices."""
    a, b = (value.number for value in values)
    if a is None or b is None or any(value.worlds for value in values):
        return None
    if isinstance(a, tuple) or isinstance(b, tuple):
        return folded(_ARRAY_OPERATORS.get(type(op)), a, b)
    if type(op) not in _NUMBER_OPERATORS:
        return None
    try:
        made = _NUMBER_OPERATORS[type(op)](a, b)
    except (ArithmeticError, ValueError):
        return None
    return made if abs(made) < 2**31 else None


def _unary(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.UnaryOp)
    value = body.array(node.operand)
    if isinstance(node.op, ast.Not):
        return read_not(body, node, value)
    if isinstance(node.op, ast.Invert):
        if value.dtype != "b" or value.python:
            what = f"`{shown(node)}` inverts the bits of a number."
            refuse(
                node,
                what,
                "Only truth values of arrays are carried over.",
                "Write `not x`, or np.logical_not(x).",
            )
        return replace(value, buffer=body.fresh_buffer(), whole=True)
    value = body.numeric(node.operand, value)
    if value.dtype == "b" and value.worlds:
        fix = f"Write -np.where({shown(node.operand, 40)}, 1.0, 0.0)."
        refuse(
            node,
            f"`{shown(node)}` negates booleans.",
            "NumPy and torch refuse it.",
            fix,
            rule="mask-arithmetic",
        )
    number = value.number
    if isinstance(node.op, ast.USub) and isinstance(number, (int, float)):
        number = -number
    elif isinstance(node.op, ast.USub) and number is not None:
        number = folded(operator.neg, number)
    return replace(value, number=number, buffer=body.fresh_buffer(), whole=True)


def _list(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, (ast.List, ast.Tuple))
    items: list[Value] = []
    for element in node.elts:
        items += _spread(body, element) if isinstance(element, ast.Starred) else [body.value(element)]
    return ItemsValue(tuple(items))


def _spread(body: Body, node: ast.Starred) -> tuple[Value, ...]:
    """Read `*values` in a list, and write each value out."""
    items = items_of(body, node.value, body.value(node.value))
    pieces = pieces_of(body, node.value)
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if not items.known or not texts or not len(texts) == len(pieces) == len(items.items):
        raise LeftToCriticError
    if any(not isinstance(item, ArrayValue) for item in items.items):
        raise LeftToCriticError
    body.program.edits.clear(body.span(node))
    body.write(node, ", ".join(texts), f"`{shown(node, 40)}` was written out.")
    return items.items


def _dict(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Dict)
    made: dict[str, Value] = {}
    for key, element in zip(node.keys, node.values, strict=True):
        value = body.value(element)
        if key is None and isinstance(value, TableValue):
            made |= value.items
            continue
        name = body.value(key) if key is not None else None
        if not isinstance(name, TextValue) or name.text is None:
            raise LeftToCriticError
        made[name.text] = value
    return TableValue(made, body.fresh_buffer())


def _comprehension(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, (ast.ListComp, ast.GeneratorExp))
    if len(node.generators) != 1 or node.generators[0].ifs or node.generators[0].is_async:
        raise LeftToCriticError
    generator = node.generators[0]
    items = items_of(body, generator.iter, body.value(generator.iter))
    if items.known and any(map(has_text, items.items)) and len(items.items) <= MOST_TURNS:
        return _written_out(body, node, generator, items)
    names, defined = dict(body.names), set(body.defined)
    body.program.store(body, generator.target, any_of(items))
    value = body.value(node.elt)
    body.names, body.defined = names, defined
    return ItemsValue((value,) * len(items.items), items.known)


def _written_out(
    body: Body, node: ast.ListComp | ast.GeneratorExp, generator: ast.comprehension, items: ItemsValue
) -> ItemsValue:
    """Write a comprehension over texts as a list of what each of them gives."""
    names, defined, written = dict(body.names), set(body.defined), dict(body.written)
    values, texts, pieces = [], [], pieces_of(body, generator.iter)
    if len(pieces) != len(items.items):
        raise LeftToCriticError
    for item, piece in zip(items.items, pieces, strict=True):
        body.program.store(body, generator.target, item)
        for name, text, _ in bound_pieces(generator.target, piece, item):
            body.written[name] = atom(text)
        values.append(body.value(node.elt))
        texts.append(body.text(node.elt))
    body.names, body.defined, body.written = names, defined, written
    made = f"[{', '.join(texts)}]"
    body.program.edits.replace(
        body.span(node), made if isinstance(node, ast.ListComp) else f"({made})",
        f"`{shown(node, 40)}` was written out.",
    )  # fmt: skip
    return ItemsValue(tuple(values))


def _table(body: Body, node: ast.expr) -> Value:
    """`{key: value for key, … in …}` over texts that are known: one entry for each."""
    assert isinstance(node, ast.DictComp)
    generator = node.generators[0]
    if len(node.generators) != 1 or generator.ifs or generator.is_async or not isinstance(node.key, ast.Name):
        raise LeftToCriticError
    items = items_of(body, generator.iter, body.value(generator.iter))
    keys = [_key_in(generator.target, item, node.key.id) for item in items.items]
    if not items.known or None in keys:
        raise LeftToCriticError
    names, defined = dict(body.names), set(body.defined)
    body.program.store(body, generator.target, any_of(items))
    value = body.value(node.value)
    body.names, body.defined = names, defined
    return TableValue({key: value for key in keys if key is not None}, body.fresh_buffer())


def _key_in(target: ast.expr, item: Value, name: str) -> str | None:
    """Return the text that a loop gives to a name."""
    if isinstance(target, ast.Name) and target.id == name and isinstance(item, TextValue):
        return item.text
    if isinstance(target, ast.Tuple) and isinstance(item, ItemsValue):
        found = [_key_in(t, i, name) for t, i in zip(target.elts, item.items, strict=False)]
        return next((text for text in found if text is not None), None)
    return None


def _lambda(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Lambda)
    spec = node.args
    if spec.vararg or spec.kwarg or spec.kwonlyargs or spec.posonlyargs:
        raise LeftToCriticError
    names = tuple(argument.arg for argument in spec.args)
    return OneLineValue(
        names, dict(zip(reversed(names), reversed(spec.defaults), strict=False)), node.body, "lambda"
    )


READERS: dict[type[ast.AST], Reader] = {
    ast.Constant: read_literal, ast.JoinedStr: read_text, ast.Name: read_name, ast.Attribute: read_attribute,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: read_compare, ast.BoolOp: read_bool,
    ast.IfExp: read_choice,
    ast.Call: read_call,
    ast.Subscript: read_subscript, ast.List: _list, ast.Tuple: _list, ast.Dict: _dict,
    ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension, ast.Lambda: _lambda,
    ast.DictComp: _table,
}  # fmt: skip
