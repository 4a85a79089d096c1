"""Numbers in a reward's text: literals with a sign, and names that stand for one."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from eureka_agent.rewards.source import named_values


def number(node: ast.expr, constants: Mapping[str, float]) -> float | None:
    """Return what a literal, or the name of a constant, is worth; None for anything else."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = number(operand, constants)
            return None if value is None else -value
        case ast.Name(id=name):
            return constants.get(name)
    return None


def constants_of(tree: ast.Module) -> dict[str, float]:
    """Return the module's constants that are single numbers; what is assigned twice is none."""
    found: dict[str, list[float | None]] = {}
    for node in tree.body:
        for name, value in named_values(node) if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
            found.setdefault(name, []).append(number(value, {}))
    return {
        name: value for name, values in found.items() for value in values[:1]
        if len(values) == 1 and value is not None
    }  # fmt: skip


def literal_of(node: ast.expr) -> ast.Constant | None:
    """Return the literal inside a number with or without a sign; None where there is none."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float()):
            return node
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return literal_of(operand)
    return None
