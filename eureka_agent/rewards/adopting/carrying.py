"""What a portable text still needs of the file that it comes from: imports, constants, helpers."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from eureka_agent.rewards.adopting.places import NotCarriedError
from eureka_agent.rewards.source import named_values
from eureka_agent.rewards.tree import parse_python

KNOWN_MODULES = frozenset({"numpy", "torch", "jax", "math", "typing", "__future__", "collections"})


class Carrier:
    """Finds what the functions of a portable text name, in the file that they come from."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._lines = source.split("\n")
        self._defined: dict[str, ast.stmt] = {}
        self._imports: dict[str, ast.Import | ast.ImportFrom] = {}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._defined[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                self._defined |= {name: node for name, _ in named_values(node)}
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                bound = [(a.asname or a.name).split(".")[0] for a in node.names]
                self._imports |= dict.fromkeys(bound, node)

    def surroundings_of(self, texts: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return the imports, and the constants and helpers that texts need, in the order of the file.

        Raises NotCarriedError for a name that is not defined there.
        """
        own = {
            node.name
            for text in texts
            for node in parse_python(text).body
            if isinstance(node, ast.FunctionDef)
        }
        imports: list[ast.stmt] = []
        carried: list[ast.stmt] = []
        waiting = [name for text in texts for name in free_names(parse_python(text))]
        while waiting:
            name = waiting.pop()
            if name in own:
                continue
            node = self._imports.get(name)
            if name in self._defined:
                node = self._defined[name]
                if node not in carried:
                    carried.append(node)
                    waiting += free_names(ast.Module([node], []))
            elif node is not None and _library(node) in KNOWN_MODULES:
                imports += [] if node in imports else [node]
            else:
                raise NotCarriedError(_unknown(name, node))
        return [self._text(n) for n in _sorted(imports)], [self._text(n) for n in _sorted(carried)]

    def _text(self, node: ast.stmt) -> str:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        while (
            first > 1
            and self._lines[first - 2].startswith("#")
            and not isinstance(node, (ast.Import, ast.ImportFrom))
        ):
            first -= 1
        text = "\n".join(self._lines[first - 1 : node.end_lineno])
        return text.strip() if isinstance(node, (ast.Import, ast.ImportFrom)) else text


def free_names(tree: ast.Module) -> list[str]:
    """Return names that functions and constants read and do not bind themselves."""
    found: list[str] = []
    for node in tree.body:
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        bound = (
            {n.id for n in names if not isinstance(n.ctx, ast.Load)}
            if isinstance(node, ast.FunctionDef)
            else set()
        )
        bound |= {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        bound |= {f.name for f in ast.walk(node) if isinstance(f, ast.FunctionDef)}
        found += [n.id for n in names if isinstance(n.ctx, ast.Load) and n.id not in bound]
    return [name for name in dict.fromkeys(found) if not hasattr(builtins, name)]


def _library(node: ast.Import | ast.ImportFrom) -> str:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    return "" if isinstance(node, ast.ImportFrom) and node.level else module.split(".")[0]


def _unknown(name: str, node: ast.Import | ast.ImportFrom | None) -> str:
    if node is None:
        return f"it uses `{name}`, which is not defined in this file"
    return f"it uses `{name}` of `{ast.unparse(node)}`, which is not in this file: put its definition there"


def _sorted(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    return iter(sorted(nodes, key=lambda node: node.lineno))
