"""Questions about an array that are settled before anything runs: its shape, its length, its axes."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.slices import indexed
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
    value = site.tensor()
    if site.known("n") != 1 or site.known("axis") not in (-1, len(value.rows) - 1 + site.body.batched):
        refuse(
            site.node, f"`{shown(site.node)}` is not a difference along the last axis.", "", "Use axis=-1."
        )
    if not value.rows or not value.worlds or value.before:
        refuse(site.node, f"`{shown(site.node)}` has no axis to run along.", "", "Subtract by hand.")
    site.write(f"np.diff({site.text('x')}, axis=-1)")
    return site.fresh(replace(value, rows=(*value.rows[:-1], value.rows[-1] - 1), number=None))


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
