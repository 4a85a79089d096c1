"""How a reward's total is made of its components, read from the text.

A component is a *plain summand* where the total is a sum in which it stands alone, or times a number:
`reward = forward + 0.5 * upright`. A product of two, a clipped sum or a loop over the components is none.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from eureka_agent.errors import RewardError
from eureka_agent.rewards.refining.numbers import constants_of, number
from eureka_agent.rewards.refining.straight import StraightLine, names
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, parse_tree, shown


class NotASummandError(Exception):
    """A component that cannot be taken out of the total; the message is a sentence."""


@dataclass(frozen=True)
class Entry:
    """One component where the reward names it."""

    value: ast.expr
    at: int
    """Number of the statement before which the value means what it means."""
    table: ast.Dict | None
    """The literal that it is an item of; None where a statement of its own stores it."""


@dataclass(frozen=True)
class Composition:
    """A reward function that ends in one `return total, components`."""

    tree: ast.Module
    function: ast.FunctionDef
    total: ast.expr
    entries: Mapping[str, Entry]
    table: str | None
    """The variable that holds the components, if there is one."""
    constants: Mapping[str, float]
    lines: StraightLine = field(compare=False)

    @property
    def last(self) -> int:
        """Number of the return statement."""
        return len(self.function.body) - 1

    @property
    def heads(self) -> frozenset[int]:
        """Lines where the total, its sums and what is returned begin: they are about no component alone."""
        found = {self.last}
        waiting = [(name, self.last) for name in [*names(self.total, ast.Load), self.table] if name]
        while waiting:
            name, before = waiting.pop()
            known = self.lines.value(name, before)
            if known is None or any(_is_name(entry.value, name) for entry in self.entries.values()):
                continue
            number, value = known
            if number not in found and isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Name, ast.Dict)):
                waiting += [(inner, number) for inner in names(value, ast.Load)]
            found.add(number)
        return frozenset(self.function.body[number].lineno for number in found)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def composition_of(text: str) -> Composition:
    """Read how a reward is composed; RewardError where the text does not show it."""
    tree, finding = parse_tree(text)
    if tree is None:
        raise RewardError(str(finding), fix="Correct the syntax first.")
    function = functions_of(tree)[ENTRY]
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    match function.body[-1]:
        case ast.Return(value=ast.Tuple(elts=[total, components, *_])) if len(returns) == 1:
            pass
        case _:
            raise _unreadable("it does not end in a single return at its end")
    lines = StraightLine(function)
    table = components.id if isinstance(components, ast.Name) else None
    entries = _entries(function, lines, components)
    return Composition(tree, function, total, entries, table, constants_of(tree), lines)


def _unreadable(why: str) -> RewardError:
    return RewardError(
        f"The reward's components cannot be read from its text: {why}.",
        allowed='one `return reward, {"name": term, ...}` at the end, or a dictionary filled name by name',
        fix="Write the components out in one dictionary, then give the command again.",
    )


def _entries(function: ast.FunctionDef, lines: StraightLine, components: ast.expr) -> dict[str, Entry]:
    last = len(function.body) - 1
    if isinstance(components, ast.Dict):
        return _of_literal(components, last)
    if not isinstance(components, ast.Name):
        raise _unreadable(f"they are `{shown(components)}`")
    name, found = components.id, dict[str, Entry]()
    for at, statement in enumerate(function.body[:-1]):
        match statement:
            case ast.Assign(targets=[ast.Name(id=same)], value=ast.Dict() as literal) if same == name:
                found = _of_literal(literal, at)
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=same), slice=ast.Constant(value=str() as key))],
                value=value,
            ) if same == name:
                if key in found:
                    raise _unreadable(f"`{key}` is stored twice")
                found[key] = Entry(value, at, None)
            case _ if name in names(statement, ast.Store):
                raise _unreadable(f"line {statement.lineno} changes `{name}` in a branch or a loop")
    if not found:
        raise _unreadable(f"nothing is stored in `{name}` by name")
    return found


def _of_literal(literal: ast.Dict, at: int) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key, value in zip(literal.keys, literal.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            raise _unreadable(f"`{shown(key) if key else '**'}` is no name in quotes")
        if key.value in found:
            raise _unreadable(f"`{key.value}` is named twice")
        found[key.value] = Entry(value, at, literal)
    return found


def core_of(node: ast.expr, constants: Mapping[str, float]) -> tuple[float, ast.expr]:
    """Return the factor and the rest of `0.5 * x`, `-x` or `x / 2.0`; 1 and the node for anything else."""
    if number(node, constants) is not None:
        return 1.0, node
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            factor, core = core_of(operand, constants)
            return -factor, core
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for scale, rest in ((left, right), (right, left)):
                if value := number(scale, constants):
                    factor, core = core_of(rest, constants)
                    return value * factor, core
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            if value := number(right, constants):
                factor, core = core_of(left, constants)
                return factor / value, core
    return 1.0, node
