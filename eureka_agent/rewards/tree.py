"""From text to a syntax tree, safely: limits on size and depth first, and never an exception."""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType

from eureka_agent.rewards.characters import check_characters
from eureka_agent.rewards.findings import Finding

MAX_BYTES = 64 * 1024
MAX_NODES = 5000
MAX_DEPTH = 80
MAX_BRACKETS = 60
MAX_NAME = 100
_KEPT = 32
"""Trees that are kept: several checks look at one text in a row. A tree may be large."""

_SYNTAX_FIX = "Write plain Python: one file with `import numpy as np` and `def compute_reward(...)`."


_ONE_AT_A_TIME = threading.Lock()
"""CPython 3.11 and 3.12 count the depth of trees in one place for all threads, and raise SystemError when two
of them parse or compile a tree at once."""


def parse_python(text: str, filename: str = "<reward>") -> ast.Module:
    """Parse Python from any thread; raises what `ast.parse` raises."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, filename)


def parse_bytes(data: bytes) -> ast.Module:
    """Parse a file's bytes as importing it would: by the encoding that the bytes themselves declare."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data, "<reward>")


def compile_tree(tree: ast.Module, filename: str = "<reward>") -> CodeType:
    """Compile a tree from any thread; raises what `compile` raises."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, filename, "exec", dont_inherit=True)


@lru_cache(maxsize=_KEPT)
def parse_tree(text: str) -> tuple[ast.Module | None, Finding | None]:
    """Return the tree and None, or None and the finding that says why there is no tree.

    The limits come first: a hostile text must not exhaust the parser's stack or any later walk. Who asks for
    the same text again gets the same tree, and must not change it.
    """
    too_large = _text_limits(text)
    if too_large:
        return None, too_large
    try:
        tree = parse_python(text)
    except SyntaxError as error:
        what = f"This is not Python: {error.msg}."
        return None, Finding("syntax", "error", error.lineno, what, "The file cannot be parsed.", _SYNTAX_FIX)
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        what = f"This is not Python: {str(error)[:200] or type(error).__name__}."
        return None, Finding("syntax", "error", None, what, "The file cannot be parsed.", _SYNTAX_FIX)
    finding = _tree_limits(tree) or _compile_error(tree)
    return (None, finding) if finding else (tree, None)


def _compile_error(tree: ast.Module) -> Finding | None:
    """Some errors (`break` outside a loop, a repeated argument) show only when code is generated."""
    try:
        compile_tree(tree)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        what = f"This is not Python: {str(error)[:200] or type(error).__name__}."
        return Finding("syntax", "error", line, what, "The file cannot be compiled.", _SYNTAX_FIX)
    return None


def _too_large(what: str, fix: str) -> Finding:
    why = "Rewards are small; oversized code cannot be checked or run safely."
    return Finding("size", "error", None, what, why, fix)


def _text_limits(text: str) -> Finding | None:
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        return _too_large(f"The source has {size} bytes; {MAX_BYTES} are allowed.", "Write a shorter reward.")
    if _bracket_depth(text) > MAX_BRACKETS:
        return _too_large(
            f"Brackets are nested more than {MAX_BRACKETS} deep.", "Use intermediate variables."
        )
    if refused := check_characters(text):
        return refused
    if re.search(r"\d{400,}", text):
        return _too_large("A number has more than 400 digits.", "Use numbers that fit float32.")
    return None


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(0, depth - 1)
        elif character == "\n" and depth > MAX_BRACKETS:
            break
    return deepest


def _tree_limits(tree: ast.Module) -> Finding | None:
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > MAX_NODES:
            return _too_large(
                f"The source has more than {MAX_NODES} syntax nodes.", "Write a shorter reward."
            )
        if depth > MAX_DEPTH:
            return _too_large(
                f"Code is nested more than {MAX_DEPTH} deep.", "Use intermediate variables and fewer levels."
            )
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return None


def functions_of(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Return the module's functions by name; of two with one name the later, as Python does."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def parameters_of(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the names of all ordinary parameters in order."""
    return tuple(a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs))


def dotted(node: ast.AST) -> str | None:
    """Return `np.linalg.norm` for such a chain of names, or None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def nodes_with_parents(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Every node with its parent, without annotations, which have a check of their own."""
    stack: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
    while stack:
        node, parent = stack.pop()
        yield node, parent
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_comment"):
                continue
            children = value if isinstance(value, list) else [value]
            stack += [(child, node) for child in children if isinstance(child, ast.AST)]


def is_docstring(node: ast.stmt) -> bool:
    """Say whether a statement is a lone string."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def docstring_of(tree: ast.Module) -> ast.stmt | None:
    """Return the statement that is the module's docstring, or None."""
    return tree.body[0] if tree.body and is_docstring(tree.body[0]) else None


def shown(node: ast.AST, limit: int = 60) -> str:
    """Return the source of a node on one line, shortened to `limit` characters."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
