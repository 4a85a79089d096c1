"""Questions about an array that are settled before anything runs: its shape, its length, its axes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eureka_agent.rewards.natural.reductions import row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.slices import indexed
from eureka_agent.rewards.natural.stacking import as_tuples, numbers_text
from eureka_agent.rewards.natural.values import ArrayValue, CountValue, ShapeValue, Value, number_value
from eureka_agent.rewards.tree import shown


def size_along(site_or_body: CallSite, value: ArrayValue, axis: int) -> Value:
    """Return the length of one axis as the reward's author counts them, or the number of worlds."""
    site = site_or_body
    rank = len(value.rows) + (site.body.batched and value.worlds)
    if not -rank <= axis < rank:
        refuse(
            site.node,
            f"`{shown(site.node)}`: there is no axis {axis}.",
            "",
            "Check it.",
            rule="natural-shape",
        )
    sizes: list[int | None] = list(value.rows)
    if site.body.batched and value.worlds:
        sizes.insert(value.before, None)
    size = sizes[axis]
    return CountValue() if size is None else number_value(size)


def _size(site: CallSite) -> Value:
    value = site.array("x")
    axis = site.whole_number("axis")
    if axis is None:
        return ShapeValue(value)
    found = size_along(site, value, axis)
    if isinstance(found, ArrayValue):
        site.write(str(found.number))
    return found


def _shape(site: CallSite) -> Value:
    return ShapeValue(site.array("x"))


def _ndim(site: CallSite) -> Value:
    value = site.array("x")
    rank = len(value.rows) + (site.body.batched and value.worlds)
    site.write(str(rank))
    return number_value(rank)


def _isscalar(site: CallSite) -> Value:
    value = site.array("x")
    return number_value(value.plain and not (site.body.batched and value.worlds))


def _take_along_axis(site: CallSite) -> Value:
    value, indices = site.array("x"), site.array("indices")
    axis = site.whole_number("axis")
    rank = len(value.rows) + site.body.batched
    fits = value.worlds and indices.worlds and len(value.rows) == len(indices.rows) == 1
    if not fits or value.before or indices.before or axis not in (-1, rank - 1):
        refuse(site.node, f"`{shown(site.node)}` does not pick along the last axis.", "", "Use axis=-1.")
    site.write(f"np.take_along_axis({site.text('x')}, {site.text('indices')}, axis=-1)")
    return site.fresh(replace(value, rows=indices.rows))


def _diff(site: CallSite) -> Value:
    """Differences of neighbours along any axis of a world."""
    value, count = site.tensor(), site.known("n")
    axes = row_axes(site, value, site.axes())
    if count not in (1, 2) or len(axes) != 1 or value.rows[axes[0]] <= count or value.before:
        refuse(
            site.node,
            f"`{shown(site.node)}` has no axis to run along.",
            "",
            "Subtract: x[:, 1:] - x[:, :-1].",
        )
    if value.dtype == "b":
        refuse(site.node, f"`{shown(site.node)}` subtracts truth values.", "", "Write np.where(x, 1.0, 0.0).")
    (axis,) = axes
    if not value.worlds:
        return _folded_diff(site, value, axis, count)
    text = site.text("x")
    for _ in range(count):
        later, earlier = (indexed(text, [*[":"] * axis, part], worlds=True) for part in ("1:", ":-1"))
        text = f"np.diff({text}, axis=-1)" if axis == len(value.rows) - 1 else f"({later} - {earlier})"
    site.write(text)
    rows = (*value.rows[:axis], value.rows[axis] - count, *value.rows[axis + 1 :])
    return site.fresh(replace(value, rows=rows, number=None))


def _folded_diff(site: CallSite, value: ArrayValue, axis: int, count: int) -> ArrayValue:
    if not isinstance(value.number, tuple):
        refuse(site.node, f"`{shown(site.node)}` is not known from the text.", "", "Write the numbers out.")
    made = np.diff(np.array(value.number), n=count, axis=axis)
    numbers = as_tuples(made.tolist())
    site.write(f"np.array({numbers_text(numbers, value.dtype)})")
    return site.fresh(replace(value, rows=made.shape, number=numbers))


def _one_hot(site: CallSite) -> Value:
    value, count = site.tensor(), site.whole_number("n") or -1
    if value.dtype != "i" or not value.worlds or value.rows or not 0 < count <= 256:
        refuse(
            site.node,
            f"`{shown(site.node)}` needs an integer a world and num_classes.",
            "",
            "Compare: x == 1.",
        )
    index = indexed(site.text("x"), ["None"], worlds=True)
    numbers = ", ".join(map(str, range(count)))
    site.write(f"np.where({index} == np.array([{numbers}]), 1, 0)")
    return site.fresh(replace(value, rows=(count,)))


OPERATIONS: dict[str, Operation] = {
    "size": _size, "shape": _shape, "ndim": _ndim,
    "isscalar": _isscalar, "take_along_axis": _take_along_axis, "diff": _diff,
    "one_hot": _one_hot,
}  # fmt: skip
