"""Names, literals and attributes of a natural reward."""

from __future__ import annotations

import ast
import json

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.indexing import require_defined
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.shaping import transposed
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    NothingValue,
    RecordValue,
    SettingValue,
    ShapeValue,
    TextValue,
    TypeValue,
    Value,
    number_value,
)
from eureka_agent.rewards.tree import shown


def read_literal(body: Body, node: ast.expr) -> Value:
    """Return what a literal is."""
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, (bool, int, float)):
        return number_value(node.value)
    if isinstance(node.value, str):
        return TextValue(node.value)
    if node.value is None:
        return NothingValue()
    raise LeftToCriticError


def read_text(body: Body, node: ast.expr) -> Value:
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


def read_name(body: Body, node: ast.expr) -> Value:
    """Return what a name holds."""
    assert isinstance(node, ast.Name)
    if node.id in body.deleted and node.id not in body.names:
        raise LeftToCriticError
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


def read_attribute(body: Body, node: ast.expr) -> Value:
    """Return what an attribute is: of a library, a named tuple or an array."""
    assert isinstance(node, ast.Attribute)
    if (path := body.program.path(body, node)) is not None:
        return body.program.named(body, node, path)
    holder = body.value(node.value)
    if isinstance(holder, RecordValue):
        if node.attr not in holder.items:
            raise LeftToCriticError
        body.write(node, holder.texts[node.attr])
        return holder.items[node.attr]
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
