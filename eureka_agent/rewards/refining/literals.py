"""The number literals of a reward, and what each of them is: a quantity, or part of the code's form."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from eureka_agent.rewards.source import MEMORY_NAME
from eureka_agent.rewards.tree import nodes_with_parents


def quantities(tree: ast.Module) -> list[ast.Constant]:
    """Return the literals that are quantities, in order of appearance.

    None are indices, exponents, named arguments such as `axis=-1`, counts for `range`, and what MEMORY begins
    with.
    """
    parents = {id(node): parent for node, parent in nodes_with_parents(tree)}
    found = [node for node, _ in nodes_with_parents(tree) if _is_number(node)]
    wanted = [n for n in found if isinstance(n, ast.Constant) and not _is_form(n, list(_upwards(n, parents)))]
    return sorted(wanted, key=lambda node: (node.lineno, node.col_offset))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _upwards(node: ast.AST, parents: dict[int, ast.AST | None]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each step from a node to the module: what is inside, and what it is inside of."""
    parent = parents[id(node)]
    while parent is not None:
        yield node, parent
        node, parent = parent, parents[id(parent)]


def _is_form(node: ast.Constant, way: list[tuple[ast.AST, ast.AST]]) -> bool:
    for inner, outer in way:
        match outer:
            case ast.Subscript(slice=part) if part is inner:
                return True
            case ast.BinOp(op=ast.Pow(), right=exponent) if exponent is inner:
                return True
            case ast.Call(func=ast.Attribute(attr="power"), args=[_, exponent, *_]) if exponent is inner:
                return True
            case ast.Call(func=ast.Name(id="range")) | ast.keyword():
                return True
            case ast.Assign(targets=[ast.Name(id=name)]) if name == MEMORY_NAME:
                return True
    return False
