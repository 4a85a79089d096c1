"""Expressions of a natural reward: operators, comparisons, conditions, lists and dictionaries."""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body, Reader
from eureka_agent.rewards.natural.builtin_calls import any_of, items_of
from eureka_agent.rewards.natural.calls import read_call
from eureka_agent.rewards.natural.indexing import read_subscript, require_defined
from eureka_agent.rewards.natural.products import matrix_product
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.shaping import transposed
from eureka_agent.rewards.natural.stacking import listed_array
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    NothingValue,
    OneLineValue,
    SettingValue,
    ShapeValue,
    TableValue,
    TextValue,
    TypeValue,
    Value,
    joined_value,
    number_value,
    wider,
)
from eureka_agent.rewards.tree import shown

_NUMBER_OPERATORS: dict[type[ast.operator], Callable] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


def _constant(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, (bool, int, float)):
        return number_value(node.value)
    if isinstance(node.value, str):
        return TextValue(node.value)
    if node.value is None:
        return NothingValue()
    raise LeftToCriticError


def _text(body: Body, node: ast.expr) -> Value:
    """An f-string is a text where everything in it is known."""
    assert isinstance(node, ast.JoinedStr)
    made = ""
    for part in node.values:
        value = body.value(part.value) if isinstance(part, ast.FormattedValue) else None
        if isinstance(part, ast.Constant):
            made += str(part.value)
        elif isinstance(value, TextValue) and value.text is not None and _plain(part):
            made += value.text
        elif isinstance(value, ArrayValue) and isinstance(value.number, (int, float)) and _plain(part):
            made += str(value.number)
        else:
            what = f"`{shown(node)}` is not the same text every time."
            refuse(
                node, what, "Names of components are fixed.", "Write the names out, one by one.", rule="text"
            )
    body.write(node, quoted(made))
    return TextValue(made)


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return json.dumps(text) if text.isascii() else repr(text)


def _plain(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and part.conversion == -1 and part.format_spec is None


def _name(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Name)
    value = body.names.get(node.id, body.program.constants.get(node.id))
    if value is not None:
        require_defined(body, node, node.id)
        if node.id in body.written:
            body.program.edits.replace(body.span(node), body.written[node.id])
        elif isinstance(value, TextValue) and value.text is not None:
            body.write(node, quoted(value.text))
        return value
    if (path := body.program.path(body, node)) is not None:
        return body.program.named(body, node, path)
    if node.id in ("float", "int", "bool"):
        return TypeValue({"float": "f", "int": "i", "bool": "b"}[node.id], python=True)  # pyright: ignore[reportArgumentType]
    raise LeftToCriticError


def _attribute(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Attribute)
    if (path := body.program.path(body, node)) is not None:
        return body.program.named(body, node, path)
    holder = body.value(node.value)
    if isinstance(holder, ItemsValue) and node.attr in holder.names:
        parts = body.parts.get(body.span(node.value))
        index = holder.names.index(node.attr)
        if not parts or not parts[index]:
            refuse(node, f"`{shown(node)}` is read after the call.", "", f"Write {node.attr} at the call.")
        body.write(node, parts[index])
        return holder.items[index]
    if not isinstance(holder, ArrayValue) or holder.python:
        raise LeftToCriticError
    return _of_array(body, node, holder)


def _of_array(body: Body, node: ast.Attribute, holder: ArrayValue) -> Value:
    rank = len(holder.rows) + (body.batched and holder.worlds)
    if node.attr == "shape":
        return ShapeValue(holder)
    if node.attr == "ndim":
        body.write(node, str(rank))
        return number_value(rank)
    if node.attr == "dtype":
        return TypeValue(holder.dtype)
    if node.attr in ("device", "layout"):
        return SettingValue()
    if node.attr == "T":
        made, text = transposed(body, node, holder, body.text(node.value))
        body.write(node, text)
        return made
    raise LeftToCriticError


def _binary(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.MatMult):
        return matrix_product(body, node, node.left, node.right)
    left, right = body.value(node.left), body.value(node.right)
    if isinstance(left, ItemsValue) and isinstance(right, ItemsValue) and isinstance(node.op, ast.Add):
        return ItemsValue(left.items + right.items, left.known and right.known)
    if isinstance(left, ArrayValue) or isinstance(right, ArrayValue):
        left, right = _as_array(body, node.left, left), _as_array(body, node.right, right)
    if not isinstance(left, ArrayValue) or not isinstance(right, ArrayValue):
        raise LeftToCriticError
    return arithmetic(body, node.op, (node.left, left), (node.right, right), node)


def _as_array(body: Body, node: ast.expr, value: Value) -> ArrayValue:
    """Return an operand; NumPy makes an array of a list that meets one."""
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, ItemsValue) and not value.names and body.program.library == "numpy":
        return listed_array(body, node, value)
    return body.array(node)


Operand = tuple[ast.expr, ArrayValue]


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
    if not bits:
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


def _computed(op: ast.operator, values: list[ArrayValue]) -> float | None:
    """Return the result of arithmetic on known numbers, for sizes and indices."""
    a, b = (value.number for value in values)
    if (
        not isinstance(a, (int, float))
        or not isinstance(b, (int, float))
        or type(op) not in _NUMBER_OPERATORS
    ):
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
        return _not(body, node, value)
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
    elif isinstance(number, tuple):
        number = None
    return replace(value, number=number, buffer=body.fresh_buffer(), whole=True)


