"""What a reward's text says about itself: its signals, its memory, its components, its fingerprint."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from eureka_agent.errors import RewardError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.tree import functions_of, is_docstring, parameters_of, parse_tree

ENTRY = "compute_reward"
MEMORY_NAME = "MEMORY"
MEMORY_ARGUMENT = "memory"

_KEPT_SOURCES, _KEPT_DIGESTS = 256, 4096
"""Texts whose reading is kept: a generation's, and all that a run has tried."""

MemoryValue = float | list[float]


@dataclass(frozen=True)
class RewardSource:
    """A parsed reward: its text and what can be read from it without running it."""

    text: str
    arguments: tuple[str, ...]
    """Signals the reward asks for, in order, without `memory`."""
    uses_memory: bool = False
    memory_initial: Mapping[str, MemoryValue] = field(default_factory=dict)
    """Name to initial value of one world: a number or a (nested) list of numbers."""
    components: tuple[str, ...] | None = None
    """Names of the components in order, or None where they cannot be read from the text."""
    docstring: str = ""


@lru_cache(maxsize=_KEPT_SOURCES)
def parse_reward(text: str) -> RewardSource:
    """Read a reward's text, once. Parsing proves nothing: `check_source` finds what is wrong with it.

    Raises:
        RewardError: the text is not Python, is too large, has no `compute_reward`, or its MEMORY is no
            literal dictionary.
    """
    tree, finding = parse_tree(text)
    if tree is None:
        raise _no_source(finding)
    entry = functions_of(tree).get(ENTRY)
    if entry is None:
        raise RewardError(
            f"There is no function `{ENTRY}`.",
            allowed=f"One module-level `def {ENTRY}(<signals>)` that returns (reward, components).",
            fix=f"Name the reward function `{ENTRY}`.",
        )
    parameters = parameters_of(entry)
    return RewardSource(
        text=text,
        arguments=tuple(name for name in parameters if name != MEMORY_ARGUMENT),
        uses_memory=MEMORY_ARGUMENT in parameters,
        memory_initial=_memory_initial(tree),
        components=_component_names(entry),
        docstring=ast.get_docstring(entry) or "",
    )


def _no_source(finding: Finding | None) -> RewardError:
    if finding is None:
        return RewardError("The reward cannot be read.")
    place = f" (line {finding.line})" if finding.line else ""
    return RewardError(finding.what + place, fix=finding.fix)


def memory_assignment(tree: ast.Module) -> ast.expr | None:
    """Return the expression assigned to MEMORY at module level, or None."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if any(isinstance(target, ast.Name) and target.id == MEMORY_NAME for target in targets):
            return node.value  # pyright: ignore[reportAttributeAccessIssue]
    return None


def named_values(node: ast.Assign | ast.AnnAssign) -> list[tuple[str, ast.expr]]:
    """Return name and value of `A = 1`, `A: float = 1` or `A, B = 1, 2`; empty for every other form."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) != 1 or node.value is None:
        return []
    names, values = [targets[0]], [node.value]
    if isinstance(targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        names, values = targets[0].elts, node.value.elts
    found = [
        (name.id, value) for name, value in zip(names, values, strict=False) if isinstance(name, ast.Name)
    ]
    return found if len(found) == len(names) == len(values) else []


def _memory_initial(tree: ast.Module) -> dict[str, MemoryValue]:
    expression = memory_assignment(tree)
    if expression is None:
        return {}
    value = literal(expression)
    if not isinstance(value, dict):
        raise RewardError(
            "MEMORY is not a literal dictionary.",
            allowed='MEMORY = {"name": 0.0} with numbers or lists of numbers.',
            fix="Write the initial values out as literals.",
        )
    return value


def literal(expression: ast.expr) -> object:
    """Return the value of a literal expression, or None where it is none."""
    try:
        return ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _component_names(entry: ast.FunctionDef) -> tuple[str, ...] | None:
    returns = [n.value for n in ast.walk(entry) if isinstance(n, ast.Return)]
    found = {_names_in_return(entry, value) for value in returns}
    return found.pop() if len(found) == 1 else None


def _names_in_return(entry: ast.FunctionDef, value: ast.expr | None) -> tuple[str, ...] | None:
    if not isinstance(value, ast.Tuple) or len(value.elts) < 2:
        return None
    components = value.elts[1]
    if isinstance(components, ast.Dict):
        return _literal_keys(components)
    return _names_of_variable(entry, components.id) if isinstance(components, ast.Name) else None


def _literal_keys(node: ast.Dict) -> tuple[str, ...] | None:
    keys = [k.value if isinstance(k, ast.Constant) else None for k in node.keys]
    names = tuple(k for k in keys if isinstance(k, str))
    return names if len(names) == len(keys) else None


def _names_of_variable(entry: ast.FunctionDef, variable: str) -> tuple[str, ...] | None:
    """Follow `terms = {...}` and `terms["name"] = ...` at the function's top level, in order."""
    names: list[str] = []
    for node in ast.walk(entry):
        if isinstance(node, (ast.For, ast.If, ast.AugAssign)) and variable in _stored_in(node):
            return None
    for node in entry.body:
        value, target = _assignment(node)
        if isinstance(target, ast.Name) and target.id == variable:
            keys = _literal_keys(value) if isinstance(value, ast.Dict) else None
            if keys is None:
                return None
            names = list(keys)
        elif _is_item_of(target, variable):
            key = target.slice  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                return None
            names += [] if key.value in names else [key.value]
    return tuple(names) or None


def _assignment(node: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.value, node.targets[0]
    if isinstance(node, ast.AnnAssign):
        return node.value, node.target
    return None, None


def _is_item_of(target: ast.expr | None, variable: str) -> bool:
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id == variable
    )


def _stored_in(node: ast.AST) -> set[str]:
    stored: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            stored.add(child.id)
        if isinstance(child, ast.Subscript) and isinstance(child.ctx, ast.Store):
            stored |= {n.id for n in ast.walk(child.value) if isinstance(n, ast.Name)}
    return stored


@lru_cache(maxsize=_KEPT_DIGESTS)
def normalised_digest(text: str) -> str:
    """Return a SHA-256 hex digest that ignores comments, docstrings, annotations and formatting.

    Text that does not parse is hashed as it stands, so that it too can be told apart.
    """
    tree, _ = parse_tree(text)
    content = text if tree is None else ast.dump(Stripped().visit(tree))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


class Stripped(ast.NodeTransformer):
    """Makes a tree without what has no effect on a reward, and leaves the one that it is given as it is.

    What goes are docstrings, annotations and imports of `np` and `math`.
    """

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Return a node of the same type with everything below it visited."""
        fields = {name: self._visited(value) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Drop imports and lone strings, then go on with the rest."""
        bare = copy.copy(node)
        bare.body = [
            n for n in node.body if not isinstance(n, (ast.Import, ast.ImportFrom)) and not is_docstring(n)
        ]
        return self.generic_visit(bare)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drop docstrings, decorators and annotations."""
        bare = copy.copy(node)
        bare.body = [n for n in node.body if not is_docstring(n)] or [ast.copy_location(ast.Pass(), node)]
        bare.returns = None
        bare.decorator_list = []
        return self.generic_visit(bare)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Drop a parameter's annotation."""
        return ast.copy_location(ast.arg(node.arg), node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Turn `x: T = value` into `x = value`; a bare `x: T` becomes `pass`."""
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        assign = ast.Assign(targets=[self.visit(node.target)], value=self.visit(node.value))
        return ast.copy_location(assign, node)

    def _visited(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._visited(each) for each in value]
        return self.visit(value) if isinstance(value, ast.AST) else value
