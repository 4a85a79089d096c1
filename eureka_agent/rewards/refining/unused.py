"""Code that nothing needs: assignments of a function, its signals, helpers and constants of the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from eureka_agent.rewards.refining.editing import CannotEditError, TokenEdits
from eureka_agent.rewards.refining.straight import StraightLine, names, plain_targets
from eureka_agent.rewards.refining.summands import composition_of
from eureka_agent.rewards.source import ENTRY, MEMORY_ARGUMENT, MEMORY_NAME
from eureka_agent.rewards.tree import functions_of, parse_python


class _Unused(NamedTuple):
    name: str
    """What it is, e.g. `compute_reward.speed` or `GAIN`."""
    statement: ast.stmt | None
    parameter: ast.arg | None = None


def unused_names(text: str) -> frozenset[str]:
    """Return what of a module nothing needs."""
    return frozenset(found.name for found in _unused(parse_python(text)))


def without_unused(text: str, *, keeping: frozenset[str]) -> str:
    """Return a reward without what nothing needs, but for what is in `keeping`.

    What shares its line with other code stays: it does no harm. Raises RewardError where what is left is no
    reward whose components can be read.
    """
    while True:
        tree = parse_python(text)
        edits = TokenEdits(text, composition_of(text).heads)
        gone = [_dropped(edits, found) for found in _unused(tree) if found.name not in keeping]
        if not any(gone):
            return text
        text = edits.result()


def _dropped(edits: TokenEdits, found: _Unused) -> bool:
    if found.parameter is not None:
        edits.drop_item(edits.of(found.parameter))
        return True
    assert found.statement is not None
    try:
        edits.drop_statement(found.statement)
    except CannotEditError:
        return False
    return True


def _unused(tree: ast.Module) -> Iterator[_Unused]:
    for function in functions_of(tree).values():
        yield from _unused_in(function)
    entry = functions_of(tree).get(ENTRY)
    if entry is not None:
        read = set(names(entry, ast.Load))
        free = [a for a in entry.args.args if a.arg not in read and a.arg != MEMORY_ARGUMENT]
        # One signal a time: a default value or the last one is not worth a special case.
        if free and not entry.args.defaults and len(entry.args.args) > 1:
            yield _Unused(f"{ENTRY}.{free[0].arg}", None, free[0])
    yield from _unused_of_module(tree)


def _unused_in(function: ast.FunctionDef) -> Iterator[_Unused]:
    lines = StraightLine(function)
    for number, statement in enumerate(function.body):
        targets = plain_targets(statement)
        if _is_idle(statement):
            yield _Unused(f"{function.name}: {ast.unparse(statement)}", statement)
        elif targets and not any(lines.readers(name, number) for name in targets):
            yield _Unused(f"{function.name}.{', '.join(sorted(targets))}", statement)


def _is_idle(statement: ast.stmt) -> bool:
    """Say whether a statement is `total = total`: all that is left of a sum whose other term is gone."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=same)):
            return name == same
    return False


def _unused_of_module(tree: ast.Module) -> Iterator[_Unused]:
    for statement in tree.body:
        bound = _bound(statement)
        read = {name for other in tree.body if other is not statement for name in names(other, ast.Load)}
        if bound and not bound & (read | {ENTRY, MEMORY_NAME}):
            yield _Unused(", ".join(sorted(bound)), statement)


def _bound(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name):
            return {name}
        case ast.Import(names=[ast.alias(name=name, asname=asname)]):
            return {asname or name.split(".")[0]}
    return plain_targets(statement)
