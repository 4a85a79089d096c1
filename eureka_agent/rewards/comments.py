"""A reward without what only readers see."""

from __future__ import annotations

import ast
import copy
import tokenize
from io import StringIO

from eureka_agent.errors import RewardError
from eureka_agent.rewards.tree import is_docstring, parse_tree


def without_comments(text: str) -> str | None:
    """Return a module without its comments and docstrings, formatted anew; None where it has neither.

    Raises RewardError for what cannot be parsed.
    """
    tree, problem = parse_tree(text)
    if tree is None:
        raise RewardError(str(problem), fix="Correct the syntax first.")
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    bare = _Undocumented()
    undocumented = bare.visit(copy.deepcopy(tree))
    if not bare.dropped and all(token.type != tokenize.COMMENT for token in tokens):
        return None
    return ast.unparse(ast.fix_missing_locations(undocumented)) + "\n"


class _Undocumented(ast.NodeTransformer):
    """Drops lone strings, and counts them."""

    dropped = 0

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if not is_docstring(node):
            return node
        self.dropped += 1
        return None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node
