"""Joining arrays and giving them other axes."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.reductions import portable_axis, row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation, known_number
from eureka_agent.rewards.natural.stacking import stacked
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    CountValue,
    ItemsValue,
    ShapeValue,
    Value,
    shown_shape,
    wider,
)
from eureka_agent.rewards.tree import shown

MAX_PARTS = 32
"""Columns that a reshape or a transposition is written out with."""


def indexed(text: str, parts: Sequence[str], *, worlds: bool) -> str:
    """Return `text[...]` with one part for each row axis; nothing is added where all stay whole."""
    kept = list(parts)
    while kept and kept[-1] == ":":
        kept.pop()
    if not kept:
        return text
    return f"{atom(text)}[{', '.join([*([':'] if worlds else []), *kept])}]"


def columns(text: str, value: ArrayValue, axis: int = 0) -> list[str]:
    """Return the texts of an array's slices along one row axis."""
    return [indexed(text, [*[":"] * axis, str(i)], worlds=value.worlds) for i in range(value.rows[axis])]


def column_value(value: ArrayValue, axis: int = 0) -> ArrayValue:
    """Return what one slice along a row axis holds."""
    rows = value.rows[:axis] + value.rows[axis + 1 :]
    before = value.before - (axis < value.before)
    return replace(value, rows=rows, before=before, number=None, whole=False, python=False)


def first_axis(body: Body, node: ast.expr, value: ArrayValue) -> int:
    """Return the row axis that taking an array apart runs along; refuses that of the worlds."""
    if body.batched and value.worlds and value.before == 0:
        what = f"`{shown(node)}` is taken apart by worlds."
        fix = "Pick columns: x[:, 0]."
        refuse(node, what, "Rows must stay independent of each other.", fix, rule="natural-worlds")
    if not value.rows:
        refuse(
            node,
            f"`{shown(node)}` is one number and taken apart.",
            "",
            "Use it as it is.",
            rule="natural-shape",
        )
    return 0


def _parts_of(site: CallSite, name: str = "arrays") -> list[ArrayValue]:
    value = site.value(name)
    items = value.items if isinstance(value, ItemsValue) and value.known else ()
    arrays = [item for item in items if isinstance(item, ArrayValue)]
    if arrays and len(arrays) == len(items):
        return arrays
    return refuse(
        site.node, f"`{shown(site.node)}` joins something other than a list of arrays.", "",
        "Write the list out: [a, b, c].",
    )  # fmt: skip


def _stacked(site: CallSite, axis: int) -> ArrayValue:
    parts = _parts_of(site)
    made, text = stacked(site.body, site.node, site.given["arrays"], parts, axis)
    site.write(text)
    return made


def _stack(site: CallSite) -> Value:
    return _stacked(site, site.whole_number("axis") or 0)


def _vstack(site: CallSite) -> Value:
    parts = _parts_of(site)
    if any(len(part.rows) != (0 if site.body.batched else 1) for part in parts):
        return _concatenated(site, parts, (0,))
    return _stacked(site, 0)


def _hstack(site: CallSite) -> Value:
    parts = _parts_of(site)
    if all(not part.rows for part in parts) and not site.body.batched:
        return _stacked(site, 0)
    rank = len(parts[0].rows) + site.body.batched
    return _concatenated(site, parts, (0,) if rank == 1 else (1,))


def _column_stack(site: CallSite) -> Value:
    parts = _parts_of(site)
    ranks = {len(part.rows) + (site.body.batched and part.worlds) for part in parts}
    if ranks == {1}:
        return _stacked(site, 1)
    listed = site.given["arrays"]
    if ranks == {1, 2} and site.body.batched and isinstance(listed, (ast.List, ast.Tuple)):
        for i, node in enumerate(listed.elts):
            if not parts[i].rows:
                site.body.write(node, f"{site.body.atom(node)}[:, None]")
                parts[i] = replace(parts[i], rows=(1,))
    return _concatenated(site, parts, (1,))


def _concatenate(site: CallSite) -> Value:
    axis = site.known("axis")
    if not isinstance(axis, int):
        refuse(site.node, f"`{shown(site.node)}` flattens before it joins.", "", "Write axis=-1.")
    return _concatenated(site, _parts_of(site), (axis,))


def _concatenated(site: CallSite, parts: list[ArrayValue], axes: tuple[int, ...]) -> ArrayValue:
    first = parts[0]
    if not all(part.worlds for part in parts):
        refuse(
            site.node,
            f"`{shown(site.node)}` joins constants with arrays.",
            "",
            "Write np.stack([...]) of columns.",
        )
    (axis,) = row_axes(site, first, axes)
    others = {(*part.rows[:axis], *part.rows[axis + 1 :], part.before, len(part.rows)) for part in parts}
    if len(others) > 1:
        refuse(
            site.node,
            f"`{shown(site.node)}` joins other shapes.",
            "",
            "Bring them to one.",
            rule="natural-shape",
        )
    rows = (*first.rows[:axis], sum(part.rows[axis] for part in parts), *first.rows[axis + 1 :])
    site.write(f"np.concatenate({site.text('arrays')}, axis={portable_axis(first, (axis,), axes)})")
    dtype = wider(*(part.dtype for part in parts))
    return ArrayValue(rows, dtype, True, first.before, buffer=site.body.fresh_buffer())


