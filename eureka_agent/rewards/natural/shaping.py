"""Joining arrays and giving them other axes."""

from __future__ import annotations

import ast
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.reductions import portable_axis, row_axes
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.reshaping import refuse_reshape
from eureka_agent.rewards.natural.sites import CallSite, Operation
from eureka_agent.rewards.natural.slices import MAX_PARTS, column_value, columns, indexed
from eureka_agent.rewards.natural.stacking import listed_array, stacked
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    Value,
    wider,
)
from eureka_agent.rewards.tree import shown


def _parts_of(site: CallSite, name: str = "arrays") -> list[ArrayValue]:
    value, listed = site.value(name), site.given[name]
    items = value.items if isinstance(value, ItemsValue) and value.known else ()
    if isinstance(listed, (ast.List, ast.Tuple)) and site.library != "torch":
        pairs = zip(listed.elts, items, strict=True)
        items = [listed_array(site.body, n, i) if isinstance(i, ItemsValue) else i for n, i in pairs]
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


def _with_rows_for_worlds(site: CallSite, parts: list[ArrayValue]) -> list[ArrayValue]:
    """Give constants that are joined with arrays of one axis a row for each world."""
    listed = site.given["arrays"]
    models = [i for i, part in enumerate(parts) if part.worlds]
    single = all(len(part.rows) == 1 and not part.before for part in parts)
    if site.body.batched or not models or not single or not isinstance(listed, (ast.List, ast.Tuple)):
        return parts
    model, made = site.body.atom(listed.elts[models[0]]), list(parts)
    for i, (node, part) in enumerate(zip(listed.elts, parts, strict=True)):
        if not part.worlds:
            site.body.write(node, f"np.zeros_like({model}[:, 0:1]) + {site.body.atom(node)}")
            made[i] = replace(part, worlds=True, number=None)
    return made


def _concatenated(site: CallSite, parts: list[ArrayValue], axes: tuple[int, ...]) -> ArrayValue:
    parts = _with_rows_for_worlds(site, parts)
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


def _transpose(site: CallSite) -> Value:
    value = site.tensor()
    if site.star or "axes" in site.given:
        refuse_reshape(site, value)
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
        refuse_reshape(site, value)
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
    "concatenate": _concatenate, "unsqueeze": _unsqueeze, "squeeze": _squeeze,
    "transpose": _transpose, "swap": _swap, "unbind": _unbind, "atleast_1d": _atleast_1d,
}  # fmt: skip
