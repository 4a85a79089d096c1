"""What writes into arrays, or branches over them, and the assignment that means the same."""

from __future__ import annotations

import ast
import copy

from eureka_agent.rewards.kinds import Kind, Names
from eureka_agent.rewards.rewrites import assign, told, where
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import shown

_WHY = (
    "NumPy writes into the array itself, which a signal or another name may hold too; JAX makes a new one: "
    "they would differ."
)


_GROWS = "A number becomes an array here, and the next time that would be written into."


def report_augmented(
    node: ast.AugAssign, old: Kind, aliased: bool, key: Kind, value: Kind, report: Report
) -> None:
    """Report `x += y` on what was `old` before; `key` is the kind of the index of `x[key] += y`."""
    what = f"`{shown(node)}` writes in place."
    why = _GROWS if old.tag == "scalar" else _WHY
    instead = _augmented(node, key, value)
    if instead is None:
        report.add("in-place", node, what, why, _whole(node.target))
    elif aliased:
        fix = f"Write {told(instead)}; other names of the same array then keep their values."
        report.add("in-place", node, what, why, fix)
    else:
        report.rewrite("in-place", node, what, why, instead)


def _augmented(node: ast.AugAssign, key: Kind, value: Kind) -> ast.stmt | None:
    target = node.target
    read = copy.copy(target)
    if not isinstance(read, (ast.Name, ast.Subscript)):
        return None
    read.ctx = ast.Load()
    if isinstance(target, ast.Name) or key.tag == "scalar":
        return ast.Assign([target], ast.BinOp(read, node.op, node.value))
    masked = _masked(target, key, value)
    if masked is None or not isinstance(target.value, ast.Name):
        return None
    held = target.value
    return assign(held.id, where(masked, ast.BinOp(held, node.op, node.value), held))


def item_written(target: ast.Subscript, key: Kind) -> str:
    """Return in words what to do instead of `x[key] = value` on an array."""
    if key.tag != "mask" or not isinstance(target.value, ast.Name):
        return _whole(target)
    name = target.value.id
    told_key = shown(target.slice, 400)
    return f"Write {name} = np.where({told_key}, new, {name}), where `new` has a value for every world."


def _whole(target: ast.expr) -> str:
    name = shown(target.value, 30) if isinstance(target, ast.Subscript) else shown(target, 30)
    return f"Make {name} whole in one assignment, e.g. of its columns with np.stack([a, b], axis=-1)."


def _masked(target: ast.expr, key: Kind, value: Kind) -> ast.expr | None:
    """Return the condition of `x[condition] = number`, or None: other values would have to be picked."""
    name = isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)
    if name and key.tag == "mask" and value.tag == "scalar":
        return target.slice  # pyright: ignore[reportAttributeAccessIssue]
    return None


def branch_as_where(node: ast.If, names: Names) -> ast.stmt | str:
    """Return the assignment that an `if` over arrays stands for, or words where it is not a single one."""
    one, other = _single(node.body), _single(node.orelse)
    if one is not None and (other is not None or (not node.orelse and one[0] in names)):
        name, value = one
        kept = ast.Name(name, ast.Load())
        if other is None or other[0] == name:
            return assign(name, where(node.test, value, kept if other is None else other[1]))
    if any(
        isinstance(n, ast.Return) for statement in (*node.body, *node.orelse) for n in ast.walk(statement)
    ):
        fix = "Compute both results, choose with np.where(condition, one, other), and return once at the end"
        return f"{fix}, with the condition {shown(node.test, 200)}."
    words = "Write name = np.where(condition, one, other) for every name that it assigns"
    return f"{words}, with the condition {shown(node.test, 200)}."


def _single(body: list[ast.stmt]) -> tuple[str, ast.expr] | None:
    """Return name and value of the only statement, which assigns."""
    if len(body) != 1:
        return None
    node = body[0]
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id, ast.BinOp(_loaded(node.target), node.op, node.value)
    return None


def masked_assignment(target: ast.Subscript, key: Kind, value: Kind, expression: ast.expr) -> ast.stmt | None:
    """Return what `x[condition] = number` is written as, or None where it is another form."""
    masked = _masked(target, key, value)
    if masked is None or not isinstance(target.value, ast.Name):
        return None
    return assign(target.value.id, where(masked, expression, _loaded(target.value)))


def _loaded(name: ast.Name) -> ast.Name:
    return ast.Name(name.id, ast.Load())


def has_alias(name: str, function: list[ast.stmt]) -> bool:
    """Say whether another name may hold the same array: `other = name`, or a view `other = name[:, 0]`."""
    for statement in function:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Assign):
                continue
            if _holds_a_name(node, name):
                return True
            held = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if isinstance(held, ast.Name) and any(isinstance(t, ast.Name) for t in node.targets):
                targets = {t.id for t in node.targets if isinstance(t, ast.Name)}
                if held.id == name or name in targets:
                    return True
    return False


def _holds_a_name(node: ast.Assign, name: str) -> bool:
    """Say whether a dictionary of that name is given an array that has another name: `d["a"] = x`."""
    target = node.targets[0]
    values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
    holder = target if isinstance(node.value, ast.Dict) else getattr(target, "value", None)
    same = isinstance(holder, ast.Name) and holder.id == name
    return same and any(isinstance(value, (ast.Name, ast.Subscript)) for value in values)
