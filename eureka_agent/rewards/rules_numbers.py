"""What Python's functions of single numbers are written as where they are given arrays."""

from __future__ import annotations

import ast
from functools import reduce

from eureka_agent.rewards.kinds import MASK, Kind
from eureka_agent.rewards.rewrites import as_number, np_call, number
from eureka_agent.rewards.rules_methods import of_vectors

_PAIRWISE = {"min": "minimum", "max": "maximum"}


def number_function(node: ast.Call, name: str, kinds: list[Kind]) -> tuple[ast.expr, str] | None:
    """Return what one of Python's functions of numbers is written as for arrays, and where that holds."""
    if not node.args or node.keywords:
        return None
    first, kind = node.args[0], kinds[0]
    if name in _PAIRWISE:
        return _extreme(node, name, kind)
    if name == "round":
        return np_call("round", *node.args), ""
    if len(node.args) > 1:
        return None
    if kind == MASK:
        return (first if name == "bool" else as_number(first)), ""
    if name == "bool":
        return ast.Compare(first, [ast.NotEq()], [number(0.0)]), ""
    return (first if name == "float" else np_call("trunc", first)), ""


def _extreme(node: ast.Call, name: str, kind: Kind) -> tuple[ast.expr, str] | None:
    items = node.args
    if len(items) == 1 and kind.worlds:
        return np_call(name, items[0], axis=number(-1)), of_vectors("sum")
    if len(items) == 1 and isinstance(items[0], (ast.List, ast.Tuple)):
        items = items[0].elts
    if len(items) < 2 or any(isinstance(item, ast.Starred) for item in items):
        return None
    return reduce(lambda a, b: np_call(_PAIRWISE[name], a, b), items), ""
