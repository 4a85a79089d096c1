"""What JAX code has in place of statements: branches by `lax.cond`, and constants with updated items."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.sites import CallSite, Operation, known_number
from eureka_agent.rewards.natural.stacking import as_tuples, numbers_text
from eureka_agent.rewards.natural.values import ArrayValue, OneLineValue, Value
from eureka_agent.rewards.tree import shown


def _cond(site: CallSite) -> Value:
    """`lax.cond(p, f, g, *operands)` of lambdas: both are written out, and one is chosen."""
    condition = site.array("condition")
    if condition.rows or (site.body.batched and condition.worlds):
        what = f"The condition of `{shown(site.node)}` is an array."
        refuse(site.node, what, "jax.lax.cond takes one truth value.", "Write jnp.where(condition, a, b).")
    operands = [*site.star, *([site.given["operand"]] if "operand" in site.given else [])]
    values, texts = [], []
    for name in ("x", "y"):
        value, text = _branch(site, name, operands)
        values.append(value)
        texts.append(text)
    if values[0].rows != values[1].rows or values[0].before != values[1].before:
        what = f"`{shown(site.node)}` has branches of different shapes."
        refuse(site.node, what, "JAX refuses it.", "Give both one shape.", rule="natural-shape")
    made = site.body.combined([], values)
    if made.rows and condition.worlds:
        places = ", ".join([":", *["None"] * len(made.rows)])
        chosen = f"{site.atom('condition')}[{places}]"
    else:
        chosen = site.atom("condition")
    if condition.dtype != "b":
        chosen = f"{chosen} != 0"
    site.write(f"np.where({chosen}, {texts[0]}, {texts[1]})")
    return site.fresh(replace(made, worlds=made.worlds or condition.worlds, python=False, number=None))


def _branch(site: CallSite, name: str, operands: list[ast.expr]) -> tuple[ArrayValue, str]:
    node = site.given[name]
    function = site.value(name) if isinstance(node, ast.Lambda) or _is_local(site.body, node) else None
    if not isinstance(function, OneLineValue):
        what = f"`{shown(site.node)}` branches into `{shown(node, 40)}`."
        refuse(site.node, what, "Only lambdas are written out here.", "Write jnp.where(p, f(x), g(x)).")
    call = ast.copy_location(ast.Call(node, operands, []), site.node)
    value, text = site.body.program.helpers.expanded(site.body, call, function)
    if not isinstance(value, ArrayValue):
        what = f"A branch of `{shown(site.node)}` gives no array."
        refuse(site.node, what, "Only arrays are chosen.", "Write a jnp.where for each of them.")
    return value, text


def _is_local(body: Body, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and isinstance(body.names.get(node.id), OneLineValue)


def constant_updated(
    body: Body, node: ast.Call, array: ast.expr, index: ast.expr, op: ast.operator | None
) -> Value:
    """Return what `jnp.ones(3).at[i].set(v)` gives: another constant."""
    held = body.value(array)
    place = _place(body, index)
    stored = known_number(body.value(node.args[0])) if len(node.args) == 1 and not node.keywords else None
    if (
        not isinstance(held, ArrayValue) or held.worlds or not isinstance(held.number, tuple) or place is None
        or not isinstance(stored, (int, float, tuple))
    ):  # fmt: skip
        what = f"`{shown(node)}` updates what is no constant with a name of its own."
        refuse(
            node, what, "Only numbers that the text tells are updated here.", "Give the array a name first."
        )
    made = np.array(held.number, dtype={"f": float, "i": int, "b": bool}[held.dtype])
    operator = {ast.Add: np.add, ast.Mult: np.multiply}.get(type(op))  # pyright: ignore[reportArgumentType, reportCallIssue]
    try:
        made[place] = stored if operator is None else operator(made[place], stored)
    except (IndexError, ValueError, TypeError):
        refuse(node, f"`{shown(node)}` does not fit.", "There is no such place.", "Check the index.")
    numbers = as_tuples(made.tolist())
    body.write(node, f"np.array({numbers_text(numbers, held.dtype)})")
    return replace(held, number=numbers, python=False, buffer=body.fresh_buffer(), whole=True)


def _place(body: Body, index: ast.expr) -> tuple[int | slice, ...] | None:
    """Return an index of whole numbers and slices that the text tells, or None."""
    found: list[int | slice] = []
    for part in index.elts if isinstance(index, ast.Tuple) else [index]:
        if isinstance(part, ast.Slice):
            given = {e: _whole(body, e) for e in (part.lower, part.upper, part.step) if e is not None}
            if None in given.values():
                return None
            ends = [None if e is None else given[e] for e in (part.lower, part.upper, part.step)]
            found.append(slice(*ends))
        elif (number := _whole(body, part)) is not None:
            found.append(number)
        else:
            return None
    return tuple(found)


def _whole(body: Body, node: ast.expr) -> int | None:
    number = known_number(body.value(node))
    return number if isinstance(number, int) and not isinstance(number, bool) else None


OPERATIONS: dict[str, Operation] = {"cond": _cond}
