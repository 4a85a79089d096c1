"""Slices of what each world has: how they are written behind the axis of worlds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.values import (
    ArrayValue,
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
