"""Conditions of arrays: joined, chained, and computed with as if they were numbers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import reduce

from eureka_agent.rewards.kinds import ARRAY, MASK, Kind
from eureka_agent.rewards.rewrites import as_number, told, where
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import shown


def in_pairs(node: ast.Compare) -> ast.expr:
    """Return `(a < b) & (b < c)` for `a < b < c`."""
    operands = [node.left, *node.comparators]
    pairs = zip(operands[:-1], node.ops, operands[1:], strict=True)
    return _joined([ast.Compare(a, [op], [b]) for a, op, b in pairs], ast.BitAnd())


def array_logic(node: ast.BoolOp, masks: bool) -> ast.expr:
    """Return what `and` or `or` gives each world: a condition of conditions, else one of the values."""
    both = isinstance(node.op, ast.And)
    if masks:
        return _joined(node.values, ast.BitAnd() if both else ast.BitOr())
    *before, last = node.values
    pick = (lambda rest, a: where(a, rest, a)) if both else (lambda rest, a: where(a, a, rest))
    return reduce(pick, reversed(before), last)  # from the end: each operand is written twice, not more often


def binary_of_masks(node: ast.BinOp, report: Report) -> Kind:
    """Report what operators on two conditions do not do, and return what they give."""
    if isinstance(node.op, ast.Sub):
        what = f"`{shown(node)}` subtracts booleans."
        report.rewrite("mask-arithmetic", node, what, "NumPy refuses it.", _of_numbers(node))
    elif isinstance(node.op, ast.Add):
        report_added(node, node, report)
    keeps = isinstance(node.op, (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor))
    return MASK if keeps else ARRAY


def report_added(node: ast.AST, added: ast.BinOp, report: Report) -> None:
    """Warn of conditions added with `+`: where both hold NumPy, JAX and torch give 1 and not 2."""
    what = f"`{shown(node)}` adds booleans."
    why = "That says whether any of them holds: where two do it counts 1, not 2."
    count = told(_joined([as_number(term) for term in _terms(added)], ast.Add()))
    fix = f"To count write {count}; if either is meant, write it with `|`."
    report.add("mask-arithmetic", node, what, why, fix, severity="warning")


def _terms(node: ast.expr) -> list[ast.expr]:
    """Return what is added, of a sum of sums, too."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _of_numbers(node: ast.BinOp) -> ast.BinOp:
    return ast.BinOp(as_number(node.left), node.op, as_number(node.right))


def _joined(conditions: Sequence[ast.expr], operator: ast.operator) -> ast.expr:
    return reduce(lambda a, b: ast.BinOp(a, operator, b), conditions)
