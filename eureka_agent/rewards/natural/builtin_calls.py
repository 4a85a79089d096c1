"""Python's own functions on numbers that differ from world to world."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.elementwise import cast
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.sites import known_number
from eureka_agent.rewards.natural.slices import column_value, columns, first_axis
from eureka_agent.rewards.natural.values import (
    NUMBER,
    ArrayValue,
    CountValue,
    Dtype,
    ItemsValue,
    ShapeValue,
    SliceValue,
    TableValue,
    TextValue,
    Value,
    joined_value,
    number_value,
)
from eureka_agent.rewards.tree import shown

BuiltinCall = Callable[[Body, ast.Call], Value]

MAX_ITEMS = 256


def _only(node: ast.Call, least: int, most: int) -> None:
    if (
        node.keywords
        or not least <= len(node.args) <= most
        or any(isinstance(a, ast.Starred) for a in node.args)
    ):
        raise LeftToCriticError


def _refuse_batched(body: Body, node: ast.Call, fix: str) -> None:
    if body.batched:
        what = f"`{shown(node)}` gives Python an array with a number for each world."
        refuse(node, what, "It needs one number, or runs over worlds.", fix, rule="natural-unbatched")


def _abs(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 1)
    value = body.numeric(node.args[0], body.array(node.args[0]))
    return replace(value, number=None, buffer=body.fresh_buffer(), whole=True)


def _number(dtype: Dtype) -> BuiltinCall:
    def call(body: Body, node: ast.Call) -> Value:
        _only(node, 1, 1)
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return _infinity(body, node, argument.value)
        value = body.array(argument)
        if not value.worlds and value.plain:
            number = value.number if isinstance(value.number, (int, float)) else None
            return replace(NUMBER, dtype=dtype, number=number if dtype == "f" else None)
        _refuse_batched(body, node, f"Write np.where({shown(argument, 40)}, 1.0, 0.0) for a condition.")
        if not value.plain:
            refuse(node, f"`{shown(node)}` makes one number of an array.", "It fails.", "Pick one: x[0].")
        body.write(node, cast(value, body.text(argument), lambda: body.atom(argument), dtype))
        return replace(value, dtype=dtype, python=True, number=None, buffer=0)

    return call


def _infinity(body: Body, node: ast.Call, text: str) -> Value:
    infinite = {"inf": "np.inf", "+inf": "np.inf", "infinity": "np.inf", "-inf": "(-np.inf)"}
    written = infinite.get(text.strip().lower())
    if written is None:
        raise LeftToCriticError
    body.write(node, written)
    return number_value(float(text))


def _extreme(name: str) -> BuiltinCall:
    def call(body: Body, node: ast.Call) -> Value:
        if len(node.args) == 1:
            return _extreme_of_items(body, node, name)
        _only(node, 2, 16)
        values = [body.numeric(argument, body.array(argument)) for argument in node.args]
        if not any(value.worlds for value in values):
            if not all(value.plain for value in values):
                raise LeftToCriticError
            return replace(NUMBER, dtype=max((v.dtype for v in values), key="bif".index))
        _refuse_batched(body, node, f"Write np.{name}imum({', '.join(shown(a, 30) for a in node.args)}).")
        if not all(value.plain for value in values):
            refuse(
                node,
                f"`{shown(node)}` compares whole arrays.",
                "Python needs numbers.",
                f"Write np.{name}imum(a, b).",
            )
        made = body.combined(list(node.args), values)
        body.write(node, nested(f"np.{name}imum", [body.text(argument) for argument in node.args]))
        return replace(made, python=made.python, buffer=0)

    return call


def nested(function: str, texts: list[str]) -> str:
    """Return a function of two, applied to several."""
    made = texts[0]
    for text in texts[1:]:
        made = f"{function}({made}, {text})"
    return made


def _extreme_of_items(body: Body, node: ast.Call, name: str) -> Value:
    _only(node, 1, 1)
    argument = node.args[0]
    value = body.value(argument)
    if isinstance(value, ItemsValue) and value.known and value.items:
        items = [item for item in value.items if isinstance(item, ArrayValue) and item.plain]
        if len(items) != len(value.items) or not isinstance(argument, (ast.List, ast.Tuple)):
            raise LeftToCriticError
        if not any(item.worlds for item in items):
            return NUMBER
        _refuse_batched(body, node, f"Write np.{name}imum(a, b).")
        made = body.combined(list(argument.elts), items)
        body.write(node, nested(f"np.{name}imum", [body.text(element) for element in argument.elts]))
        return made
    if not isinstance(value, ArrayValue):
        raise LeftToCriticError
    first_axis(body, argument, value)
    if len(value.rows) != 1 or not value.worlds:
        refuse(node, f"`{shown(node)}` compares rows of an array.", "", f"Write np.{name}(x, axis=-1).")
    body.write(node, f"np.{name}({body.text(argument)}, axis=-1)")
    return replace(value, rows=(), before=0, number=None, buffer=0)


def _sum(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 2)
    value = body.value(node.args[0])
    if isinstance(value, ArrayValue):
        first_axis(body, node.args[0], value)
        if len(node.args) > 1 or not value.worlds:
            raise LeftToCriticError
        rank = len(value.rows)
        body.write(node, f"np.sum({body.text(node.args[0])}, axis={-1 if rank == 1 else 1})")
        return replace(column_value(value), dtype="i" if value.dtype == "b" else value.dtype, whole=True)
    start = body.array(node.args[1]) if len(node.args) > 1 else number_value(0)
    items = value.items if isinstance(value, ItemsValue) else ()
    arrays = [item for item in items if isinstance(item, ArrayValue)]
    if len(arrays) != len(items):
        raise LeftToCriticError
    made = body.combined([], [start, *arrays], integers=True) if _aligned(arrays) else None
    if made is None:
        refuse(node, f"`{shown(node)}` adds arrays of different shapes.", "", "Bring them to one shape.")
    return replace(made, dtype="i" if made.dtype == "b" else made.dtype)


def _aligned(arrays: list[ArrayValue]) -> bool:
    """Whether arrays can be added as they are; numbers can be added to any."""
    return len({(len(a.rows), a.before) for a in arrays if a.worlds}) <= 1 and all(
        a.worlds or a.plain for a in arrays
    )


def _len(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 1)
    value = body.value(node.args[0])
    if isinstance(value, ArrayValue):
        sizes: list[int | None] = list(value.rows)
        if body.batched and value.worlds:
            sizes.insert(value.before, None)
        if not sizes:
            refuse(
                node, f"`{shown(node)}`: one number has no length.", "", "Leave it out.", rule="natural-shape"
            )
        if sizes[0] is None:
            return CountValue()
        body.write(node, str(sizes[0]))
        return number_value(sizes[0])
    if isinstance(value, (ItemsValue, TableValue)):
        known = not isinstance(value, ItemsValue) or value.known
        return number_value(len(value.items)) if known else replace(NUMBER, dtype="i")
    if isinstance(value, ShapeValue):
        raise LeftToCriticError
    raise LeftToCriticError


def _range(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 3)
    values = [body.value(argument) for argument in node.args]
    numbers = [known_number(value) for value in values]
    if any(isinstance(value, CountValue) for value in values):
        what = f"`{shown(node)}` runs over worlds."
        refuse(node, what, "Rows must stay independent.", "Leave the loop out.", rule="natural-worlds")
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) != len(numbers) or len(range(*whole)) > MAX_ITEMS:
        raise LeftToCriticError
    for argument, number in zip(node.args, whole, strict=True):
        if not isinstance(argument, (ast.Constant, ast.UnaryOp)):
            body.write(argument, str(number))
    return ItemsValue(tuple(number_value(number) for number in range(*whole)))


def items_of(body: Body, node: ast.expr, value: Value) -> ItemsValue:
    """Return what taking something apart gives, in order; an array is written as its columns."""
    if isinstance(value, ItemsValue):
        return value
    if isinstance(value, TableValue):
        return ItemsValue(tuple(TextValue(key) for key in value.items))
    if isinstance(value, ArrayValue):
        first_axis(body, node, value)
        if value.rows[0] > MAX_ITEMS:
            raise LeftToCriticError
        body.write(node, f"[{', '.join(columns(body.text(node), value))}]")
        return ItemsValue((column_value(value),) * value.rows[0])
    raise LeftToCriticError


def _zip(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 8)
    lists = [items_of(body, argument, body.value(argument)) for argument in node.args]
    if all(each.known for each in lists):
        return ItemsValue(
            tuple(ItemsValue(row) for row in zip(*(each.items for each in lists), strict=False))
        )
    return ItemsValue((ItemsValue(tuple(any_of(each) for each in lists)),), known=False)


def any_of(items: ItemsValue) -> Value:
    """Return what each of the items may hold."""
    made: Value | None = items.items[0] if items.items else NUMBER
    for item in items.items[1:]:
        made = joined_value(made, item)
    if made is None:
        raise LeftToCriticError
    return made


def _enumerate(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 1)
    items = items_of(body, node.args[0], body.value(node.args[0]))
    if not items.known:
        return ItemsValue((ItemsValue((replace(NUMBER, dtype="i"), any_of(items))),), known=False)
    return ItemsValue(tuple(ItemsValue((number_value(i), item)) for i, item in enumerate(items.items)))


def _list(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 1)
    return items_of(body, node.args[0], body.value(node.args[0]))


def _round(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 2)
    value = body.array(node.args[0])
    if not value.worlds:
        return replace(NUMBER, dtype=value.dtype)
    if body.batched:
        raise LeftToCriticError
    texts = ", ".join(body.text(argument) for argument in node.args)
    body.write(node, f"np.round({texts})")
    return replace(value, number=None, buffer=0)


def _pow(body: Body, node: ast.Call) -> Value:
    _only(node, 2, 2)
    made = body.combined(list(node.args), [body.array(argument) for argument in node.args])
    body.write(node, f"({body.atom(node.args[0])} ** {body.atom(node.args[1])})")
    return made


def _joined_conditions(symbol: str) -> BuiltinCall:
    """`any([...])` and `all([...])` of single truth values."""

    def call(body: Body, node: ast.Call) -> Value:
        _only(node, 1, 1)
        listed = node.args[0]
        if not isinstance(listed, (ast.List, ast.Tuple)) or not listed.elts:
            raise LeftToCriticError
        values = [body.array(element) for element in listed.elts]
        _refuse_batched(body, node, f"Write (a) {symbol} (b).")
        texts = [f"({body.condition(e, v)})" for e, v in zip(listed.elts, values, strict=True)]
        body.write(node, f"({f' {symbol} '.join(texts)})")
        return ArrayValue((), "b", any(v.worlds for v in values), python=True)

    return call


def _dict(body: Body, node: ast.Call) -> Value:
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        raise LeftToCriticError
    return TableValue({str(k.arg): body.value(k.value) for k in node.keywords}, body.fresh_buffer())


def _slice(body: Body, node: ast.Call) -> Value:
    _only(node, 1, 3)
    numbers = [known_number(body.value(argument)) for argument in node.args]
    limits = [n for n in numbers if n is None or (isinstance(n, int) and not isinstance(n, bool))]
    if len(limits) < len(numbers) or (len(limits) > 2 and limits[2] is not None and limits[2] < 1):
        raise LeftToCriticError
    return SliceValue(None, limits[0]) if len(limits) == 1 else SliceValue(*limits)


BUILTIN_CALLS: dict[str, BuiltinCall] = {
    "abs": _abs, "float": _number("f"), "int": _number("i"), "bool": _number("b"), "min": _extreme("min"),
    "max": _extreme("max"), "sum": _sum, "len": _len, "range": _range, "zip": _zip, "enumerate": _enumerate,
    "list": _list, "tuple": _list, "round": _round, "pow": _pow, "any": _joined_conditions("|"),
    "all": _joined_conditions("&"), "dict": _dict, "slice": _slice,
}  # fmt: skip
