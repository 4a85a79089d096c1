"""Operations that pick or build by cases: select, take, interpolation, differences of points."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import pairwise

from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation, known_number
from eureka_agent.rewards.natural.stacking import numbers_text
from eureka_agent.rewards.natural.values import ArrayValue, ItemsValue, Value
from eureka_agent.rewards.tree import shown

_MOST_POINTS = 16
_LISTS = ("condlist", "choicelist")


def _select(site: CallSite) -> Value:
    """`np.select`, as nested choices: the first condition that holds."""
    listed = [site.given.get(name) for name in _LISTS]
    if any(isinstance(node, ast.Name) for node in listed):
        return _select_by_name(site)
    conditions, choices = (node.elts if isinstance(node, (ast.List, ast.Tuple)) else [] for node in listed)
    if not conditions or len(conditions) != len(choices):
        refuse(site.node, f"`{shown(site.node)}` has no lists of one length.", "It fails.", "Write them out.")
    nodes = [*conditions, *choices]
    values = [site.body.array(node) for node in nodes]
    if any(value.dtype != "b" for value in values[: len(conditions)]):
        refuse(site.node, f"A condition of `{shown(site.node)}` is no truth value.", "It fails.", "Compare.")
    default = site.array("default") if "default" in site.given else None
    if default is not None:
        nodes, values = [*nodes, site.given["default"]], [*values, default]
    made = site.body.combined(nodes, values)
    text = site.text("default") if default is not None else "0"
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        text = f"np.where({site.body.text(condition)}, {site.body.text(choice)}, {text})"
    site.write(text)
    kinds = [value.dtype for value in values[len(conditions) :]]
    return replace(made, dtype=max(kinds, key="bif".index), python=False)


def _select_by_name(site: CallSite) -> Value:
    """`np.select` of lists that have names: their elements must be of one shape."""
    values = [site.value(name) for name in _LISTS]
    items = [v.items if isinstance(v, ItemsValue) and v.known else () for v in values]
    arrays = [[item for item in each if isinstance(item, ArrayValue)] for each in items]
    if (
        not arrays[0]
        or len(arrays[0]) != len(items[0])
        or not len(arrays[0]) == len(arrays[1]) == len(items[1])
    ):
        refuse(site.node, f"`{shown(site.node)}` has no lists of one length.", "It fails.", "Write them out.")
    if any(value.dtype != "b" for value in arrays[0]):
        refuse(site.node, f"A condition of `{shown(site.node)}` is no truth value.", "It fails.", "Compare.")
    default = site.array("default") if "default" in site.given else ArrayValue((), "i", worlds=False)
    every = [*arrays[0], *arrays[1], default]
    if len({(v.rows, v.before) for v in every if v.worlds}) > 1 or any(v.rows for v in every if not v.worlds):
        refuse(site.node, f"`{shown(site.node)}` chooses among other shapes.", "", "Write the lists out.")
    made = site.body.combined([], every)
    text = site.text("default") if "default" in site.given else "0"
    texts = [site.atom(name) for name in _LISTS]
    for i in reversed(range(len(arrays[0]))):
        condition, choice = (_element(site, name, t, i) for name, t in zip(_LISTS, texts, strict=True))
        text = f"np.where({condition}, {choice}, {text})"
    site.write(text)
    kinds = [value.dtype for value in [*arrays[1], default]]
    return replace(made, dtype=max(kinds, key="bif".index), python=False)


def _element(site: CallSite, name: str, text: str, index: int) -> str:
    """Return how one element of a list is written."""
    node = site.given[name]
    return site.body.text(node.elts[index]) if isinstance(node, (ast.List, ast.Tuple)) else f"{text}[{index}]"


def _take(site: CallSite) -> Value:
    """`np.take(x, i, axis)`: the index of that axis."""
    value, axis, index = site.array("x"), site.whole_number("axis"), site.whole_number("indices")
    rank = len(value.rows) + (site.body.batched and value.worlds)
    if axis is None and rank == 1:
        axis = 0
    if axis is None or index is None or not -rank <= axis < rank:
        refuse(site.node, f"`{shown(site.node)}` is not one index of one axis.", "", "Write x[:, i].")
    parts: list[ast.expr] = [ast.Slice() for _ in range(rank)]
    parts[axis] = site.given["indices"]
    picked = ast.Subscript(site.given["x"], ast.Tuple(parts, ast.Load()), ast.Load())
    return site.body.program.picked(site.body, site.node, ast.copy_location(picked, site.node), value)


def _append(site: CallSite) -> Value:
    """`np.append(x, y)` without an axis joins flat arrays."""
    values = [site.array(name) for name in ("x", "y")]
    if "axis" in site.given or site.body.batched or any(len(v.rows) != 1 or not v.worlds for v in values):
        refuse(
            site.node,
            f"`{shown(site.node)}` appends.",
            "It flattens first.",
            "Write np.concatenate([a, b], axis=-1).",
        )
    site.write(f"np.concatenate([{site.text('x')}, {site.text('y')}], axis=-1)")
    rows = (values[0].rows[0] + values[1].rows[0],)
    return site.fresh(replace(values[0], rows=rows, number=None))


def _interp(site: CallSite) -> Value:
    """`np.interp` between known points: each piece rises from 0 to 1 once."""
    value = site.array("x")
    points = [known_number(site.value(name)) for name in ("xp", "fp")]
    xs, ys = ([n for n in p if isinstance(n, (int, float))] if isinstance(p, tuple) else [] for p in points)
    if len(xs) != len(ys) or not 2 <= len(xs) <= _MOST_POINTS or any(b <= a for a, b in pairwise(xs)):
        what = f"`{shown(site.node)}` is not given rising points that the text tells."
        refuse(site.node, what, "The portable subset has no interp.", "Write np.clip and arithmetic.")
    x, text = site.atom("x"), numbers_text(ys[0], "f")
    for i in range(len(xs) - 1):
        share = f"np.clip(({x} - {xs[i]!r}) / {xs[i + 1] - xs[i]!r}, 0.0, 1.0)"
        text += f" + {ys[i + 1] - ys[i]!r} * {share}".replace("+ -", "- ")
    site.write(f"({text})")
    return site.fresh(replace(value, dtype="f", number=None, python=False))


def _tolist(site: CallSite) -> Value:
    value = site.array("x")
    if site.body.batched or len(value.rows) != 1:
        refuse(site.node, f"`{shown(site.node)}` makes a list of an array.", "", "Keep the array.")
    site.write(f"[{', '.join(site.columns('x'))}]" if value.worlds else site.text("x"))
    number = replace(value, rows=(), python=True, buffer=0, number=None)
    return ItemsValue((number,) * value.rows[0])


def _dist(site: CallSite) -> Value:
    """`math.dist(a, b)`."""
    values = [site.array(name) for name in ("x", "y")]
    if site.body.batched or any(len(v.rows) != 1 for v in values) or values[0].rows != values[1].rows:
        refuse(
            site.node,
            f"`{shown(site.node)}` measures no two points.",
            "",
            "Write np.linalg.norm(a - b, axis=-1).",
        )
    site.write(f"np.linalg.norm({site.atom('x')} - {site.atom('y')}, axis=-1)")
    return ArrayValue((), "f", any(v.worlds for v in values), python=True)


OPERATIONS: dict[str, Operation] = {
    "select": _select, "take": _take, "append": _append, "interp": _interp, "tolist": _tolist, "dist": _dist,
}  # fmt: skip
