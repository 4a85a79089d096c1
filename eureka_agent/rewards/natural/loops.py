"""Loops of a fixed length: read until what names hold no longer changes, or written out turn by turn."""

from __future__ import annotations

import ast
import re

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.branches import block_lines
from eureka_agent.rewards.natural.builtin_calls import any_of, items_of
from eureka_agent.rewards.natural.editing import atom, expression_of, mark
from eureka_agent.rewards.natural.pieces import MOST_TURNS, Piece, bound_pieces, has_text, pieces_of
from eureka_agent.rewards.natural.refusal import LeftToCriticError, RefusedFormError, refuse
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    Value,
    joined_value,
)
from eureka_agent.rewards.tree import shown


def read_for(body: Body, node: ast.For) -> None:
    """Read a loop."""
    if node.orelse:
        raise LeftToCriticError
    items = items_of(body, node.iter, body.value(node.iter))
    if not items.items:
        raise LeftToCriticError
    if isinstance(node.iter, (ast.Tuple, ast.List)) and any(map(has_text, items.items)):
        _unroll(body, node, items)
        return
    names, defined, early = dict(body.names), set(body.defined), len(body.early)
    try:
        _read_as_loop(body, node, items)
    except (RefusedFormError, LeftToCriticError) as refused:
        returns = any(isinstance(n, ast.Return) for n in ast.walk(node))
        if not items.known or len(items.items) > MOST_TURNS or len(body.early) > early or returns:
            raise
        body.names, body.defined = names, defined
        try:
            _unroll(body, node, items)
        except LeftToCriticError:
            raise refused from None


def _read_as_loop(body: Body, node: ast.For, items: ItemsValue) -> None:
    """Read a loop that stays one: until what names hold no longer changes."""
    before, defined = dict(body.names), set(body.defined)
    grown: dict[str, int] = {}
    for turn in range(4):
        seen = dict(body.names)
        body.program.store(body, node.target, any_of(items))
        _turn(body, node)
        grown = grown if turn else _growth(seen, body.names)
        body.names = _merged(seen, body.names, node)
        if body.names == seen and _numbers(body.names) == _numbers(seen):
            break
    else:
        raise LeftToCriticError
    for name, more in grown.items():
        body.names[name] = _repeated(before[name], body.names[name], more * len(items.items), node)
    if not items.known:
        body.names = {name: value for name, value in body.names.items() if name in before}
        body.defined = defined


def _turn(body: Body, node: ast.For) -> None:
    """Read a turn; below a `continue` of some worlds the lines hold in the others only."""
    predicate, unskipped, names = body.predicate, body.unskipped, set(body.names)
    body.unskipped = None
    if not any(isinstance(n, ast.Return) for n in ast.walk(node)):
        body.turns |= {id(line) for line in node.body if isinstance(line, ast.If)}
    body.program.run(body, node.body)
    if body.unskipped is not None:
        kept = names | body.unskipped
        body.names = {name: value for name, value in body.names.items() if name in kept}
        body.defined &= body.unskipped
    body.predicate, body.unskipped = predicate, unskipped


def _numbers(names: dict[str, Value]) -> dict[str, object]:
    return {name: value.number for name, value in names.items() if isinstance(value, ArrayValue)}


def _unroll(body: Body, node: ast.For, items: ItemsValue) -> None:
    """Write a loop over texts turn by turn: a text may stand as a key only."""
    turns: list[str] = []
    if any(isinstance(n, (ast.Break, ast.Continue)) for n in ast.walk(node)) or len(items.items) > MOST_TURNS:
        raise LeftToCriticError
    pieces = pieces_of(body, node.iter)
    if len(pieces) != len(items.items) or _overwritten(node, pieces):
        raise LeftToCriticError
    indent = f"{mark(node.lineno)}{' ' * node.col_offset}"
    for item, piece in zip(items.items, pieces, strict=True):
        for name in [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]:
            body.written.pop(name, None)
        body.program.store(body, node.target, item)
        for name, text, value in bound_pieces(node.target, piece, item):
            number = value.number if isinstance(value, ArrayValue) else None
            if isinstance(number, (int, float)):
                body.written[name] = atom(repr(number))
            elif body.predicate:
                raise LeftToCriticError
            else:
                turns.append(f"{indent}{name} = {text}")
        body.program.run(body, node.body)
        turns += block_lines(body, node, node.body)
    text = "\n".join(turns)
    note = f"The loop `for {shown(node.target)} in {shown(node.iter, 40)}` was written out."
    body.program.edits.replace(body.span(node), re.sub(r"^(\0\d+\0)*[ \t]*", "", text), note)


def _overwritten(node: ast.For, pieces: list[Piece]) -> bool:
    """Say whether a turn gives another value to a name that a later turn would read."""
    stored = {
        n.id for line in node.body for n in ast.walk(line)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }  # fmt: skip
    return bool(stored & {name for piece in pieces for name in _names_in(piece)})


def _names_in(piece: Piece) -> set[str]:
    if isinstance(piece, tuple):
        return {name for part in piece for name in _names_in(part)}
    tree = expression_of(piece)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} if tree is not None else set()


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
