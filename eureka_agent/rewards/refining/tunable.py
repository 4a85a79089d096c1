"""The numbers of a reward whose ratio matters, and the reward with other ones in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eureka_agent.errors import RewardError
from eureka_agent.rewards.refining.editing import TokenEdits
from eureka_agent.rewards.refining.literals import quantities
from eureka_agent.rewards.refining.numbers import literal_of
from eureka_agent.rewards.refining.straight import names
from eureka_agent.rewards.refining.summands import Composition, composition_of
from eureka_agent.rewards.source import MEMORY_NAME, named_values, parse_reward
from eureka_agent.rewards.tree import nodes_with_parents, parse_python

DIGITS = 3
"""Significant digits of a number that is varied."""


@dataclass(frozen=True)
class Tunable:
    """One number that may be varied; its sign stays."""

    name: str
    """How a person finds it: the constant, or what it is a weight of and the line."""
    value: float
    line: int
    column: int
    """As Python counts: in bytes of UTF-8."""


_Named = tuple[str, ast.Constant]


def tunable_numbers(text: str) -> list[Tunable]:
    """Return the numbers of a reward whose ratio matters, weights first, each group in order of appearance.

    These are taken:

    - *weights*: of each term of the total, of its sums and of its components the first factor that is a
      number or a constant of the module, `lean = -0.5 * np.square(angle)`, and what
      `np.where(hit, 10.0, 0.0)` pays beside 0; a second factor of the same term would say the same;
    - *constants* of the module, single numbers or in a dictionary, that are factors or divisors wherever they
      are used, `pitch / SCALE`.

    These are not: exponents, indices, named arguments and what MEMORY begins with; literals inside a call and
    in what leads to a component; constants that are compared, added, or given to a function anywhere, which
    are thresholds and limits; 0, the 1 of an indicator, and a number that is added alone; factors of what is
    only reported. Where the text does not show what the components are, no weight is taken. The sole weight
    of a sole component is left out: it scales the whole reward.
    """
    text = TokenEdits(text).text
    tree = parse_python(text)
    allowed = {_place(node) for node in quantities(tree)}
    named = dict(_constants(tree))
    weights = _in_order(_weights(text, named), allowed)
    taken = {(weight.line, weight.column) for weight in weights}
    constants = [n for n in _in_order(named.items(), allowed) if (n.line, n.column) not in taken]
    scale_only = len(weights) == 1 and not constants and len(parse_reward(text).components or ()) == 1
    return [] if scale_only else [*weights, *constants]


def with_numbers(text: str, numbers: Sequence[Tunable], values: Sequence[float]) -> str:
    """Return a reward with other values for some of its numbers, at three significant digits."""
    edits = TokenEdits(text)
    places = {_place(node): node for node in quantities(parse_python(edits.text))}
    for number, value in zip(numbers, values, strict=True):
        (token,) = edits.of(places[number.line, number.column])
        if value != number.value:
            edits.write(token, repr(float(f"{value:.{DIGITS}g}")))
    return edits.result()


def _place(node: ast.Constant) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _in_order(found: Iterable[_Named], allowed: set[tuple[int, int]]) -> list[Tunable]:
    made = {
        _place(node): Tunable(name, float(node.value), node.lineno, node.col_offset)
        for name, node in found
        if _place(node) in allowed and isinstance(node.value, (int, float)) and node.value
    }
    return [made[place] for place in sorted(made)]


def _weights(text: str, named: Mapping[str, ast.Constant]) -> Iterator[_Named]:
    """Yield the weights in the total and in each component that it is made of."""
    try:
        whole = composition_of(text)
    except RewardError:
        return
    weights = _Weights(whole, named)
    yield from weights.of_sum(whole.total, whole.last, "the total")
    if whole.table is not None and names(whole.function, ast.Load).count(whole.table) > _mentions(whole):
        for name, entry in whole.entries.items():
            yield from weights.of_component(entry.value, entry.at, name)


def _mentions(whole: Composition) -> int:
    """Return how often the table of components is written to or returned: who else reads it, pays by it."""
    stored = [
        node
        for node in ast.walk(whole.function)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    ]
    return 1 + sum(isinstance(node.value, ast.Name) and node.value.id == whole.table for node in stored)


class _Weights:
    """Finds one factor for each term of a sum, through the names that stand for sums and components."""

    def __init__(self, whole: Composition, named: Mapping[str, ast.Constant]) -> None:
        self._lines, self._named = whole.lines, named
        values = [entry.value for entry in whole.entries.values()]
        self._variables = {value.id for value in values if isinstance(value, ast.Name)}

    def of_component(self, node: ast.expr, at: int, name: str) -> Iterator[_Named]:
        """Yield the weights of a component in the table and, if it has a variable, where that is computed."""
        known = self._lines.value(node.id, at) if isinstance(node, ast.Name) else None
        yield from self.of_sum(node if known is None else known[1], at, name, follow=False)

    def of_sum(
        self, node: ast.expr, at: int, name: str, *, weighted: bool = False, follow: bool = True
    ) -> Iterator[_Named]:
        """Yield the weights of a sum before statement `at`.

        A single term has none of its own where it is `weighted` already; with `follow` names are looked up.
        """
        terms = list(_terms(node))
        for term in terms:
            given = weighted and len(terms) == 1
            found, rest = self._factor(term)
            if found is not None and not given:
                yield found[0] or f"{name}, line {found[1].lineno}", found[1]
            inner = given or found is not None
            if len(rest) == 1:
                yield from self._inside(rest[0], at, name, weighted=inner, follow=follow)

    def _inside(
        self, part: ast.expr, at: int, name: str, *, weighted: bool, follow: bool
    ) -> Iterator[_Named]:
        """Yield the weights in what a term is, but for its factor: a sum in brackets, or a name for one."""
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            yield from self.of_sum(part, at, name, weighted=weighted, follow=follow)
        elif isinstance(part, ast.Name) and follow:
            yield from self._of_name(part.id, at, weighted=weighted)

    def _of_name(self, name: str, at: int, *, weighted: bool) -> Iterator[_Named]:
        known = self._lines.value(name, at)
        if known is None:
            return
        number, value = known
        if name in self._variables:
            yield from self.of_sum(value, number, name, weighted=weighted, follow=False)
        elif isinstance(value, (ast.BinOp, ast.UnaryOp, ast.Name)):
            yield from self.of_sum(value, number, name, weighted=weighted)

    def _factor(self, term: ast.expr) -> tuple[_Named | None, list[ast.expr]]:
        """Return the first number among a term's factors, and the others that are none.

        A number alone is no factor: an offset, or what each step pays.
        """
        numbers: list[_Named] = []
        rest: list[ast.expr] = []
        paid = False
        for factor in _product(term):
            said = ast.unparse(factor)
            if (literal := literal_of(factor)) is not None:
                numbers.append(("", literal))
            elif said in self._named:
                numbers.append((said, self._named[said]))
            elif (literal := _indicated(factor)) is not None:
                numbers.append(("", literal))
                paid = True
            else:
                rest.append(factor)
        return (numbers[0] if numbers and (rest or paid) else None), rest


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the terms of a sum."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from _terms(left)
            yield from _terms(right)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand) if literal_of(node) is None:
            yield from _terms(operand)
        case _:
            yield node


def _product(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the factors and divisors of a term."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            yield from _product(left)
            yield from _product(right)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand) if literal_of(node) is None:
            yield from _product(operand)
        case _:
            yield node


def _indicated(node: ast.expr) -> ast.Constant | None:
    """Return what `np.where(hit, 10.0, 0.0)` pays; None for an indicator, which pays 1, and other code."""
    match node:
        case ast.Call(func=ast.Attribute(attr="where"), args=[_, one, other]):
            for paid, beside in ((one, other), (other, one)):
                literal = literal_of(paid)
                if literal is not None and literal.value not in (0, 1) and _is_zero(beside):
                    return literal
    return None


def _is_zero(node: ast.expr) -> bool:
    literal = literal_of(node)
    return literal is not None and literal.value == 0


def _constants(tree: ast.Module) -> Iterator[_Named]:
    """Yield the constants of the module that are factors or divisors wherever they are used."""
    unclear = _unclear_names(tree)
    for node in tree.body:
        for name, value in named_values(node) if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
            if name in unclear or name == MEMORY_NAME:
                continue
            if (literal := literal_of(value)) is not None:
                yield name, literal
            elif isinstance(value, ast.Dict):
                for key, item in zip(value.keys, value.values, strict=True):
                    if key is not None and (literal := literal_of(item)) is not None:
                        yield f"{name}[{ast.unparse(key)}]", literal


def _unclear_names(tree: ast.Module) -> set[str]:
    """Return names that are used as something else than a factor or a divisor."""
    parents = {id(node): parent for node, parent in nodes_with_parents(tree)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) in parents:
            inner, outer = node, parents[id(node)]
            while (isinstance(outer, ast.Subscript) and outer.value is inner) or isinstance(
                outer, ast.UnaryOp
            ):
                inner, outer = outer, parents[id(outer)]
            if not (isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Mult | ast.Div)):
                found.add(node.id)
    return found
