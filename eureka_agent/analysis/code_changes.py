"""What differs between two rewards' code: a diff without words and layout, and which components changed."""

from __future__ import annotations

import ast
import copy
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, is_docstring, parse_tree

MOST_NUMBERS = 3
"""Numbers of a component that are told."""
_KEPT = 64
"""Rewards whose components are kept apart: a parent is compared with all of its children."""
_NUMBER = re.compile(r"(?<=Constant\(value=)[0-9][^,)]*")


def code_difference(parent: str, child: str) -> str:
    """Return a unified diff of two rewards without comments, docstrings and layout; empty if they are equal.

    Texts that are no Python are compared as they are.
    """
    before, after = _normal(parent), _normal(child)
    return "\n".join(difflib.unified_diff(before, after, "parent", "child", lineterm="", n=1))


def changed_components(parent: str, child: str) -> dict[str, str]:
    """Return what became of components, by name: "added", "removed", or "changed" in what they follow from.

    Empty where the components cannot be read from the texts.
    """
    before, after = component_code(parent), component_code(child)
    if not before or not after:
        return {}
    found = {name: "removed" for name in before if name not in after}
    found |= {name: "added" for name in after if name not in before}
    both = (name for name in after if name in before)
    return found | {name: "changed" for name in both if before[name] != after[name]}


@lru_cache(maxsize=_KEPT)
def component_code(source: str) -> Mapping[str, str]:
    """Return the statements that each component of a reward follows from, as text that can be compared."""
    tree, _ = parse_tree(source)
    entry = None if tree is None else functions_of(tree).get(ENTRY)
    if tree is None or entry is None:
        return {}
    module = [node for node in tree.body if node is not entry]
    statements = [*module, *(node for node in entry.body if not is_docstring(node))]
    return {name: _slice(value, statements) for name, value in _components(entry).items()}


def observe_code(parent: str, child: str, named: str) -> Iterator[Observation]:
    """Yield which components of the parent `named` the child changed; one sentence for all."""
    if words := changed_words(parent, child):
        text = f"Against its parent {named} the reward {words}."
        yield Observation(ObservationKind.CHANGED_CODE, text, reason="the two rewards' code")


def changed_words(parent: str, child: str) -> str:
    """Return which components a child added, removed and changed; empty where none, or none can be read.

    Of a component in which nothing but numbers changed these are told, as in `changed 'near' (0.5 → 2)`.
    """
    changed = changed_components(parent, child)
    before, after = component_code(parent), component_code(child)

    def named(name: str) -> str:
        numbers = _changed_numbers(before[name], after[name]) if changed[name] == "changed" else ""
        return f"{name!r} ({numbers})" if numbers else repr(name)

    return "; ".join(
        f"{became} {', '.join(named(name) for name, how in changed.items() if how == became)}"
        for became in ("added", "removed", "changed")
        if became in changed.values()
    )


def _changed_numbers(before: str, after: str) -> str:
    """Return which numbers differ between two dumps that are equal otherwise; empty for others."""
    if _NUMBER.sub("", before) != _NUMBER.sub("", after):
        return ""
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    told = dict.fromkeys(f"{old} → {new}" for old, new in pairs if old != new)
    return ", ".join([*list(told)[:MOST_NUMBERS], *["…"][: len(told) > MOST_NUMBERS]])


def _normal(source: str) -> list[str]:
    tree, _ = parse_tree(source)
    if tree is None:
        return source.splitlines()
    bare = copy.deepcopy(tree)  # whoever else asks for this text gets the same tree
    for node in ast.walk(bare):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [s for s in node.body if not is_docstring(s)] or [ast.Pass()]
    try:
        return ast.unparse(bare).splitlines()
    except ValueError:  # a refused reward may hold what cannot be written back, such as nested f-strings
        return source.splitlines()


def _components(entry: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return each component's expression in the last `return reward, {...}`; {} where it has another form."""
    returns = [node for node in ast.walk(entry) if isinstance(node, ast.Return)]
    value = returns[-1].value if returns else None
    if not isinstance(value, ast.Tuple) or len(value.elts) < 2 or not isinstance(value.elts[1], ast.Dict):
        return {}
    pairs = zip(value.elts[1].keys, value.elts[1].values, strict=True)
    return {key.value: expression for key, expression in pairs
            if isinstance(key, ast.Constant) and isinstance(key.value, str)}  # fmt: skip


def _slice(expression: ast.expr, statements: Sequence[ast.stmt]) -> str:
    """Return the statements, in order, whose names an expression uses, directly or through others."""
    wanted, taken = _used(expression), set[int]()
    for index in range(len(statements) - 1, -1, -1):
        statement = statements[index]
        if _defined(statement) & wanted and not isinstance(statement, ast.Return):
            taken.add(index)
            wanted |= _used(statement)
    kept = [ast.dump(statements[index]) for index in sorted(taken)]
    return "\n".join([*kept, ast.dump(expression)])


def _used(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _defined(node: ast.AST) -> set[str]:
    named = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)}
    return named | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
