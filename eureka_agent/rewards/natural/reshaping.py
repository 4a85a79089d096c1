"""Giving the numbers of each world other axes: reshape, flatten, expand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NoReturn

import numpy as np

from eureka_agent.rewards.natural.body import padded
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation, known_number
from eureka_agent.rewards.natural.slices import MAX_PARTS, columns, indexed
from eureka_agent.rewards.natural.stacking import as_tuples, numbers_text, scalar_like
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    CountValue,
    ItemsValue,
    ShapeValue,
    Value,
    broadcast_shapes,
    shown_shape,
)
from eureka_agent.rewards.tree import shown


def sizes_of(site: CallSite, name: str = "shape") -> list[int | CountValue]:
    """Return a shape given as numbers, one by one or in a tuple; the number of worlds may be in it."""
    nodes = site.star or [site.given[name]]
    values = [site.body.value(node) for node in nodes]
    if len(values) == 1 and isinstance(values[0], ItemsValue):
        values = list(values[0].items)
    if len(values) == 1 and isinstance(values[0], ShapeValue):
        of = values[0].of
        sizes: list[int | CountValue] = list(of.rows)
        if site.body.batched and of.worlds:
            sizes.insert(of.before, CountValue())
        return sizes
    made: list[int | CountValue] = []
    for value in values:
        number = known_number(value)
        if not isinstance(value, CountValue) and (not isinstance(number, int) or isinstance(number, bool)):
            refuse(
                site.node,
                f"The shape in `{shown(site.node)}` is not known from the text.",
                "",
                "Write it out.",
            )
        made.append(value if isinstance(value, CountValue) else int(number))  # pyright: ignore[reportArgumentType]
    return made


def _reshape(site: CallSite) -> Value:
    value, sizes = site.tensor(), sizes_of(site)
    rows = _new_rows(site, value, sizes)
    text = reshaped(site.text("x"), value, rows)
    if text is None:
        refuse_reshape(site, value)
    site.write(text)
    return replace(value, rows=rows, number=None, whole=False, python=False)


def refuse_reshape(site: CallSite, value: ArrayValue) -> NoReturn:
    """Refuse to move numbers to other axes."""
    shape = shown_shape(value, batched=site.body.batched)
    what = f"`{shown(site.node)}` moves the numbers of an array of shape {shape} to other axes."
    refuse(site.node, what, "The portable subset cannot.", "Pick what you need, e.g. x[:, 0:3].")


def _new_rows(site: CallSite, value: ArrayValue, sizes: list[int | CountValue]) -> tuple[int, ...]:
    count = math.prod(value.rows)
    of_worlds = site.body.batched and value.worlds
    if of_worlds:
        if value.before:
            refuse_reshape(site, value)
        lead, sizes = sizes[:1], sizes[1:]
        if not lead or not (isinstance(lead[0], CountValue) or lead[0] == -1):
            what = f"`{shown(site.node)}` does not keep the axis of the worlds."
            refuse(
                site.node, what, "Rows must stay independent.", "Keep num_envs first.", rule="natural-worlds"
            )
    numbers = [size for size in sizes if isinstance(size, int)]
    known = math.prod(size for size in numbers if size != -1)
    open_ends = numbers.count(-1) + (of_worlds and lead[0] == -1 and not isinstance(lead[0], CountValue))  # pyright: ignore[reportPossiblyUnboundVariable]
    fits = len(numbers) == len(sizes) and known and count % known == 0
    if not fits or open_ends > 1 or (-1 not in numbers and known != count):
        shape = shown_shape(value, batched=site.body.batched)
        what = f"`{shown(site.node)}` does not fit an array of shape {shape}."
        refuse(site.node, what, "It would fail, or mix worlds.", "Keep num_envs first.", rule="natural-shape")
    return tuple(count // known if size == -1 else size for size in numbers)


def reshaped(text: str, value: ArrayValue, rows: tuple[int, ...]) -> str | None:
    """Return an array with other row axes, or None where there is no portable way to write it."""
    long = [size for size in value.rows if size != 1]
    if long == [size for size in rows if size != 1]:
        return indexed(text, _renamed_axes(value.rows, rows), worlds=value.worlds)
    if not value.worlds or max(map(math.prod, (rows, value.rows))) > MAX_PARTS * 8:
        return None
    if len(value.rows) == 1 and len(rows) == 2 and rows[0] <= MAX_PARTS:
        width = rows[1]
        parts = [f"{atom(text)}[:, {i * width}:{(i + 1) * width}]" for i in range(rows[0])]
        return f"np.stack([{', '.join(parts)}], axis=1)"
    if len(value.rows) == 2 and len(rows) == 1 and value.rows[0] <= MAX_PARTS:
        return f"np.concatenate([{', '.join(columns(text, value))}], axis=-1)"
    return None


def _renamed_axes(old: tuple[int, ...], new: tuple[int, ...]) -> list[str]:
    """Return the index that drops axes of length 1 and adds others; what is longer stays in order."""
    if old == new:
        return []
    parts, left = [], list(old)
    for size in new:
        if size == 1:
            parts.append("None")
            continue
        while left[0] == 1:
            parts.append("0")
            left.pop(0)
        parts.append(":")
        left.pop(0)
    return parts + ["0"] * len(left)


def _flatten(site: CallSite) -> Value:
    value = site.tensor()
    start = site.whole_number("start") or 0
    if site.known("end") not in (-1, None):
        refuse_reshape(site, value)
    of_worlds = site.body.batched and value.worlds
    kept = max(0, start - of_worlds) if start >= 0 else len(value.rows) + start
    rows = (
        (*value.rows[:kept], math.prod(value.rows[kept:]))
        if value.rows[kept:] or not of_worlds
        else value.rows
    )
    if of_worlds and (start == 0 or value.before):
        if math.prod(value.rows) != 1 or value.before:
            what = f"`{shown(site.node)}` puts the numbers of all worlds into one row."
            refuse(site.node, what, "Rows must stay independent.", "Leave it out.", rule="natural-worlds")
        rows = ()
    text = reshaped(site.text("x"), value, rows)
    if text is None:
        refuse_reshape(site, value)
    site.write(text)
    return replace(value, rows=rows, number=None, whole=False, python=False)


def _expand_as(site: CallSite) -> Value:
    return _widened(site, site.array("x"), site.array("y"), f"np.zeros_like({site.text('y')})")


def _expand(site: CallSite) -> Value:
    """`x.expand(-1, 3)`: axes of length 1 become longer."""
    return _spread_out(site, sizes_of(site), expands=True)


def _repeat(site: CallSite) -> Value:
    """`x.repeat(1, 3)`, where it only repeats axes of length 1 or a constant for each world."""
    return _spread_out(site, sizes_of(site), expands=False)


def _spread_out(site: CallSite, sizes: list[int | CountValue], *, expands: bool) -> Value:
    value = site.array("x")
    rows = list(value.rows)
    worlds = bool(sizes) and isinstance(sizes[0], CountValue)
    if site.body.batched and value.worlds:
        kept = sizes[:1] == [-1 if expands else 1] or (worlds and expands)
        if not kept or value.before:
            refuse_reshape(site, value)
    wanted = sizes[1:] if worlds or (site.body.batched and value.worlds) else sizes
    rows = [1] * (len(wanted) - len(rows)) + rows
    if len(rows) != len(wanted) or (worlds and not value.worlds and not site.body.batched):
        refuse_reshape(site, value)
    made = []
    for size, number in zip(rows, wanted, strict=True):
        if not isinstance(number, int) or (size != 1 and number not in (-1, size if expands else 1)):
            refuse_reshape(site, value)
        made.append(size if size != 1 or number == -1 else number)
    numbers = numbers_text(as_tuples(np.zeros(made).tolist()), "f") if made else "0.0"
    like = f"np.array({numbers})" if made else numbers
    if worlds and not value.worlds:
        zeros = f"np.zeros_like({scalar_like(site.body, site.node)})"
        like = f"{zeros}[:, {', '.join(['None'] * len(made))}]" if made else zeros
        return _widened(site, value, ArrayValue(tuple(made)), like)
    return _widened(site, value, ArrayValue(tuple(made), worlds=value.worlds), like)


def _widened(site: CallSite, value: ArrayValue, like: ArrayValue, zeros: str) -> ArrayValue:
    """Write a value such that it has all axes of another: by adding nothing to it."""
    if value.dtype != "f" or value.before or like.before or len(value.rows) > len(like.rows):
        refuse(
            site.node,
            f"`{shown(site.node)}` cannot be widened.",
            "",
            "It broadcasts by itself: leave it out.",
        )
    rows = broadcast_shapes(value.rows, like.rows)
    text = padded(site.text("x"), value, len(rows)) if not site.body.batched else site.text("x")
    site.write(f"({atom(text)} + {zeros})")
    worlds = value.worlds or like.worlds
    return replace(value, rows=rows, worlds=worlds, number=None, python=False, whole=False)


OPERATIONS: dict[str, Operation] = {
    "reshape": _reshape, "flatten": _flatten, "expand": _expand, "expand_as": _expand_as, "repeat": _repeat,
}  # fmt: skip
