"""How an array of worlds may be indexed: the leading axis stays whole."""

from __future__ import annotations

import ast
from collections.abc import Callable

from eureka_agent.rewards.kinds import Kind
from eureka_agent.rewards.rewrites import column, np_call, number
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import dotted, shown


def check_index(node: ast.Subscript, kind_of: Callable[[ast.expr], Kind], report: Report) -> None:
    """Report an index that picks worlds, is a mask or a list, or that not every library understands."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    name = shown(node.value, 200)
    for place, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            _check_slice(node, part, report)
        elif not _is_new_axis(part) and kind_of(part).tag == "mask":
            what = f"`{shown(node)}` picks elements by a condition."
            why = "The result's length would depend on the values."
            fix = (
                f"For their sum write np.where({shown(part, 200)}, {name}, 0.0) there; for their mean divide "
                "that sum by how many there are."
            )
            report.add("boolean-mask", node, what, why, fix)
            return
        elif isinstance(part, (ast.List, ast.ListComp)):
            _report_list(node, part, place, report)
            return
        elif not _is_new_axis(part) and kind_of(part).worlds:
            _report_array(node, parts, report)
            return
    if not _keeps_worlds(parts[0]):
        _report_worlds(node, parts, report)


def _report_list(node: ast.Subscript, part: ast.List | ast.ListComp, place: int, report: Report) -> None:
    what, why = f"`{shown(node)}` indexes with a list.", "JAX refuses it."
    if place == 1 and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
        whole = node.slice.elts[0]
        if isinstance(part, ast.List) and part.elts and _keeps_worlds(whole) and isinstance(whole, ast.Slice):
            columns: list[ast.expr] = [column(node.value, element) for element in part.elts]
            report.rewrite("index", node, what, why, np_call("stack", ast.List(columns), axis=number(1)))
            return
    report.add("index", node, what, why, "Write np.stack([x[:, 0], x[:, 2]], axis=-1), or a slice x[:, 2:5].")


def _report_array(node: ast.Subscript, parts: list[ast.expr], report: Report) -> None:
    what, why = f"`{shown(node)}` indexes with an array.", "It would mix worlds."
    if len(parts) == 1:  # written for one world: each picks one of its own values
        place = column(parts[0], ast.Constant(None))
        taken = np_call("take_along_axis", node.value, place, axis=number(1))
        also = " for one index and a vector of each world"
        report.rewrite("index", node, what, why, column(taken, number(0)), also=also)
        return
    fix = "Write np.take_along_axis(x, indices[:, None], axis=-1)[:, 0] for one index of each world."
    report.add("index", node, what, why, fix)


def _is_new_axis(part: ast.expr) -> bool:
    return (isinstance(part, ast.Constant) and part.value is None) or dotted(part) == "np.newaxis"


def _keeps_worlds(first: ast.expr) -> bool:
    if isinstance(first, ast.Slice):
        return first.lower is None and first.upper is None and first.step is None
    return isinstance(first, ast.Constant) and first.value is Ellipsis


def _report_worlds(node: ast.Subscript, parts: list[ast.expr], report: Report) -> None:
    what = f"`{shown(node)}` picks worlds."
    if _is_new_axis(parts[0]):
        what = f"`{shown(node)}` puts an axis before the worlds."
    why = "The leading axis is the worlds; rows must stay independent. One world's own first axis is axis 1."
    kept = list(parts)
    while len(kept) > 1 and _keeps_worlds(kept[-1]):
        kept.pop()
    report.rewrite("world-index", node, what, why, column(node.value, *kept))


def _check_slice(node: ast.Subscript, part: ast.Slice, report: Report) -> None:
    step = literal(part.step) if part.step is not None else 1
    if not isinstance(step, int) or step < 1:
        what = f"`{shown(node)}` has a step that torch does not understand."
        fix = "Use a positive literal step, or np.stack of columns."
        report.add("index", node, what, "Negative steps are not portable.", fix)
