"""How each element of a list, a dictionary or an array is written where a loop over it is written out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.refusal import LeftToCriticError
from eureka_agent.rewards.natural.slices import columns
from eureka_agent.rewards.natural.values import ArrayValue, ItemsValue, TableValue, TextValue, Value

if TYPE_CHECKING:
    from eureka_agent.rewards.natural.body import Body

Piece = str | tuple["Piece", ...]
"""The text of one element; of a tuple, the texts of its parts."""


MOST_TURNS = 16
"""Of a loop that is written out."""


def has_text(item: Value) -> bool:
    """Say whether a text is in an element of what a loop runs over."""
    return isinstance(item, TextValue) or (isinstance(item, ItemsValue) and any(map(has_text, item.items)))


def pieces_of(body: Body, node: ast.expr) -> list[Piece]:
    """Return the texts of all elements of what a loop runs over, in order."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_piece(body, element, body.value(element)) for element in node.elts]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _of_table(body, node.func)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _of_builtin(body, node, node.func.id)
    return _below(atom_of(body, node), body.value(node))


def atom_of(body: Body, node: ast.expr) -> str:
    """Return an expression's text after reading it anew."""
    body.value(node)
    return atom(body.text(node))


def _piece(body: Body, node: ast.expr, value: Value) -> Piece:
    if isinstance(node, (ast.List, ast.Tuple)) and isinstance(value, ItemsValue):
        return tuple(_piece(body, n, v) for n, v in zip(node.elts, value.items, strict=True))
    return body.text(node)


def _below(text: str, value: Value) -> list[Piece]:
    if isinstance(value, TableValue):
        return [repr(key) for key in value.items]
    if isinstance(value, ArrayValue) and value.rows:
        return list(columns(text, value))
    if not isinstance(value, ItemsValue) or not value.known:
        raise LeftToCriticError
    return [_within(f"{text}[{i}]", item) for i, item in enumerate(value.items)]


def _within(text: str, value: Value) -> Piece:
    return tuple(_below(text, value)) if isinstance(value, ItemsValue) and value.known else text


def _of_table(body: Body, func: ast.Attribute) -> list[Piece]:
    holder = body.value(func.value)
    text = atom(body.text(func.value))
    if not isinstance(holder, TableValue) or func.attr not in ("items", "keys", "values"):
        raise LeftToCriticError
    keys = [repr(key) for key in holder.items]
    values = [_within(f'{text}["{key}"]', value) for key, value in holder.items.items()]
    return {"keys": [*keys], "values": values, "items": [*zip(keys, values, strict=True)]}[func.attr]


def _of_builtin(body: Body, node: ast.Call, name: str) -> list[Piece]:
    if name == "range":
        value = body.value(node)
        items = value.items if isinstance(value, ItemsValue) else ()
        return [str(item.number) for item in items if isinstance(item, ArrayValue)]
    if name not in ("enumerate", "zip", "list", "tuple") or node.keywords:
        raise LeftToCriticError
    lists = [pieces_of(body, argument) for argument in node.args]
    if name == "zip":
        return [*zip(*lists, strict=False)]
    if len(lists) != 1:
        raise LeftToCriticError
    return [(str(i), piece) for i, piece in enumerate(lists[0])] if name == "enumerate" else lists[0]


def bound_pieces(target: ast.expr, piece: Piece, value: Value) -> list[tuple[str, str, Value]]:
    """Return the names in a loop's target, each with its text and what it holds."""
    if isinstance(target, ast.Name):
        if not isinstance(piece, str):
            if not isinstance(value, ItemsValue):
                raise LeftToCriticError
            return [(target.id, f"[{', '.join(map(_joined, piece))}]", value)]
        return [] if isinstance(value, TextValue) else [(target.id, piece, value)]
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, ItemsValue):
        raise LeftToCriticError
    if not isinstance(piece, tuple) or not len(piece) == len(target.elts) == len(value.items):
        raise LeftToCriticError
    parts = zip(target.elts, piece, value.items, strict=True)
    return [found for t, p, v in parts for found in bound_pieces(t, p, v)]


def _joined(piece: Piece) -> str:
    return piece if isinstance(piece, str) else f"[{', '.join(map(_joined, piece))}]"
