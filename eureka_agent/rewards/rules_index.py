"""How an array of worlds may be indexed: the leading axis stays whole."""

from __future__ import annotations

import ast
from collections.abc import Callable

from eureka_agent.rewards.kinds import Kind
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_syntax import dotted
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import shown


def check_index(node: ast.Subscript, kind_of: Callable[[ast.expr], Kind], report: Report) -> None:
    """Report an index that picks worlds, is a mask or a list, or that not every library understands."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    name = shown(node.value, 40)
    for part in parts:
        if isinstance(part, ast.Slice):
            _check_slice(node, part, report)
        elif not _is_new_axis(part) and kind_of(part).tag == "mask":
            what = f"`{shown(node)}` picks elements by a condition."
            why = "The result's length would depend on the values."
            report.add("boolean-mask", node, what, why, f"Write np.where({shown(part, 40)}, {name}, 0.0).")
            return
        elif isinstance(part, (ast.List, ast.ListComp)):
            what = f"`{shown(node)}` indexes with a list."
            fix = f"Write np.stack([{name}[:, 0], {name}[:, 2]], axis=-1), or a slice {name}[:, 2:5]."
            report.add("index", node, what, "JAX refuses it.", fix)
            return
        elif not _is_new_axis(part) and kind_of(part).worlds:
            what = f"`{shown(node)}` indexes with an array."
            fix = f"Write np.take_along_axis({name}, indices[:, None], axis=-1)[:, 0]."
            report.add("index", node, what, "It would mix worlds.", fix)
            return
    if not _keeps_worlds(parts[0]):
        _report_worlds(node, name, parts, report)


def _is_new_axis(part: ast.expr) -> bool:
    return (isinstance(part, ast.Constant) and part.value is None) or dotted(part) == "np.newaxis"


def _keeps_worlds(first: ast.expr) -> bool:
    if isinstance(first, ast.Slice):
        return first.lower is None and first.upper is None and first.step is None
    return isinstance(first, ast.Constant) and first.value is Ellipsis


def _report_worlds(node: ast.Subscript, name: str, parts: list[ast.expr], report: Report) -> None:
    what = f"`{shown(node)}` picks worlds."
    if _is_new_axis(parts[0]):
        what = f"`{shown(node)}` puts an axis before the worlds."
    why = "The leading axis is the worlds; rows must stay independent."
    kept = list(parts)
    while len(kept) > 1 and _keeps_worlds(kept[-1]):
        kept.pop()
    rest = ", ".join(shown(part, 20) for part in kept)
    report.add("world-index", node, what, why, f"Write {name}[:, {rest}].")


def _check_slice(node: ast.Subscript, part: ast.Slice, report: Report) -> None:
    step = literal(part.step) if part.step is not None else 1
    if not isinstance(step, int) or step < 1:
        what = f"`{shown(node)}` has a step that torch does not understand."
        fix = "Use a positive literal step, or np.stack of columns."
        report.add("index", node, what, "Negative steps are not portable.", fix)
