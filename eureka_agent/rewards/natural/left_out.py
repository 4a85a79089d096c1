"""Statements that have no effect on what a reward pays, and errors that it may not raise."""

from __future__ import annotations

import ast

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.tree import shown


def read_delete(body: Body, node: ast.Delete) -> None:
    """Leave `del x` out: a name that is read no more needs none."""
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if len(names) < len(node.targets) or body.predicate:
        raise LeftToCriticError
    for name in names:
        if body.names.pop(name, None) is None:
            raise LeftToCriticError
        body.deleted.add(name)
    body.program.drop(node, f"`{shown(node)}` is left out: nothing is kept after the call.")


def refuse_raise(body: Body, node: ast.Raise) -> None:
    """Refuse an error that would depend on a step; one that the text settles is left out with its `if`."""
    what = f"`{shown(node, 40)}` depends on values that are not known before a step."
    fix = "Leave the check out, or clip: np.clip(x, low, high)."
    refuse(node, what, "A reward pays every world at every step.", fix, rule="forbidden-syntax")


def drop_assert(body: Body, node: ast.Assert) -> None:
    """Leave an assertion out."""
    body.program.drop(node, f"`{shown(node, 40)}` is left out: shapes are checked when a reward is probed.")


def is_told(body: Body, call: ast.Call) -> bool:
    """Say whether a call only prints something that can be computed, whatever it is."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    known = name in body.names or name in body.program.functions or name in body.program.constants
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    inner = [n for each in given for n in ast.walk(each)]
    if name != "print" or known or any(isinstance(n, (ast.NamedExpr, ast.Call)) for n in inner):
        return False
    if any(isinstance(n, ast.FormattedValue) and n.format_spec is not None for n in inner):
        return False
    texts = [part for each in given if isinstance(each, ast.JoinedStr) for part in each.values]
    for each in [*given, *(part.value for part in texts if isinstance(part, ast.FormattedValue))]:
        if not isinstance(each, ast.JoinedStr):
            body.value(each)
    return True
