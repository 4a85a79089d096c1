"""Settings that a found reward reads and whose value stands in the same file."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from eureka_agent.rewards.source import literal


def constants_of(tree: ast.Module, owner: ast.ClassDef | None, reads: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments whose value is a number in the file: argument to that number.

    They stand in the class itself or its `__init__`, or in a class of settings whose name is the last but one
    word of the place, as `rewards` in `cfg.rewards.sigma`.
    """
    found = {}
    for argument, place in reads.items():
        words = [word for word in place.replace("[", ".").replace("]", "").split(".") if word]
        values = _in_class(owner, words) if owner is not None else []
        values = values or _in_settings(tree, words)
        if len(values) == 1:
            found[argument] = values[0]
    return found


def _in_class(owner: ast.ClassDef, words: list[str]) -> list[str]:
    """Return values of `x = 1` in a class and `self.x = 1` in its constructor, or entries of it."""
    found = []
    defaults = _defaults(owner)
    for target, value in _assignments(owner):
        own = ast.unparse(target).removeprefix("self.")
        if own == words[0]:
            given = defaults.get(value.id, value) if isinstance(value, ast.Name) else value
            found += _inside(given, words[1:])
    return found


def _defaults(owner: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the defaults of a constructor's parameters."""
    for node in owner.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            places = [*node.args.posonlyargs, *node.args.args]
            named = dict(zip([a.arg for a in places[::-1]], node.args.defaults[::-1], strict=False))
            pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            return named | {a.arg: default for a, default in pairs if default is not None}
    return {}


def _in_settings(tree: ast.Module, words: list[str]) -> list[str]:
    if len(words) < 2:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.lower() in (
            words[-2].lower(),
            f"{words[-2].lower()}cfg",
        ):
            for target, value in _assignments(node, deep=False):
                if isinstance(target, ast.Name) and target.id == words[-1]:
                    found += _inside(value, [])
    return found


def _assignments(owner: ast.ClassDef, *, deep: bool = True) -> Iterator[tuple[ast.expr, ast.expr]]:
    bodies = [owner.body]
    if deep:
        bodies += [f.body for f in owner.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
    for body in bodies:
        for node in body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                yield node.targets[0], node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                yield node.target, node.value


def _inside(value: ast.expr, words: list[str]) -> list[str]:
    """Return a number's or list's text, or that of the entry that the words lead to."""
    for word in words:
        pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
        entries = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == word]
        if not entries:
            return []
        value = entries[0]
    known = literal(value)
    numbers = isinstance(known, (int, float)) or (isinstance(known, (list, tuple)) and bool(known))
    return [ast.unparse(value)] if numbers else []
