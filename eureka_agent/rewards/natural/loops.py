"""Loops of a fixed length: read until what names hold no longer changes, or written out turn by turn."""

from __future__ import annotations

import ast
import re

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.branches import block_lines
from eureka_agent.rewards.natural.builtin_calls import any_of, items_of
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    TextValue,
    Value,
    joined_value,
)
from eureka_agent.rewards.tree import shown

MOST_TURNS = 16


def read_for(body: Body, node: ast.For) -> None:
    """Read a loop."""
    if node.orelse:
        raise LeftToCriticError
    items = items_of(body, node.iter, body.value(node.iter))
    if not items.items:
        raise LeftToCriticError
    if isinstance(node.iter, (ast.Tuple, ast.List)) and any(map(_has_text, items.items)):
        _unroll(body, node, items)
        return
    before, defined = dict(body.names), set(body.defined)
    grown: dict[str, int] = {}
    for turn in range(4):
        seen = dict(body.names)
        body.program.store(body, node.target, any_of(items))
        body.program.run(body, node.body)
        grown = grown if turn else _growth(seen, body.names)
        body.names = _merged(seen, body.names, node)
        if body.names == seen:
            break
    else:
        raise LeftToCriticError
    for name, more in grown.items():
        body.names[name] = _repeated(before[name], body.names[name], more * len(items.items), node)
    if not items.known:
        body.names = {name: value for name, value in body.names.items() if name in before}
        body.defined = defined


def _has_text(item: Value) -> bool:
    return isinstance(item, TextValue) or (isinstance(item, ItemsValue) and any(map(_has_text, item.items)))


def _unroll(body: Body, node: ast.For, items: ItemsValue) -> None:
    """Write a loop over texts turn by turn: a text may stand as a key only."""
    turns: list[str] = []
    if any(isinstance(n, (ast.Break, ast.Continue)) for n in ast.walk(node)) or len(items.items) > MOST_TURNS:
        raise LeftToCriticError
    for item in items.items:
        body.program.store(body, node.target, item)
        for name, number in _numbers_in(node.target, item):
            body.written[name] = number
        body.program.run(body, node.body)
        turns += block_lines(body, node, node.body)
    text = "\n".join(turns)
    note = f"The loop `for {shown(node.target)} in {shown(node.iter, 40)}` was written out."
    body.program.edits.replace(body.span(node), re.sub(r"^(\0\d+\0)*[ \t]*", "", text), note)


def _numbers_in(target: ast.expr, item: Value) -> list[tuple[str, str]]:
    """Return the names in a loop's target that stand for known numbers, with their texts."""
    if isinstance(target, ast.Name) and isinstance(item, ArrayValue):
        if not isinstance(item.number, (int, float)):
            raise LeftToCriticError
        return [(target.id, atom(repr(item.number)))]
    if isinstance(target, ast.Tuple) and isinstance(item, ItemsValue):
        return [p for t, i in zip(target.elts, item.items, strict=False) for p in _numbers_in(t, i)]
    return []


def _growth(before: dict[str, Value], after: dict[str, Value]) -> dict[str, int]:
    """Return how many items each list gets in one turn of a loop."""
    pairs = [(name, before[name], value) for name, value in after.items() if name in before]
    lists = [(n, a, b) for n, a, b in pairs if isinstance(a, ItemsValue) and isinstance(b, ItemsValue)]
    return {
        n: len(b.items) - len(a.items)
        for n, a, b in lists
        if a.known and b.known and len(a.items) != len(b.items)
    }


def _repeated(before: Value, after: Value, more: int, node: ast.For) -> Value:
    """Return a list that a loop of known length has filled."""
    steady = not any(
        isinstance(n, (ast.Break, ast.Continue, ast.If, ast.For)) for b in node.body for n in ast.walk(b)
    )
    if not isinstance(before, ItemsValue) or not isinstance(after, ItemsValue) or not steady or more < 0:
        return after
    return ItemsValue((any_of(after),) * (len(before.items) + more))


def _merged(before: dict[str, Value], after: dict[str, Value], node: ast.AST) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for name in after:
        value = joined_value(before[name], after[name]) if name in before else after[name]
        if value is None:
            what = f"`{name}` changes its shape in the loop."
            refuse(node, what, "It must be the same at every turn.", "Use one shape.", rule="natural-shape")
        made[name] = value
    return made
