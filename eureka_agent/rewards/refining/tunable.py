"""The numbers of a reward whose ratio matters, and the reward with other ones in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eureka_agent.errors import RewardError
from eureka_agent.rewards.refining.editing import TokenEdits
from eureka_agent.rewards.refining.literals import quantities
from eureka_agent.rewards.refining.numbers import literal_of
from eureka_agent.rewards.refining.straight import names
from eureka_agent.rewards.refining.summands import Composition, composition_of
from eureka_agent.rewards.source import MEMORY_NAME, named_values, parse_reward
from eureka_agent.rewards.tree import parse_python

DIGITS = 3
"""Significant digits of a number that is varied."""


@dataclass(frozen=True)
class Tunable:
    """One number that may be varied; its sign stays."""

    name: str
    """How a person finds it: the constant, or what it is a weight of and the line."""
    value: float
    line: int
    column: int
    """As Python counts: in bytes of UTF-8."""


_Named = tuple[str, ast.Constant]


def tunable_numbers(text: str) -> list[Tunable]:
    """Return the numbers of a reward whose ratio matters, weights first, each group in order of appearance.

    These are taken:

    - *weights*: literal factors and divisors of the total, of its sums and of a component where it is
      computed, `lean = -0.5 * np.square(angle)`; what `np.where(hit, 10.0, 0.0)` pays beside 0;
    - *module constants*: single numbers, and numbers in a dictionary at module level.

    These are not: exponents, indices, named arguments and what MEMORY begins with; numbers inside the call of
    a function and in what leads to a component, which are scales or limits; numbers that are compared, and
    constants that are compared or are exponents anywhere; 0, and a 1 that is no factor; factors of what is
    only reported. Where the text does not show what the components are, no weight is taken. The sole weight
    of a sole component is left out: it scales the whole reward.
    """
    text = TokenEdits(text).text
    tree = parse_python(text)
    allowed = {_place(node) for node in quantities(tree)}
    weights = _in_order(_weights(text), allowed)
    constants = _in_order(_constants(tree), allowed)
    scale_only = len(weights) == 1 and not constants and len(parse_reward(text).components or ()) == 1
    return [] if scale_only else [*weights, *constants]


def with_numbers(text: str, numbers: Sequence[Tunable], values: Sequence[float]) -> str:
    """Return a reward with other values for some of its numbers, at three significant digits."""
    edits = TokenEdits(text)
    places = {_place(node): node for node in quantities(parse_python(edits.text))}
    for number, value in zip(numbers, values, strict=True):
        (token,) = edits.of(places[number.line, number.column])
        if value != number.value:
            edits.write(token, repr(float(f"{value:.{DIGITS}g}")))
    return edits.result()


def _place(node: ast.Constant) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _in_order(found: Iterable[_Named], allowed: set[tuple[int, int]]) -> list[Tunable]:
    made = {
        _place(node): Tunable(name, float(node.value), node.lineno, node.col_offset)
        for name, node in found
        if _place(node) in allowed and isinstance(node.value, (int, float)) and node.value
    }
    return [made[place] for place in sorted(made)]


def _weights(text: str) -> Iterator[_Named]:
    """Yield the literal factors of the total, of its sums, and of each component that it is made of."""
    try:
        whole = composition_of(text)
    except RewardError:
        return
    yield from _of_sum(whole, whole.total, whole.last, "the total")
    if whole.table is not None and names(whole.function, ast.Load).count(whole.table) > _mentions(whole):
        for name, entry in whole.entries.items():
            yield from _of_term(whole, entry.value, entry.at, name)


def _of_sum(whole: Composition, node: ast.expr, at: int, name: str) -> Iterator[_Named]:
    """Yield the factors in a sum and, through the names in it, in its terms."""
    yield from _named(node, name)
    variables = {entry.value.id for entry in whole.entries.values() if isinstance(entry.value, ast.Name)}
    for inner in _surface_names(node):
        known = whole.lines.value(inner, at)
        if known is None:
            continue
        number, value = known
        if inner in variables:
            yield from _named(value, inner)
        elif isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Name)):
            yield from _of_sum(whole, value, number, inner)


def _of_term(whole: Composition, node: ast.expr, at: int, name: str) -> Iterator[_Named]:
    """Yield the factors of a component in the table and, if it has a variable, where that is computed."""
    yield from _named(node, name)
    known = whole.lines.value(node.id, at) if isinstance(node, ast.Name) else None
    if known is not None:
        yield from _named(known[1], name)


def _named(node: ast.expr, name: str) -> Iterator[_Named]:
    yield from ((f"{name}, line {factor.lineno}", factor) for factor in _factors(node))


def _mentions(whole: Composition) -> int:
    """Return how often the table of components is written to or returned: who else reads it, pays by it."""
    stored = [
        node
        for node in ast.walk(whole.function)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    ]
    return 1 + sum(isinstance(node.value, ast.Name) and node.value.id == whole.table for node in stored)


def _surface_names(node: ast.expr) -> Iterator[str]:
    """Yield the names at the surface of an expression, as `_factors` yields its literals."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.UnaryOp(operand=operand):
            yield from _surface_names(operand)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            yield from _surface_names(left)
            yield from _surface_names(right)


def _factors(node: ast.expr) -> Iterator[ast.Constant]:
    """Yield the literal factors at the surface of an expression: through sums and products, into no call."""
    match node:
        case ast.UnaryOp(operand=operand):
            yield from _factors(operand)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from _factors(left)
            yield from _factors(right)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            for part in (left, right):
                literal = literal_of(part)
                yield from _factors(part) if literal is None else [literal]
        case ast.Call(func=ast.Attribute(attr="where"), args=[_, one, other]):
            for paid, beside in ((one, other), (other, one)):
                literal = literal_of(paid)
                if literal is not None and literal.value != 1 and _is_zero(beside):
                    yield literal


def _is_zero(node: ast.expr) -> bool:
    literal = literal_of(node)
    return literal is not None and literal.value == 0


def _constants(tree: ast.Module) -> Iterator[_Named]:
    unclear = _unclear_names(tree)
    for node in tree.body:
        for name, value in named_values(node) if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
            if name in unclear or name == MEMORY_NAME:
                continue
            if (literal := literal_of(value)) is not None:
                yield name, literal
            elif isinstance(value, ast.Dict):
                for key, item in zip(value.keys, value.values, strict=True):
                    if key is not None and (literal := literal_of(item)) is not None:
                        yield f"{name}[{ast.unparse(key)}]", literal


def _unclear_names(tree: ast.Module) -> set[str]:
    """Return names that are part of a threshold, an exponent, an index or a count anywhere."""
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Compare() | ast.keyword() | ast.Call(func=ast.Name(id="range")):
                parts.append(node)
            case ast.BinOp(op=ast.Pow(), right=exponent):
                parts.append(exponent)
            case ast.Subscript(slice=index):
                parts.append(index)
    return {name for part in parts for name in names(part, ast.Load)}
