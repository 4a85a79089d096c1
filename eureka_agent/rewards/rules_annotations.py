"""Which annotations a reward may have: those that importing a saved file evaluates without doing anything."""

from __future__ import annotations

import ast

from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import shown

_SCALARS = frozenset({"float", "int", "bool", "str"})
_CONTAINERS = frozenset({"dict", "tuple", "list"})
ANNOTATION_NAMES = _SCALARS | _CONTAINERS
"""Python's names that annotations may use, and that nothing else may be called."""


def check_annotation(annotation: ast.expr | None, report: Report) -> None:
    """Report an annotation that could do more than describe, or that raises when it is evaluated."""
    if annotation is None or _is_description(annotation):
        return
    what = f"The annotation `{shown(annotation)}` is not allowed."
    why = "Annotations are evaluated when a saved reward is imported."
    fix = "Use np.ndarray, dict[str, np.ndarray], tuple or none."
    report.add("annotation", annotation, what, why, fix)


def _is_description(node: ast.expr) -> bool:
    """Say whether a node is a type, or a plain tuple or list of descriptions."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_description(element) for element in node.elts)
    return _is_nothing(node) or _is_ellipsis(node) or _is_type(node)


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ANNOTATION_NAMES
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and (node.value.id, node.attr) == ("np", "ndarray")
    if isinstance(node, ast.Subscript):
        container = isinstance(node.value, ast.Name) and node.value.id in _CONTAINERS
        return container and _is_description(node.slice)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = (node.left, node.right)
        return all(_is_type(side) or _is_nothing(side) for side in sides) and any(map(_is_type, sides))
    return False


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
