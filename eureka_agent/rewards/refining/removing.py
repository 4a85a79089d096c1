"""One component taken out of a reward: its entry, its term of the sum, and the code that only it needed."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from eureka_agent.errors import RewardError
from eureka_agent.rewards.loader import check_reward
from eureka_agent.rewards.refining.editing import CannotEditError, TokenEdits
from eureka_agent.rewards.refining.numbers import number
from eureka_agent.rewards.refining.straight import names
from eureka_agent.rewards.refining.summands import (
    Composition,
    Entry,
    NotASummandError,
    composition_of,
    core_of,
)
from eureka_agent.rewards.refining.unused import unused_names, without_unused
from eureka_agent.rewards.tree import shown


@dataclass(frozen=True)
class Removal:
    """A reward without one of its components."""

    component: str
    text: str
    weight: float
    """How often the total held the component: full reward − weight × component is what is left."""


def component_names(text: str) -> tuple[str, ...]:
    """Return the components that a reward names; RewardError where its text does not show them."""
    return tuple(composition_of(text).entries)


def without_component(text: str, component: str) -> Removal:
    """Return a reward without a component; NotASummandError where the text does not allow it.

    Its entry goes from the dictionary and its term from the total; then assignments, parameters, helpers and
    constants that nothing needs any longer. `memory` and the docstring stay as they are.
    """
    whole = composition_of(text)
    if len(whole.entries) < 2:
        raise NotASummandError(f"`{component}` is the only component.")
    edits = TokenEdits(text, whole.heads)
    try:
        weight = _OutOfTotal(whole, edits, component).weight()
        _drop_entry(edits, whole, component)
        left = without_unused(edits.result(), keeping=unused_names(text))
        check_reward(left)
    except SyntaxError as error:
        raise NotASummandError(
            f"`{component}` cannot be cut out of line {error.lineno} as it is laid out."
        ) from error
    except CannotEditError as error:
        raise NotASummandError(f"`{component}` cannot be cut out: {error}.") from error
    except RewardError as error:
        first = error.what.split("\n")[-1].strip()
        raise NotASummandError(f"Without `{component}` it is no reward any longer: {first}") from error
    return Removal(component, left, weight)


def _drop_entry(edits: TokenEdits, whole: Composition, component: str) -> None:
    entry = whole.entries[component]
    if entry.table is None:
        edits.drop_statement(whole.function.body[entry.at])
        return
    place = [*whole.entries].index(component)
    literal = entry.table
    own = edits.bracketed(literal.values[place], edits.of(literal))
    key = literal.keys[place]
    assert key is not None  # or its name could not have been read
    edits.drop_item(range(edits.bracketed(key, edits.of(literal)).start, own.stop))


class _OutOfTotal:
    """Takes one component out of a reward's total."""

    def __init__(self, whole: Composition, edits: TokenEdits, component: str) -> None:
        self._whole, self._edits, self._component = whole, edits, component
        self._entry = whole.entries[component]
        self._factor, self._core = core_of(self._entry.value, whole.constants)
        self._weight: float | None = None
        self._opaque: list[ast.expr] = []
        """Terms of which the text does not say what they are made of."""

    def weight(self) -> float:
        """Drop the component's terms and return how often the total held it."""
        self._check_alone()
        nothing_left = self._strip(self._whole.total, 1.0, self._whole.last)
        if self._weight is None:
            raise NotASummandError(self._not_found())
        if nothing_left:
            raise NotASummandError(f"Nothing else is paid than `{self._component}`.")
        return self._weight

    def _not_found(self) -> str:
        """Say that no term is the component, and which code may hide it."""
        if not self._opaque:
            return f"No term of the total is `{self._component}`: it is only reported."
        return self._not_visible(self._opaque[0])

    def _not_visible(self, node: ast.expr) -> str:
        return (
            f"The total is not visibly a sum of `{self._component}`: line {node.lineno} has `{shown(node)}`."
        )

    def _check_alone(self) -> None:
        for name, other in self._whole.entries.items():
            if name != self._component and ast.dump(
                core_of(other.value, self._whole.constants)[1]
            ) == ast.dump(self._core):
                raise NotASummandError(f"`{self._component}` and `{name}` are the same value.")

    def _strip(self, node: ast.expr, weight: float, at: int) -> bool:
        """Take the component out of an expression before statement `at`; True where nothing of it is left."""
        if share := self._share(node, at):
            self._weight = (self._weight or 0.0) + weight * share
            return True
        constants = self._whole.constants
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._strip_sum(node, weight, at)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._strip(operand, -weight, at)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for scale, rest in ((left, right), (right, left)):
                    if value := number(scale, constants):
                        return self._strip(rest, weight * value, at)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                if value := number(right, constants):
                    return self._strip(left, weight / value, at)
            case ast.Call(func=ast.Name(id="sum"), args=[summed], keywords=[]):
                return self._strip_call(node, summed, weight, at)
            case ast.Name(id=name):
                return self._strip_name(node, name, weight, at)
        return self._leave(node, at)

    def _strip_sum(self, node: ast.BinOp, weight: float, at: int) -> bool:
        minus = isinstance(node.op, ast.Sub)
        left = self._strip(node.left, weight, at)
        right = self._strip(node.right, -weight if minus else weight, at)
        if left and right:
            return True
        own = self._edits.of(node)
        kept = self._edits.bracketed(node.right if left else node.left, own)
        if left:
            self._edits.drop(range(own.start, kept.start))
            if minus:
                self._edits.write(kept.start, f"-{self._edits.string(kept.start)}")
        elif right:
            self._edits.drop(range(kept.stop, own.stop))
        if left or right:
            self._edits.unbracket(own, kept)
        return False

    def _strip_call(self, node: ast.Call, summed: ast.expr, weight: float, at: int) -> bool:
        """Of `sum(components.values())` a term goes with its entry; of `sum([a, b])` with its item."""
        match summed:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="values")) if (
                name == self._whole.table and self._entry.at < at
            ):
                self._weight = (self._weight or 0.0) + weight
                return False
            case ast.List(elts=[*items]) | ast.Tuple(elts=[*items]):
                gone = [item for item in items if self._strip(item, weight, at)]
                if gone and len(items) - len(gone) == 1 and isinstance(summed, ast.Tuple):
                    raise NotASummandError(f"`{shown(node)}` would add up one number without it.")
                if len(gone) == len(items):
                    return True
                for item in gone:
                    self._edits.drop_item(self._edits.bracketed(item, self._edits.of(summed)))
                return False
        return self._leave(node, at)

    def _strip_name(self, node: ast.expr, name: str, weight: float, at: int) -> bool:
        """Follow a name to the sum that it stands for."""
        known = self._whole.lines.value(name, at)
        if known is None or self._is_other(node, at):
            return self._leave(node, at)
        number, value = known
        before = self._weight
        gone = self._strip(value, weight, number)
        if not gone and self._weight != before and self._whole.lines.readers(name, number) > 1:
            raise NotASummandError(
                f"`{name}`, of which `{self._component}` is a part, is used more than once."
            )
        return gone

    def _share(self, node: ast.expr, at: int) -> float:
        """Return how much of the component an expression is: 0 where it is something else."""
        if self._key(node) == self._component:
            return 1.0
        return 1.0 / self._factor if self._is_value(node, at, self._entry) else 0.0

    def _is_other(self, node: ast.expr, at: int) -> bool:
        """Say whether an expression is another component: that one's affair."""
        others = {name: entry for name, entry in self._whole.entries.items() if name != self._component}
        return self._key(node) in others or any(self._is_value(node, at, entry) for entry in others.values())

    def _is_value(self, node: ast.expr, at: int, entry: Entry) -> bool:
        core = core_of(entry.value, self._whole.constants)[1]
        return _is(node, core) and self._whole.lines.same(node, at, entry.at)

    def _key(self, node: ast.AST) -> str | None:
        """Return the component that `components["name"]` looks up; None for other code."""
        match node:
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str() as key)) if (
                table == self._whole.table
            ):
                return key
        return None

    def _leave(self, node: ast.expr, at: int) -> bool:
        """Leave a term as it is; NotASummandError where the component is hidden in it."""
        if self._is_other(node, at):
            return False
        if self._hidden_in(node):
            raise NotASummandError(self._not_visible(node))
        given = isinstance(node, ast.Name) and self._whole.lines.stored(node.id, at) is None
        if not given and not isinstance(node, ast.Constant):
            self._opaque.append(node)
        return False

    def _hidden_in(self, node: ast.expr) -> bool:
        within = [inner for inner in ast.walk(node) if isinstance(inner, ast.expr)]
        looked_up = [key for inner in within if (key := self._key(inner)) is not None]
        whole_table = names(node, ast.Load).count(self._whole.table or "") > len(looked_up)
        return whole_table or self._component in looked_up or any(_is(inner, self._core) for inner in within)


def _is(node: ast.expr, other: ast.expr) -> bool:
    return ast.dump(node) == ast.dump(other)
