"""What the names that a file imports stand for, and which imports its portable form needs."""

from __future__ import annotations

import ast

from eureka_agent.rewards.natural.editing import Edits
from eureka_agent.rewards.natural.refusal import LeftToCriticError
from eureka_agent.rewards.natural.values import PathValue
from eureka_agent.rewards.tree import is_docstring, shown

_ROOTS = {
    "numpy": ("numpy", ""), "math": ("math", ""), "torch": ("torch", ""), "jax": ("jax.", ""),
    "jax.numpy": ("jax", ""), "jax.nn": ("jax", "nn"), "jax.lax": ("jax", "lax"),
    "numpy.linalg": ("numpy", "linalg"), "jax.numpy.linalg": ("jax", "linalg"),
    "torch.linalg": ("torch", "linalg"),
    "torch.nn.functional": ("torch", "nn.functional"), "torch.nn": ("torch", "nn"),
}  # fmt: skip
"""Modules that are understood: their library, and where in it they are."""

_SILENT = frozenset(
    {
        "__future__", "typing", "typing_extensions", "collections.abc", "dataclasses", "functools",
        "numpy.typing", "jaxtyping", "types", "collections",
    }
)  # fmt: skip
"""Modules that reward functions import for annotations and decorators."""

FROM_JAX = {"numpy.": "", "nn.": "nn.", "lax.": "lax.", "scipy.": "scipy."}


def imported_paths(tree: ast.Module) -> dict[str, PathValue]:
    """Return what imported names stand for, wherever they are imported."""
    found: dict[str, PathValue] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= _imported(alias)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found |= _imported_from(node.module, alias)
    return found


def _imported(alias: ast.alias) -> dict[str, PathValue]:
    if alias.asname:
        return {alias.asname: PathValue(*_ROOTS[alias.name])} if alias.name in _ROOTS else {}
    root = alias.name.split(".")[0]
    return {root: PathValue(*_ROOTS[root])} if root in _ROOTS else {}


def _imported_from(module: str, alias: ast.alias) -> dict[str, PathValue]:
    name, whole = alias.asname or alias.name, f"{module}.{alias.name}"
    if whole in _ROOTS:
        return {name: PathValue(*_ROOTS[whole])}
    if module in _ROOTS and alias.name != "*":
        library, path = _ROOTS[module]
        return {name: below(PathValue(library, path), alias.name)}
    return {}


def below(value: PathValue, name: str) -> PathValue:
    """Return what an attribute of a module stands for."""
    path = f"{value.path}.{name}" if value.path else name
    if value.library == "jax.":
        for prefix, own in FROM_JAX.items():
            if f"{path}." == prefix:
                return PathValue("jax", own.removesuffix("."))
    return PathValue(value.library, path)


def main_library(tree: ast.Module, paths: dict[str, PathValue]) -> str:
    """Return the library whose arrays the signals are: torch or JAX where they are used, else NumPy."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used = {paths[name].library.removesuffix(".") for name in names if name in paths} - {"math"}
    found = used or {path.library.removesuffix(".") for path in paths.values()}
    return next((library for library in ("torch", "jax") if library in found), "numpy")


def is_kept(node: ast.stmt) -> bool:
    """Say whether an import is one that portable code has."""
    names = [(a.name, a.asname) for a in node.names] if isinstance(node, ast.Import) else [("", None)]
    return all(name in (("numpy", "np"), ("math", None)) for name in names)


def write_imports(tree: ast.Module, edits: Edits, paths: dict[str, PathValue]) -> None:
    """Write the imports that the portable text needs in the place of those that it does not."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - _only_annotating(tree)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    kept = [node for node in imports if is_kept(node)]
    have = {alias.name for node in kept if isinstance(node, ast.Import) for alias in node.names}
    code = _code(edits, tree, imports)
    lines = [f"import {m}" for m in ("math",) if m not in have and f"{m}." in code]
    lines += ["import numpy as np"] if "numpy" not in have and "np." in code else []
    dropped = [node for node in imports if node not in kept]
    for i, node in enumerate(dropped):
        require_droppable(node, used, paths)
        written = "\n".join(lines) if i == 0 else ""
        start, end = edits.line_span(node.lineno)[0], edits.line_span(node.end_lineno or node.lineno)[1]
        note = f"`{shown(node)}` became `{written or 'nothing'}`.".replace("\n", "; ")
        note = note if written else f"`{shown(node)}` is left out: the portable form does not need it."
        edits.replace((start, end), f"{written}\n" if written else "", note)
    if lines and not dropped:
        first = next((node for node in tree.body if not is_docstring(node)), tree.body[0])
        decorated = getattr(first, "decorator_list", None) or [first]
        start = edits.line_span(min(node.lineno for node in (first, *decorated)))[0]
        edits.replace((start, start), "\n".join(lines) + "\n\n\n", f"`{'; '.join(lines)}` was added.")


def _only_annotating(tree: ast.Module) -> set[str]:
    """Return the names that stand in annotations only, which are left out."""
    noted: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.AnnAssign)):
            noted.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            noted.append(node.returns)
    inside = [n for note in noted if note is not None for n in ast.walk(note) if isinstance(n, ast.Name)]
    places = {id(name) for name in inside}
    other = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in places}
    return {name.id for name in inside} - other


def _code(edits: Edits, tree: ast.Module, imports: list) -> str:
    body = [node for node in tree.body if node not in imports]
    return edits.text((edits.span(body[0])[0], edits.span(body[-1])[1])) if body else ""


def require_droppable(node: ast.Import | ast.ImportFrom, used: set[str], paths: dict[str, PathValue]) -> None:
    """Leave an import to the critic that brings a name that is used and not understood."""
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        module = node.module if isinstance(node, ast.ImportFrom) else alias.name
        if name in used and name not in paths and module not in _SILENT:
            raise LeftToCriticError(node)
