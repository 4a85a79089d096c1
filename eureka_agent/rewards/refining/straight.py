"""The straight-line part of a function: where its names get their values, and who reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator


class StraightLine:
    """The statements of a function's body in order; what stands in branches and loops is not followed."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.body = function.body

    def stored(self, name: str, before: int) -> int | None:
        """Return the last statement before number `before` that gives a name a value; None if none does."""
        found = [n for n, statement in enumerate(self.body[:before]) if name in names(statement, ast.Store)]
        return found[-1] if found else None

    def value(self, name: str, before: int) -> tuple[int, ast.expr] | None:
        """Return the statement `name = value` that holds before number `before`, and the value.

        None where the name gets its value in another way: in a branch, a loop, or unpacked.
        """
        number = self.stored(name, before)
        if number is None:
            return None
        match self.body[number]:
            case ast.Assign(targets=[ast.Name(id=same)], value=value) if same == name:
                return number, value
            case ast.AnnAssign(target=ast.Name(id=same), value=ast.expr() as value) if same == name:
                return number, value
        return None

    def readers(self, name: str, number: int) -> int:
        """Return how often the value that statement `number` gives a name is read."""
        count = 0
        for statement in self.body[number + 1 :]:
            count += names(statement, ast.Load).count(name)
            if name in plain_targets(statement):
                break
        return count

    def same(self, expression: ast.expr, at: int, other: int) -> bool:
        """Say whether an expression means the same before two statements."""
        return all(self.stored(name, at) == self.stored(name, other) for name in names(expression, ast.Load))


def plain_targets(statement: ast.stmt) -> set[str]:
    """Return the names that a statement assigns, if that is all that it does."""
    match statement:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target, value=ast.expr()):
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            found = {part.id for part in parts if isinstance(part, ast.Name)}
            return found if len(found) == len(parts) else set()
    return set()


def names(node: ast.AST, context: type[ast.expr_context]) -> list[str]:
    """Return every name that code reads (`ast.Load`) or sets (`ast.Store`), as often as it does."""
    return list(_names(node, context))


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, context):
            yield inner.id
        elif context is ast.Store and isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
            yield from (n.id for n in ast.walk(inner.value) if isinstance(n, ast.Name))
