"""What writing into memory may do, and how a value is chosen where a branch would have set it."""

from __future__ import annotations

import ast

from eureka_agent.rewards.natural.body import Body, padded
from eureka_agent.rewards.natural.editing import atom, expression_of
from eureka_agent.rewards.natural.refusal import refuse
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    ItemsValue,
    TableValue,
    buffers_of,
    shown_shape,
    wider,
)
from eureka_agent.rewards.tree import shown

KIND_NAMES = {"b": "truth values", "i": "integers", "f": "floats"}

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip


def refuse_shared(body: Body, node: ast.AST, name: str, old: ArrayValue) -> None:
    """Refuse to write into memory that something else may see: another name, a view, a signal."""
    if old.buffer == 0 or body.program.library == "jax":
        return
    if old.buffer in body.program.foreign:
        what = f"`{shown(node)}` writes into `{body.program.foreign[old.buffer]}`, which is given."
        fix = f"Write to a name of your own: {name}_new = {name} * 1.0 first."
        refuse(node, what, "It would change what others read.", fix, rule="in-place")
    holders = [
        other for other, value in body.names.items() for buffer in buffers_of(value) if buffer == old.buffer
    ]
    if len(holders) > 1 or not old.whole:
        others = (
            ", ".join(f"`{other}`" for other in dict.fromkeys(holders) if other != name) or "another array"
        )
        what = f"`{shown(node)}` writes into memory that {others} sees too."
        fix = f"Make a new array under a name of its own first: {name}_new = {name} * 1.0."
        refuse(node, what, "Both would change.", fix, rule="in-place")


def refuse_owned(body: Body, node: ast.AST, name: str, held: ItemsValue | TableValue) -> None:
    """Refuse to change a list or dictionary that the function did not make, or that has another name."""
    if held.owner:
        what = f"`{shown(node)}` changes `{held.owner}`, which outlives the call."
        fix = "Keep state across steps in MEMORY, or make a list or dictionary of your own."
        rule = "mutable-default" if "default" in held.owner else "constant-state"
        refuse(node, what, "A second call would pay something else.", fix, rule=rule)
    others = [other for other, value in body.names.items() if value is held and other != name]
    if isinstance(held, ItemsValue) and others:
        what = f"`{shown(node)}` changes a list that `{others[0]}` names too."
        refuse(node, what, "Both would change.", f"Make a list of its own: {name} = list({others[0]}).")


def require_fit(body: Body, node: ast.AST, old: ArrayValue, rows: tuple[int, ...], dtype: str) -> None:
    """Refuse what would change the shape or the type of the array that it is written into."""
    if rows != old.rows:
        what = f"`{shown(node)}` would change the shape of each world's row from {old.rows} to {rows}."
        fix = "Bring both sides to one shape; x[:, 0] drops an axis, x[:, None] adds one."
        refuse(node, what, "NumPy and torch raise.", fix, rule="natural-shape")
    if "bif".index(dtype) > "bif".index(old.dtype):
        what = f"`{shown(node)}` writes {KIND_NAMES[dtype]} into {KIND_NAMES[old.dtype]}."
        fix = "Start from floats, e.g. np.zeros_like(x) of a float signal, or np.where(mask, 1.0, 0.0)."
        refuse(node, what, "They would be truncated, or it raises.", fix, rule="natural-type")


def operated(left: str, op: ast.operator, right: str) -> str:
    """Return `left op right` with the brackets that it needs: `r *= a + b` is `r * (a + b)`."""
    sign = SIGNS[type(op)]
    return f"{left} {sign} {atom(right) if _needs_brackets(right, sign) else right}"


def _needs_brackets(text: str, sign: str) -> bool:
    tree = expression_of(text)
    if tree is None or "\n" in text:
        return True
    if sign in ("+", "-") and isinstance(tree, ast.BinOp):
        return not isinstance(tree.op, (ast.Mult, ast.Div, ast.Pow))
    return isinstance(tree, (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp, ast.Lambda))


def where_predicate(body: Body, text: str, otherwise: str, rank: int) -> str:
    """Return what holds where the branch is taken, and what was there before elsewhere."""
    return f"np.where({padded(body.predicate, ArrayValue(), rank)}, {text}, {otherwise})"


def choose(body: Body, node: ast.expr, value: ArrayValue, name: str, old: ArrayValue) -> ArrayValue:
    """Write a value as `np.where(condition, value, old)`."""
    if value.rows != old.rows:
        shapes = f"{shown_shape(value, batched=False)} and {shown_shape(old, batched=False)}"
        what = f"`{name}` has the shapes {shapes} in two branches."
        refuse(node, what, "It would differ from world to world.", "Use one shape.", rule="natural-shape")
    body.write(node, where_predicate(body, body.text(node), name, len(value.rows)))
    return ArrayValue(
        value.rows, wider(value.dtype, old.dtype), python=value.python and old.python,
        buffer=body.fresh_buffer(),
    )  # fmt: skip
