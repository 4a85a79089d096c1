"""What a function gives back; a return inside a branch is kept until the last one, and chosen there."""

from __future__ import annotations

import ast

from eureka_agent.rewards.natural.body import Body, EarlyReturn, padded
from eureka_agent.rewards.natural.editing import mark
from eureka_agent.rewards.natural.indexing import require_defined
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.values import ArrayValue, ItemsValue, TableValue, Value, joined_value
from eureka_agent.rewards.tree import shown


def read_return(body: Body, node: ast.Return) -> None:
    """Read a return."""
    if node.value is None:
        raise LeftToCriticError
    value = body.value(node.value)
    _require_entries(body, node, node.value)
    if body.predicate:
        _keep(body, node, node.value, value)
        return
    if body.early:
        value = _chosen(body, node, node.value, value)
    elif body.entry and isinstance(value, ArrayValue):
        value = _with_component(body, node, node.value, value)
    body.returned.append((node, value))


def _require_entries(body: Body, node: ast.Return, value: ast.expr) -> None:
    """Refuse a dictionary with entries that only one branch sets."""
    for part in value.elts if isinstance(value, ast.Tuple) else [value]:
        held = body.names.get(part.id) if isinstance(part, ast.Name) else None
        if isinstance(part, ast.Name) and isinstance(held, TableValue):
            for key in held.items:
                require_defined(body, node, part.id, key)


def _with_component(body: Body, node: ast.Return, value_node: ast.expr, value: ArrayValue) -> ItemsValue:
    """Give a reward without components one: itself."""
    text, name = body.text(value_node), ""
    if not isinstance(value_node, ast.Name):
        name = body.program.new_name("total")
    used = name or text
    lines = [f"{name} = {text}\n{mark(node.lineno)}{' ' * node.col_offset}"] if name else []
    made = "".join([*lines, f'return {used}, {{"reward": {used}}}'])
    note = "The reward came without components: it is its own, `reward`."
    body.program.edits.replace(body.span(node), made, note)
    return ItemsValue((value, TableValue({"reward": value})))


def _parts(
    body: Body, node: ast.Return, value_node: ast.expr, value: Value
) -> tuple[ArrayValue, TableValue | None]:
    if isinstance(value, ArrayValue) and not body.entry:
        return value, None
    if isinstance(value, ItemsValue) and isinstance(value_node, ast.Tuple) and len(value.items) == 2:
        reward, table = value.items
        if isinstance(reward, ArrayValue) and isinstance(table, TableValue):
            return reward, table
    return refuse(
        node, f"`{shown(node)}` returns inside a branch.", "Every world has its own branch.",
        "Set the reward in each branch, and return once at the end.", rule="array-branching",
    )  # fmt: skip


def _keep(body: Body, node: ast.Return, value_node: ast.expr, value: Value) -> None:
    """Keep what a branch returns under a name."""
    reward, table = _parts(body, node, value_node, value)
    name = body.program.new_name("returned")
    indent = " " * node.col_offset
    if table is None:
        text, components = f"{name} = {body.text(value_node)}", ""
    else:
        assert isinstance(value_node, ast.Tuple)
        components = body.program.new_name("parts")
        first, second = (body.text(element) for element in value_node.elts)
        text = f"{name} = {first}\n{mark(node.lineno)}{indent}{components} = {second}"
    body.early.append(EarlyReturn(body.predicate, name, components, value))
    body.program.edits.replace(body.span(node), text, f"`{shown(node, 40)}` is chosen at the last return.")
    del reward


def _chosen(body: Body, node: ast.Return, value_node: ast.expr, value: Value) -> Value:
    reward, table = _parts(body, node, value_node, value)
    if table is None:
        made, text = _choice(body, node, body.text(value_node), reward)
        body.program.edits.replace(body.span(value_node), text)
        return made
    assert isinstance(value_node, ast.Tuple)
    first, second = value_node.elts
    made, text = _choice(body, node, body.text(first), reward)
    entries, texts = {}, []
    for key, held in table.items.items():
        if not isinstance(held, ArrayValue):
            raise LeftToCriticError
        own = f'{body.atom(second)}["{key}"]'
        if isinstance(second, ast.Dict):
            keys = [k.value if isinstance(k, ast.Constant) else None for k in second.keys]
            own = body.text(second.values[keys.index(key)]) if key in keys else own
        entries[key], entry = _choice(body, node, own, held, key)
        texts.append(f'"{key}": {entry}')
    body.program.edits.replace(body.span(value_node), f"{text}, {{{', '.join(texts)}}}")
    return ItemsValue((made, TableValue(entries)))


def _choice(
    body: Body, node: ast.Return, text: str, value: ArrayValue, key: str = ""
) -> tuple[ArrayValue, str]:
    """Return the last value where no branch returned before, and how the choice is written."""
    for kept in reversed(body.early):
        held = kept.value
        if key:
            table = held.items[1] if isinstance(held, ItemsValue) else None
            held = table.items.get(key) if isinstance(table, TableValue) else None
        elif isinstance(held, ItemsValue):
            held = held.items[0]
        made = joined_value(held, value) if isinstance(held, ArrayValue) else None
        if not isinstance(made, ArrayValue):
            what = f"`{shown(node)}` returns other components or shapes than a branch above."
            refuse(
                node, what, "They would differ from world to world.", "Return the same components everywhere."
            )
        source = f'{kept.components}["{key}"]' if key else kept.reward
        text = f"np.where({padded(kept.condition, ArrayValue(), len(made.rows))}, {source}, {text})"
        value = ArrayValue(made.rows, made.dtype, True, python=made.python, buffer=body.fresh_buffer())
    return value, text
