"""Lists given to np functions: NumPy would make an array of them; JAX and torch refuse."""

from __future__ import annotations

import ast
from functools import reduce

from eureka_agent.rewards.kinds import Kind
from eureka_agent.rewards.rewrites import as_number, np_call, number
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import shown

_WHY = "NumPy would convert it; JAX and torch refuse."
_PAIRWISE = {"max": "maximum", "amax": "maximum", "min": "minimum", "amin": "minimum"}
_OF_NUMBERS = ", where each of them is one number a world"


def report_list(node: ast.Call, name: str, reduction: bool, kinds: list[Kind], report: Report) -> None:
    """Report a call of `np.name` that has a list among its arguments; `kinds` are those of `node.args`."""
    what = f"`{shown(node)}` passes a list where an array belongs."
    found = _reduced(node, name, kinds) if reduction else None
    if found is not None:
        report.rewrite("list-arithmetic", node, what, _WHY, found, also=_holds(node))
        return
    for argument, kind in zip(node.args, kinds, strict=True):
        items = _items(argument)
        if not reduction and kind.tag == "sequence" and items and _all_worlds(kind):
            joined = np_call("stack", ast.List(items, ast.Load()), axis=number(1))
            report.rewrite("list-arithmetic", argument, what, _WHY, joined)
            return
    fix = (
        "Join arrays of one shape with np.stack([a, b], axis=-1) first; np.maximum and + take two at a time."
    )
    report.add("list-arithmetic", node, what, _WHY, fix)


def _holds(node: ast.Call) -> str:
    """A list's own axis is 0; without axis, or with -1, that depends on what is in it."""
    return "" if _axis(node) == 0 else _OF_NUMBERS


def _axis(node: ast.Call) -> object:
    given = next((k.value for k in node.keywords if k.arg == "axis"), node.args[1] if node.args[1:] else None)
    return None if given is None else literal(given)


def _reduced(node: ast.Call, name: str, kinds: list[Kind]) -> ast.expr | None:
    """Return the reduction over the items of a list, or None where it cannot be written down."""
    items, kind = _items(node.args[0]) if node.args else [], kinds[0] if kinds else None
    if not items and kind is not None and isinstance(node.args[0], (ast.Name, ast.ListComp)):
        return _of_named(node, name, kind)
    others = {keyword.arg for keyword in node.keywords} - {"axis", "ord"}
    if not items or kind is None or kind.elements is None or others or len(node.args) > 2:
        return None
    if _axis(node) not in (0, -1, None):
        return None
    if name in _PAIRWISE and len(items) > 1:
        return reduce(lambda a, b: np_call(_PAIRWISE[name], a, b), items)
    if name in ("all", "any") and all(element.tag == "mask" for element in kind.elements):
        operator = ast.BitAnd() if name == "all" else ast.BitOr()
        return reduce(lambda a, b: ast.BinOp(a, operator, b), items)
    if name == "sum":
        terms = [as_number(i) if e.tag == "mask" else i for i, e in zip(items, kind.elements, strict=True)]
        return reduce(lambda a, b: ast.BinOp(a, ast.Add(), b), terms)
    if not _all_worlds(kind):
        return None
    ord_given = {k.arg: k.value for k in node.keywords if k.arg == "ord"}
    joined = np_call("stack", ast.List(items, ast.Load()), axis=number(-1))
    return np_call(name, joined, **ord_given, axis=number(-1))


def _of_named(node: ast.Call, name: str, kind: Kind) -> ast.expr | None:
    """Return the reduction over a list that is not written out here."""
    if (
        kind.item is None
        or not kind.item.worlds
        or _axis(node) != 0
        or len(node.args) + len(node.keywords) != 2
    ):
        return None
    return np_call(name, np_call("stack", node.args[0], axis=number(-1)), axis=number(-1))


def _items(node: ast.expr) -> list[ast.expr]:
    if not isinstance(node, (ast.List, ast.Tuple)) or any(isinstance(e, ast.Starred) for e in node.elts):
        return []
    return list(node.elts)


def _all_worlds(kind: Kind) -> bool:
    return kind.elements is not None and all(element.worlds for element in kind.elements)