def _unsqueeze(site: CallSite) -> Value:
    value, axis = site.tensor(), site.whole_number("axis")
    rank = len(value.rows) + 1 + (site.body.batched and value.worlds)
    if axis is None or not -rank <= axis < rank:
        refuse(site.node, f"`{shown(site.node)}` has no such axis.", "", "Use axis=-1.", rule="natural-shape")
    place = axis % rank
    leads = site.body.batched and value.worlds and place <= value.before
    row = place if leads or not (site.body.batched and value.worlds) else place - 1
    parts = [*[":"] * row, "None"]
    if row == len(value.rows) and row and value.worlds:
        site.write(f"np.expand_dims({site.text('x')}, axis=-1)")
    else:
        site.write(indexed(site.text("x"), parts, worlds=value.worlds))
    rows = (*value.rows[:row], 1, *value.rows[row:])
    return replace(value, rows=rows, before=value.before + leads, number=None, whole=False, python=False)


def _squeeze(site: CallSite) -> Value:
    value, axes = site.tensor(), site.axes()
    if axes is None:
        dropped = tuple(axis for axis, size in enumerate(value.rows) if size == 1)
    else:
        dropped = row_axes(site, value, axes)
    if any(value.rows[axis] != 1 for axis in dropped):
        if site.library == "torch":
            dropped = tuple(axis for axis in dropped if value.rows[axis] == 1)
        else:
            what = f"`{shown(site.node)}` drops an axis that is longer than 1."
            refuse(site.node, what, "It would fail.", "Leave it out.", rule="natural-shape")
    parts = ["0" if axis in dropped else ":" for axis in range(len(value.rows))]
    if axes is not None and len(dropped) == 1 and value.worlds:
        site.write(f"np.squeeze({site.text('x')}, axis={portable_axis(value, dropped, axes)})")
    else:
        site.write(indexed(site.text("x"), parts, worlds=value.worlds))
    rows = tuple(size for axis, size in enumerate(value.rows) if axis not in dropped)
    before = value.before - sum(axis < value.before for axis in dropped)
    return replace(value, rows=rows, before=before, number=None, whole=False)


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
        _refuse_reshape(site, value)
    site.write(text)
    return replace(value, rows=rows, number=None, whole=False, python=False)


def _refuse_reshape(site: CallSite, value: ArrayValue) -> NoReturn:
    shape = shown_shape(value, batched=site.body.batched)
    what = f"`{shown(site.node)}` moves the numbers of an array of shape {shape} to other axes."
    refuse(site.node, what, "The portable subset cannot.", "Pick what you need, e.g. x[:, 0:3].")


def _new_rows(site: CallSite, value: ArrayValue, sizes: list[int | CountValue]) -> tuple[int, ...]:
    count = math.prod(value.rows)
    of_worlds = site.body.batched and value.worlds
    if of_worlds:
        if value.before:
            _refuse_reshape(site, value)
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
        _refuse_reshape(site, value)
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
        _refuse_reshape(site, value)
    site.write(text)
    return replace(value, rows=rows, number=None, whole=False, python=False)


def _transpose(site: CallSite) -> Value:
    value = site.tensor()
    if site.star or "axes" in site.given:
        _refuse_reshape(site, value)
    made, text = transposed(site.body, site.node, value, site.text("x"))
    site.write(text)
    return made


def transposed(body: Body, node: ast.expr, value: ArrayValue, text: str) -> tuple[ArrayValue, str]:
    """Return `x.T` and how it is written: where only the worlds move, nothing is."""
    if body.batched and value.worlds:
        if len(value.rows) > 1:
            refuse(node, f"`{shown(node)}` turns three axes around.", "", "Pick what you need, e.g. x[:, 0].")
        return replace(value, before=len(value.rows) - value.before, whole=False), text
    if len(value.rows) < 2:
        return value, text
    if len(value.rows) > 2 or not value.worlds or value.rows[0] > MAX_PARTS:
        refuse(node, f"`{shown(node)}` cannot be turned around.", "", "Pick what you need, e.g. x[:, 0].")
    made = replace(value, rows=value.rows[::-1], whole=False, number=None)
    return made, f"np.stack([{', '.join(columns(text, value))}], axis=-1)"


def _swap(site: CallSite) -> Value:
    value = site.tensor()
    pair = sorted(site.whole_number(name) or 0 for name in ("first", "second"))
    rank = len(value.rows) + (site.body.batched and value.worlds)
    rows = sorted(row_axes(site, value, tuple(pair))) if rank > 2 else None
    if rank == 2 and sorted(axis % 2 for axis in pair) == [0, 1]:
        made, text = transposed(site.body, site.node, value, site.text("x"))
    elif rows == [0, 1] and len(value.rows) == 2 and value.worlds and value.rows[0] <= MAX_PARTS:
        made = replace(value, rows=value.rows[::-1], whole=False)
        text = f"np.stack([{', '.join(columns(site.text('x'), value))}], axis=-1)"
    else:
        _refuse_reshape(site, value)
    site.write(text)
    return made


def _unbind(site: CallSite) -> Value:
    value = site.tensor()
    (axis,) = row_axes(site, value, site.axes())
    site.write(f"({', '.join(columns(site.text('x'), value, axis))},)")
    return ItemsValue((column_value(value, axis),) * value.rows[axis])


def _atleast_1d(site: CallSite) -> Value:
    value = site.tensor()
    if (site.body.batched and value.worlds) or value.rows:
        site.write(site.text("x"))
        return value
    site.write(indexed(site.text("x"), ["None"], worlds=value.worlds))
    return replace(value, rows=(1,), number=None, python=False)


OPERATIONS: dict[str, Operation] = {
    "stack": _stack, "vstack": _vstack, "hstack": _hstack, "column_stack": _column_stack,
    "concatenate": _concatenate, "unsqueeze": _unsqueeze, "squeeze": _squeeze, "reshape": _reshape,
    "flatten": _flatten, "transpose": _transpose, "swap": _swap, "unbind": _unbind, "atleast_1d": _atleast_1d,
}  # fmt: skip