def _not(body: Body, node: ast.UnaryOp, value: ArrayValue) -> ArrayValue:
    if not value.worlds:
        return replace(value, dtype="b", number=None, python=True)
    if body.batched:
        _refuse_truth(node)
    body.write(node, f"np.logical_not({body.condition(node.operand, value)})")
    return ArrayValue((), "b", python=True)


def _refuse_truth(node: ast.expr) -> None:
    what = f"`{shown(node)}` asks an array with a value for each world whether it holds."
    fix = "Write &, | and ~ with brackets, or np.where(condition, a, b)."
    refuse(node, what, "Python cannot choose one.", fix, rule="natural-unbatched")


def _compare(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.Compare)
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        return _among(body, node)
    if not all(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)) for op in node.ops):
        raise LeftToCriticError
    operands = [node.left, *node.comparators]
    values = [body.array(operand) for operand in operands]
    if len(node.ops) == 1:
        made = body.combined(operands, values, test=True)
        return replace(made, python=all(value.python for value in values))
    if not any(value.worlds for value in values):
        return ArrayValue((), "b", worlds=False, python=True)
    if body.batched:
        _refuse_truth(node)
    if not all(value.plain for value in values):
        refuse(
            node, f"`{shown(node)}` chains comparisons of arrays.", "It fails.", "Write (a < b) & (b < c)."
        )
    signs = [body.text(operand) for operand in operands]
    pairs = zip(signs[:-1], node.ops, signs[1:], strict=True)
    body.write(node, f"({' & '.join(f'({a} {_SIGNS[type(op)]} {b})' for a, op, b in pairs)})")
    return ArrayValue((), "b", python=all(value.python for value in values))


_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def _among(body: Body, node: ast.Compare) -> Value:
    listed, value = node.comparators[0], body.array(node.left)
    if body.batched or not value.worlds or not value.plain or not isinstance(listed, (ast.Tuple, ast.List)):
        raise LeftToCriticError
    others = [body.array(element) for element in listed.elts]
    if not others or any(not other.plain for other in others):
        raise LeftToCriticError
    out = isinstance(node.ops[0], ast.NotIn)
    sign, joint = ("!=", " & ") if out else ("==", " | ")
    texts = [f"({body.atom(node.left)} {sign} {body.text(element)})" for element in listed.elts]
    body.write(node, f"({joint.join(texts)})")
    return ArrayValue((), "b", python=True)


def _bool(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.BoolOp)
    values = [body.array(value) for value in node.values]
    if not any(value.worlds for value in values):
        return ArrayValue((), "b", worlds=False, python=True)
    if body.batched:
        _refuse_truth(node)
    if any(value.dtype != "b" for value in values):
        what = f"`{shown(node)}` gives one of its numbers, not a truth value."
        refuse(node, what, "Which one differs from world to world.", "Compare: x != 0.")
    symbol = "&" if isinstance(node.op, ast.And) else "|"
    texts = [f"({body.condition(n, v)})" for n, v in zip(node.values, values, strict=True)]
    body.write(node, f"({f' {symbol} '.join(texts)})")
    return ArrayValue((), "b", python=all(value.python for value in values))


def _choice(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, ast.IfExp)
    test = body.array(node.test)
    first, second = body.value(node.body), body.value(node.orelse)
    if not test.worlds:
        made = joined_value(first, second)
        if made is None:
            raise LeftToCriticError
        return made
    if body.batched:
        _refuse_truth(node)
    if not isinstance(first, ArrayValue) or not isinstance(second, ArrayValue):
        raise LeftToCriticError
    made = chosen(body, node, [(node.body, first), (node.orelse, second)])
    condition = where_condition(body.condition(node.test, test), len(made.rows))
    body.write(node, f"np.where({condition}, {body.text(node.body)}, {body.text(node.orelse)})")
    return made


def where_condition(text: str, rank: int) -> str:
    """Return a condition of one value a world, with axes for what it chooses between."""
    return text if rank == 0 else f"({text})[:, {', '.join(['None'] * rank)}]"


def chosen(body: Body, node: ast.AST, sides: list[Operand]) -> ArrayValue:
    """Return what is one of two, which must be of one shape."""
    values = [value for _, value in sides]
    shapes = {value.rows for value in values}
    if len(shapes) > 1:
        what = (
            f"`{shown(node)}` chooses between arrays of the shapes {' and '.join(map(str, sorted(shapes)))}."
        )
        refuse(
            node,
            what,
            "The shape would differ from world to world.",
            "Bring both to one shape.",
            rule="natural-shape",
        )
    made = body.combined([each for each, _ in sides], values)
    python = all(value.python for value in values)
    return replace(made, worlds=True, python=python, dtype=wider(*(value.dtype for value in values)))


def _list(body: Body, node: ast.expr) -> Value:
    assert isinstance(node, (ast.List, ast.Tuple))
    return ItemsValue(tuple(body.value(element) for element in node.elts))


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
    names, defined = dict(body.names), set(body.defined)
    body.program.store(body, generator.target, any_of(items))
    value = body.value(node.elt)
    body.names, body.defined = names, defined
    return ItemsValue((value,) * len(items.items), items.known)


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
    ast.Constant: _constant, ast.JoinedStr: _text, ast.Name: _name, ast.Attribute: _attribute,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare, ast.BoolOp: _bool, ast.IfExp: _choice,
    ast.Call: read_call,
    ast.Subscript: read_subscript, ast.List: _list, ast.Tuple: _list, ast.Dict: _dict,
    ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension, ast.Lambda: _lambda,
}  # fmt: skip
