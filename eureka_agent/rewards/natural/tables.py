"""Dictionaries that are joined: `c.update(d)`, `c |= d` and `c | d`, each written as a new dictionary."""

from __future__ import annotations

import ast

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.editing import atom
from eureka_agent.rewards.natural.in_place import refuse_owned
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.values import TableValue, Value
from eureka_agent.rewards.tree import shown


def joined_table(
    body: Body, node: ast.expr, left: tuple[ast.expr, Value], right: tuple[ast.expr, Value]
) -> TableValue | None:
    """Read `a | b` of two dictionaries; None where they are none."""
    (first, a), (second, b) = left, right
    if not isinstance(a, TableValue) or not isinstance(b, TableValue):
        return None
    body.write(node, f"{{{_entries(body, first)}, {_entries(body, second)}}}")
    return TableValue({**a.items, **b.items}, body.fresh_buffer())


def update_table(
    body: Body, node: ast.stmt, target: ast.Name, old: TableValue, given: list[ast.expr]
) -> None:
    """Read what adds entries to a dictionary that only one name holds."""
    name = target.id
    refuse_owned(body, node, name, old)
    others = [n for n, value in body.names.items() if n != name and _holds(value, old.buffer)]
    if others or not old.buffer:
        what = f"`{shown(node)}` changes a dictionary that `{(others or ['another'])[0]}` names too."
        refuse(node, what, "Both would change.", f"Write {name} = {{**{name}, …}}.")
    if body.predicate:
        raise LeftToCriticError
    items, texts = dict(old.items), [f"**{name}"]
    for each in given:
        value = body.value(each)
        if not isinstance(value, TableValue):
            raise LeftToCriticError
        items |= value.items
        texts.append(_entries(body, each))
        body.defined.update(f"{name}[{key}]" for key in value.items)
    made = f"{name} = {{{', '.join(filter(None, texts))}}}"
    body.program.edits.replace(
        body.span(node), made, f"`{shown(node, 60)}` became `{name} = {{**{name}, …}}`."
    )
    body.names[name] = TableValue(items, body.fresh_buffer())


def _entries(body: Body, node: ast.expr) -> str:
    text = body.text(node).strip()
    if isinstance(node, ast.Dict) and text.startswith("{") and "#" not in text:
        return text[1:-1].strip().removesuffix(",")
    return f"**{atom(text)}"


def _holds(value: Value, buffer: int) -> bool:
    if isinstance(value, TableValue):
        return value.buffer == buffer or any(_holds(item, buffer) for item in value.items.values())
    return any(_holds(item, buffer) for item in getattr(value, "items", ()) if buffer)
