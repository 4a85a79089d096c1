"""Reductions: over which axes of a world each library runs, and how that is written in portable code."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import numpy as np

from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.stacking import as_tuples, numbers_text
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    Dtype,
    ItemsValue,
    NothingValue,
    Value,
    shown_shape,
)
from eureka_agent.rewards.tree import shown

_KINDS: dict[str, Dtype | None] = {
    "sum": None, "prod": None, "max": None, "min": None, "mean": "f", "std": "f", "var": "f", "any": "b",
    "all": "b", "count_nonzero": "i", "argmax": "i", "argmin": "i", "ptp": None,
}  # fmt: skip
"""What each reduction gives: None for the type that it is given."""


def row_axes(site: CallSite, value: ArrayValue, axes: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the row axes (from 0) that axes as their author counts them are; refuses that of the worlds."""
    batched = site.body.batched and value.worlds
    rank = len(value.rows) + batched
    if axes is None:
        if batched:
            _refuse_worlds(site, "has no axis and so runs over all worlds at once")
        if value.worlds and rank and site.library == "torch":
            site.body.program.whole_reductions.append(site.node)
        return tuple(range(rank))
    if value.worlds and not batched and rank == 1 and site.library == "torch" and axes[0] < 0:
        site.body.program.last_axes.append(site.node)
    found: list[int] = []
    for axis in axes:
        if not -rank <= axis < rank:
            what = f"`{shown(site.node)}` names axis {axis} of an array of shape {site_shape(site, value)}."
            refuse(
                site.node, what, "There is no such axis.", "Name an axis that there is.", rule="natural-shape"
            )
        place = axis % rank
        if batched and place == value.before:
            _refuse_worlds(site, "runs over the axis of the worlds")
        found.append(place - 1 if batched and place > value.before else place)
    return tuple(found)


def site_shape(site: CallSite, value: ArrayValue) -> str:
    """Return a shape as the reward's author knows it."""
    return shown_shape(value, batched=site.body.batched)


def _refuse_worlds(site: CallSite, how: str) -> None:
    what = f"`{shown(site.node)}` {how}."
    fix = "Name the axis within a world, e.g. axis=-1; a scalar signal needs no reduction."
    refuse(site.node, what, "Rows must stay independent of each other.", fix, rule="natural-worlds")


