"""What is to be written instead of a refused form: the portable subset, made of the author's own parts."""

from __future__ import annotations

import ast
import copy
import string
from collections.abc import Sequence

from eureka_agent.rewards.tree import shown

_SHORT = 40
"""A part of the author's text up to this length is repeated as it is."""
_LONGEST = 400
"""A longer rewrite is told with letters for the author's longer parts; it is never cut."""


def number(value: float) -> ast.expr:
    """Return a literal number."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def np_call(name: str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    """Return `np.name(arguments, keywords)`."""
    function: ast.expr = ast.Name("np", ast.Load())
    for part in name.split("."):
        function = ast.Attribute(function, part, ast.Load())
    return ast.Call(function, list(arguments), [ast.keyword(key, value) for key, value in keywords.items()])


def where(condition: ast.expr, one: ast.expr, other: ast.expr) -> ast.Call:
    """Return `np.where(condition, one, other)`."""
    return np_call("where", condition, one, other)


def as_number(condition: ast.expr) -> ast.Call:
    """Return a condition as 1.0 or 0.0."""
    return where(condition, number(1.0), number(0.0))


def stacked(items: Sequence[ast.expr]) -> ast.Call:
    """Return arrays of one shape side by side along a new last axis."""
    return np_call("stack", ast.List(list(items), ast.Load()), axis=number(-1))


def index(array: ast.expr, *parts: ast.expr) -> ast.Subscript:
    """Return `array[parts]`."""
    whole = parts[0] if len(parts) == 1 else ast.Tuple(list(parts), ast.Load())
    return ast.Subscript(array, whole, ast.Load())


def column(array: ast.expr, *parts: ast.expr) -> ast.Subscript:
    """Return `array[:, parts]`."""
    return index(array, ast.Slice(), *parts)


def assign(name: str, value: ast.expr) -> ast.Assign:
    """Return `name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def code(node: ast.AST) -> str:
    """Return made syntax as text on one line."""
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n"))


def told(node: ast.AST) -> str:
    """Return made syntax as a person reads it: what is too long has letters for the author's long parts."""
    whole = code(node)
    if len(whole) <= _LONGEST:
        return whole
    letters = _Letters()
    short = code(letters.visit(copy.deepcopy(node)))
    meant = ", ".join(f"{letter} is the whole of `{part}`" for letter, part in letters.meant.items())
    return f"{short}, where {meant}" if letters.meant else whole


class _Letters(ast.NodeTransformer):
    """Puts letters where parts of the source stand that are long; made nodes have no line."""

    def __init__(self) -> None:
        self.meant: dict[str, str] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.expr) or not hasattr(node, "lineno") or len(code(node)) <= _SHORT:
            return self.generic_visit(node)
        if len(self.meant) == len(string.ascii_uppercase):
            return node
        letter = string.ascii_uppercase[len(self.meant)]
        self.meant[letter] = shown(node, _SHORT)
        return ast.Name(letter, ast.Load())
