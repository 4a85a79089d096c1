"""Lists of arrays, joined along a new axis; NumPy and JAX make one of any list that they are given."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.values import (
    MAX_CONSTANT,
    ArrayValue,
    Dtype,
    ItemsValue,
    Numbers,
    Value,
    shown_shape,
    wider,
)
from eureka_agent.rewards.tree import shown


def stacked(
    body: Body, node: ast.expr, listed: ast.expr, parts: list[ArrayValue], axis: int
) -> tuple[ArrayValue, str]:
    """Return arrays joined along a new axis (as their author counts it), and how that is written."""
    of_worlds = [part for part in parts if part.worlds]
    if not of_worlds:
        refuse(node, f"`{shown(node)}` joins constants.", "They are numbers.", "Write np.array([1.0, 2.0]).")
    first = of_worlds[0]
    of_all = body.batched and len(of_worlds) < len(parts)
    if of_all or any(
        part.rows != first.rows or (part.worlds and part.before != first.before) for part in parts
    ):
        shapes = ", ".join(shown_shape(part, batched=body.batched) for part in parts[:4])
        what = f"`{shown(node)}` joins arrays of the shapes {shapes}."
        refuse(node, what, "They must be the same.", "Bring them to one shape.", rule="natural-shape")
    _fill(body, listed, parts)
    rank = len(first.rows) + 1 + body.batched
    if not -rank <= axis < rank:
        refuse(node, f"`{shown(node)}` has no axis {axis}.", "", "Use axis=-1.", rule="natural-shape")
    place = axis % rank
    leads = body.batched and place <= first.before
    row = place if leads or not body.batched else place - 1
    rows = (*first.rows[:row], len(parts), *first.rows[row:])
    made = ArrayValue(
        rows, wider(*(part.dtype for part in parts)), True, first.before + leads, buffer=body.fresh_buffer()
    )
    return made, f"np.stack({body.text(listed)}, axis={-1 if row == len(first.rows) else row + 1})"


def _fill(body: Body, listed: ast.expr, parts: list[ArrayValue]) -> None:
    """Write constants in a list of arrays with a row for each world."""
    if all(part.worlds for part in parts):
        return
    if not isinstance(listed, (ast.List, ast.Tuple)):
        refuse(
            listed,
            f"`{shown(listed)}` holds numbers and arrays.",
            "",
            "Write the list out where it is joined.",
        )
    model = next(i for i, part in enumerate(parts) if part.worlds)
    text = body.text(listed.elts[model])
    for node, part in zip(listed.elts, parts, strict=True):
        if not part.worlds:
            body.write(node, f"np.zeros_like({text}) + {body.atom(node)}")


def listed_array(body: Body, node: ast.expr, value: ItemsValue) -> ArrayValue:
    """Return the array that NumPy or JAX make of a list, and write it: constants as literals."""
    if not value.known:
        refuse(
            node, f"`{shown(node)}` is a list of unknown length.", "Shapes are fixed.", "Write the list out."
        )
    numbers = _constant_numbers(value)
    if numbers is not None:
        return constant_array_of(body, node, numbers)
    parts: list[ArrayValue] = []
    for i, item in enumerate(value.items):
        if isinstance(item, ItemsValue) and isinstance(node, (ast.List, ast.Tuple)):
            item = listed_array(body, node.elts[i], item)
        if not isinstance(item, ArrayValue):
            refuse(node, f"`{shown(node)}` makes an array of no numbers.", "It would fail.", "Write numbers.")
        parts.append(item)
    made, text = stacked(body, node, node, parts, 0)
    body.write(node, text)
    return made


def as_array(body: Body, node: ast.expr) -> ArrayValue:
    """Return an operand; NumPy and JAX make an array of a list that they are given."""
    value = body.value(node)
    if isinstance(value, ItemsValue) and not value.names and body.program.library != "torch":
        return listed_array(body, node, value)
    return body.array(node)


def constant_array_of(body: Body, node: ast.expr, numbers: Any, dtype: Dtype | None = None) -> ArrayValue:
    """Return an array of literal numbers, and write it."""
    try:
        array = np.array(numbers)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "bif" or array.ndim == 0 or array.size > MAX_CONSTANT:
        why = f"At most {MAX_CONSTANT} numbers in rows of one length can be written out."
        refuse(node, f"`{shown(node)}` is no array of numbers.", why, "Write rows of one length.")
    kind: Dtype = array.dtype.kind  # pyright: ignore[reportAssignmentType]
    literal = not any(
        isinstance(n, (ast.Name, ast.Call, ast.Subscript, ast.ListComp, ast.BinOp)) for n in ast.walk(node)
    )
    made = dtype or kind
    text = body.text(node) if literal and made == kind else numbers_text(as_tuples(array.tolist()), made)
    body.write(node, f"np.array({text})")
    return ArrayValue(
        array.shape, made, worlds=False, number=as_tuples(array.tolist()), buffer=body.fresh_buffer()
    )


def numbers_text(numbers: Numbers, dtype: Dtype) -> str:
    """Return numbers as literals."""
    if isinstance(numbers, tuple):
        return f"[{', '.join(numbers_text(number, dtype) for number in numbers)}]"
    made: Any = {"b": bool, "i": int, "f": float}[dtype](numbers)
    return {"inf": "np.inf", "-inf": "-np.inf"}.get(repr(made), repr(made))


def as_tuples(values: Any) -> Numbers:
    """Return nested lists as tuples."""
    return tuple(map(as_tuples, values)) if isinstance(values, list) else values


def folded(function: Callable | None, *numbers: Numbers) -> Numbers | None:
    """Return what an elementwise function gives for known numbers; None where it is better kept as text."""
    if function is None:
        return None
    with np.errstate(all="ignore"):
        try:
            arrays = [np.asarray(each) for each in numbers]
            if any(array.dtype.kind not in "bif" for array in arrays):
                return None
            made = np.asarray(function(*arrays))
        except (ArithmeticError, TypeError, ValueError):
            return None
    if made.size > MAX_CONSTANT or made.dtype.kind not in "bif" or not np.all(np.isfinite(made)):
        return None
    return as_tuples(made.tolist())


def _constant_numbers(value: Value) -> Any:
    """Return nested lists of known numbers, or None."""
    if isinstance(value, ItemsValue):
        inner = [_constant_numbers(item) for item in value.items]
        return None if any(each is None for each in inner) else inner
    if isinstance(value, ArrayValue) and not value.worlds and value.number is not None:
        return list(value.number) if isinstance(value.number, tuple) else value.number
    return None


def scalar_like(body: Body, node: ast.expr) -> str:
    """Return the text of a float with one number a world, to make others like it."""
    arrays = [
        (name, value)
        for name, value in body.names.items()
        if isinstance(value, ArrayValue) and value.worlds and value.dtype == "f" and not value.before
        and name in body.defined
    ]  # fmt: skip
    if not arrays:
        refuse(
            node,
            f"`{shown(node)}` counts the worlds.",
            "There is no float signal to be like.",
            "Use zeros_like.",
        )
    name, value = min(arrays, key=lambda pair: len(pair[1].rows))
    return f"{name}[:, {', '.join(['0'] * len(value.rows))}]" if value.rows else name