def portable_axis(value: ArrayValue, axes: tuple[int, ...], written: tuple[int, ...] | None) -> str:
    """Return row axes as portable code counts them: from behind where their author did."""
    behind = written is None or all(axis < 0 for axis in written)
    if len(axes) == 1 and (behind or not value.worlds):
        return str(axes[0] - len(value.rows))
    numbers = [axis + 1 for axis in axes]
    return str(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"


def reduced(site: CallSite, name: str, value: ArrayValue, text: str) -> ArrayValue:
    """Return a reduction of `text`, and write it."""
    made, written = reduction(site, name, value, text, keepdims=bool(site.known("keepdims")))
    site.write(written)
    return made


def reduction(
    site: CallSite, name: str, value: ArrayValue, text: str, *, keepdims: bool
) -> tuple[ArrayValue, str]:
    """Return what a reduction gives and how it is written."""
    if value.picked:
        what = f"`{shown(site.node)}` reduces elements that a mask picked."
        refuse(
            site.node,
            what,
            "How many there are differs from step to step.",
            "Write np.where(mask, x, 0.0) first.",
        )
    written = site.axes()
    axes = row_axes(site, value, written)
    dtype = _KINDS[name] or ("i" if value.dtype == "b" and name in ("sum", "prod") else value.dtype)
    rows = tuple(size for axis, size in enumerate(value.rows) if keepdims or axis not in axes)
    rows = tuple(1 if keepdims and axis in axes else size for axis, size in enumerate(rows))
    before = value.before - (0 if keepdims else sum(axis < value.before for axis in axes))
    made = replace(
        value, rows=rows, dtype=dtype, before=before, python=False, number=None,
        buffer=site.body.fresh_buffer(), whole=True,
    )  # fmt: skip
    if not axes:
        what = f"`{shown(site.node)}` reduces a single number."
        fix = "Use the number itself; nothing is to be reduced."
        refuse(site.node, what, "There is no axis but that of the worlds.", fix, rule="natural-shape")
    if not value.worlds:
        return _folded(site, name, value, axes if len(axes) < len(value.rows) else None, keepdims)
    if name in ("argmax", "argmin") and len(axes) > 1:
        refuse(site.node, f"`{shown(site.node)}` counts through several axes.", "", "Name one axis.")
    kept = ", keepdims=True" if keepdims else ""
    axis = portable_axis(value, axes, written)
    if name == "ptp":
        return made, f"np.max({text}, axis={axis}{kept}) - np.min({text}, axis={axis}{kept})"
    return made, f"np.{name}({text}, axis={axis}{kept})"


def _folded(
    site: CallSite, name: str, value: ArrayValue, axes: tuple[int, ...] | None, keepdims: bool
) -> tuple[ArrayValue, str]:
    """Return the reduction of an array of known numbers as the numbers that it gives."""
    if not isinstance(value.number, tuple) or name.startswith("arg"):
        _refuse_constant(site)
    made = getattr(np, name)(np.array(value.number), axis=axes, keepdims=keepdims)
    numbers = as_tuples(np.asarray(made).tolist())
    dtype: Dtype = "b" if made.dtype.kind == "b" else "i" if made.dtype.kind == "i" else "f"
    text = numbers_text(numbers, dtype)
    folded = ArrayValue(made.shape, dtype, worlds=False, number=numbers, buffer=site.body.fresh_buffer())
    return folded, f"np.array({text})" if made.shape else f"({text})" if text.startswith("-") else text


def _refuse_constant(site: CallSite) -> NoReturn:
    what = f"`{shown(site.node)}` reduces a constant."
    refuse(site.node, what, "It is the same number at every step.", "Write the number out.")


def _plain(name: str) -> Operation:
    def operation(site: CallSite) -> Value:
        site.refuse_given("out", "dtype")
        value = site.tensor()
        if value.python and not value.worlds:
            _refuse_constant(site)
        return reduced(site, name, value, site.text("x"))

    return operation


def _torch_extreme(name: str) -> Operation:
    """Torch's `max` and `min`: of two tensors, of everything, or along a dimension as (values, indices)."""

    def operation(site: CallSite) -> Value:
        if "axis" not in site.given:
            return reduced(site, name, site.tensor(), site.text("x"))
        second = site.value("axis")
        if isinstance(second, ArrayValue) and not second.python:
            return _of_two(site, "maximum" if name == "max" else "minimum", second)
        if isinstance(second, NothingValue):
            refuse(site.node, f"`{shown(site.node)}` has dim=None.", "torch refuses it.", "Leave dim out.")
        value = site.tensor()
        keepdims = bool(site.known("keepdims"))
        values, first = reduction(site, name, value, site.text("x"), keepdims=keepdims)
        indices, other = reduction(site, f"arg{name}", value, site.text("x"), keepdims=False)
        site.body.parts[site.body.span(site.node)] = (first, other)
        site.write(f"({first}, {other})")
        return ItemsValue((values, indices), names=("values", "indices"))

    return operation


def _of_two(site: CallSite, name: str, second: ArrayValue) -> ArrayValue:
    nodes = [site.given["x"], site.given["axis"]]
    made = site.body.combined(nodes, [site.tensor(), second])
    site.write(f"np.{name}({site.text('x')}, {site.text('axis')})")
    return made


def _spread(name: str) -> Operation:
    """`std` and `var`: NumPy and JAX divide by n, torch by n - 1."""

    def operation(site: CallSite) -> Value:
        site.refuse_given("out", "dtype")
        value = site.tensor()
        less = _correction(site)
        made, text = reduction(site, name, value, site.text("x"), keepdims=bool(site.known("keepdims")))
        count = 1
        for axis in row_axes(site, value, site.axes()):
            count *= value.rows[axis]
        if less and count <= less:
            what = f"`{shown(site.node)}` divides by {count - less}."
            refuse(site.node, what, f"It is the spread of {count} number.", "Leave it out.")
        if less:
            root = " ** 0.5" if name == "std" else ""
            text = f"({text} * ({count} / {count - less}){root})"
        site.write(text)
        return made

    return operation


def _correction(site: CallSite) -> int:
    """Return what is taken from n."""
    if "correction" in site.given:
        return site.whole_number("correction") or 0
    if site.library == "torch":
        return int(bool(site.known("unbiased")))
    return site.whole_number("ddof") or 0


def _shortened(name: str) -> Operation:
    """`all` and `any`: truth values of what is no truth value are whether it is not 0."""

    def operation(site: CallSite) -> Value:
        value = site.tensor()
        return reduced(site, name, value, site.text("x"))

    return operation


OPERATIONS: dict[str, Operation] = {
    **{name: _plain(name) for name in ("sum", "mean", "prod", "max", "min", "count_nonzero")},
    **{name: _plain(name) for name in ("argmax", "argmin", "ptp")},
    "any": _shortened("any"), "all": _shortened("all"),
    "std": _spread("std"), "var": _spread("var"),
    "torch_max": _torch_extreme("max"), "torch_min": _torch_extreme("min"),
}  # fmt: skip
