"""From a checked reward's text to code: stripped, guarded, and with operators as the library wants them."""

from __future__ import annotations

import ast
from typing import Any

from eureka_agent.rewards.purity import Guarded
from eureka_agent.rewards.source import Stripped
from eureka_agent.rewards.tree import compile_tree, parse_python

FILENAME = "<reward>"
"""The file name in tracebacks of a reward's own lines."""


def compiled(text: str, *, operators: bool, pure: bool) -> Any:
    """Return the code of a checked reward, with `operators` as calls and with `pure` under guards."""
    tree = Stripped().visit(parse_python(text))
    tree = Guarded().visit(tree) if pure else tree
    tree = _OperatorCalls().visit(tree) if operators else tree
    return compile_tree(ast.fix_missing_locations(tree), FILENAME)


class _OperatorCalls(ast.NodeTransformer):
    """Writes `a + b` as `__Add__(a, b)` for libraries whose operators differ from NumPy's."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _call(type(node.op).__name__, [node.left, node.right], node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) or isinstance(node.operand, ast.Constant):
            return node
        return _call(type(node.op).__name__, [node.operand], node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Write `a += b` as `a = a + b`: these libraries cannot freeze a constant against the former."""
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        old = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        value = _call(type(node.op).__name__, [old, node.value], node)
        return ast.copy_location(ast.Assign(targets=[node.target], value=value), node)


def _call(operator: str, arguments: list[ast.expr], node: ast.AST) -> ast.expr:
    function = ast.Name(id=f"__{operator}__", ctx=ast.Load())
    call = ast.Call(func=function, args=arguments, keywords=[])
    return ast.fix_missing_locations(ast.copy_location(call, node))
