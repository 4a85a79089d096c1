"""Truth values: in code of one world Python asks for one, in portable code every world has its own."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body, Operand
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.stacking import folded
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    Numbers,
    Value,
    joined_value,
    wider,
)
from eureka_agent.rewards.tree import shown


def read_not(body: Body, node: ast.UnaryOp, value: ArrayValue) -> ArrayValue:
    """Return `not x`."""
    if not value.worlds:
        number = None if isinstance(value.number, tuple | None) else not value.number
        return replace(value, dtype="b", number=number, python=True)
    if body.batched:
        _refuse_truth(node)
    body.write(node, f"np.logical_not({body.condition(node.operand, value)})")
    return ArrayValue((), "b", python=True)


def _refuse_truth(node: ast.expr) -> None:
    what = f"`{shown(node)}` asks an array with a value for each world whether it holds."
    fix = "Write &, | and ~ with brackets, or np.where(condition, a, b)."
    refuse(node, what, "Python cannot choose one.", fix, rule="natural-unbatched")


def read_compare(body: Body, node: ast.expr) -> Value:
    """Return a comparison; a chain of them becomes a conjunction."""
    assert isinstance(node, ast.Compare)
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        return _among(body, node)
    if not all(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)) for op in node.ops):
        raise LeftToCriticError
    operands = [node.left, *node.comparators]
    values = [body.array(operand) for operand in operands]
    if len(node.ops) == 1:
        made = body.combined(operands, values, test=True)
        number = _compared(node.ops[0], values)
        return replace(made, python=all(value.python for value in values), number=number)
    if not any(value.worlds for value in values):
        held = [_compared(op, [a, b]) for op, a, b in zip(node.ops, values[:-1], values[1:], strict=True)]
        number = None if None in held else all(held)
        return ArrayValue((), "b", worlds=False, python=True, number=number)
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


def _compared(op: ast.cmpop, values: list[ArrayValue]) -> Numbers | None:
    """Return whether a comparison of known numbers holds."""
    a, b = (value.number for value in values)
    if a is None or b is None:
        return None
    if isinstance(a, tuple) or isinstance(b, tuple):
        return folded(_COMPARISONS[type(op)], a, b)
    return _COMPARISONS[type(op)](a, b)


_COMPARISONS: dict[type[ast.cmpop], Callable] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip


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


def read_bool(body: Body, node: ast.expr) -> Value:
    """Return `a and b` or `a or b`."""
    assert isinstance(node, ast.BoolOp)
    values = [body.array(value) for value in node.values]
    if not any(value.worlds for value in values):
        numbers = [value.number for value in values]
        joint = all if isinstance(node.op, ast.And) else any
        number = None if any(isinstance(n, tuple | None) for n in numbers) else joint(numbers)
        return ArrayValue((), "b", worlds=False, python=True, number=number)
    if body.batched:
        _refuse_truth(node)
    if any(value.dtype != "b" for value in values) and id(node) not in body.program.tests:
        what = f"`{shown(node)}` gives one of its numbers, not a truth value."
        refuse(node, what, "Which one differs from world to world.", "Compare: x != 0.")
    symbol = "&" if isinstance(node.op, ast.And) else "|"
    texts = [f"({body.condition(n, v)})" for n, v in zip(node.values, values, strict=True)]
    body.write(node, f"({f' {symbol} '.join(texts)})")
    return ArrayValue((), "b", python=all(value.python for value in values))


def tests_of(tree: ast.AST) -> set[int]:
    """Return the ids of each `and` and `or` that is only asked whether it holds."""
    made: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.IfExp)):
            _note_tests(node.test, made)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            _note_tests(node.operand, made)
    return made


def _note_tests(node: ast.expr, made: set[int]) -> None:
    if isinstance(node, ast.BoolOp):
        made.add(id(node))
        for value in node.values:
            _note_tests(value, made)


def read_choice(body: Body, node: ast.expr) -> Value:
    """Return `a if test else b`."""
    assert isinstance(node, ast.IfExp)
    test = body.array(node.test)
    if isinstance(node.test, ast.Call) and isinstance(test.number, (bool, int, float)):
        side = node.body if test.number else node.orelse
        made = body.value(side)
        body.write(node, body.text(side))
        return made
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
