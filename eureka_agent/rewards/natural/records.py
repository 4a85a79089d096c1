"""Classes that only hold constants: they are written as constants of the module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.branches import block_lines
from eureka_agent.rewards.natural.refusal import LeftToCriticError
from eureka_agent.rewards.natural.values import RecordValue, Value, owned
from eureka_agent.rewards.source import named_values
from eureka_agent.rewards.tree import is_docstring

if TYPE_CHECKING:
    from eureka_agent.rewards.natural.program import Program

_BASES = frozenset({"object", "NamedTuple"})


def read_record(program: Program, node: ast.ClassDef) -> RecordValue:
    """Read a class of constants, and write it as constants of the module."""
    lines = [line for line in node.body if not is_docstring(line)]
    bases = {base.id if isinstance(base, ast.Name) else "" for base in node.bases}
    if not lines or node.keywords or bases - _BASES:
        raise LeftToCriticError(node)
    body = Body(program, dict(program.constants), set(program.constants))
    items: dict[str, Value] = {}
    texts: dict[str, str] = {}
    for line in lines:
        name, value_node = _entry(line)
        value = body.value(value_node)
        program.settle_constant(body, value_node, value)
        texts[name] = program.own_name(f"{node.name}_{name}")
        items[name] = owned(value, f"{node.name}.{name}")
        _write(program, line, value_node, texts[name])
        body.names[name], body.written[name] = items[name], texts[name]
        body.defined.add(name)
        program.constants[texts[name]] = items[name]
    text = "\n".join(block_lines(body, node, lines)).lstrip()
    program.edits.replace(program.edits.span(node), text, f"The class `{node.name}` became constants.")
    return RecordValue(items, texts)


def _entry(line: ast.stmt) -> tuple[str, ast.expr]:
    named = named_values(line) if isinstance(line, (ast.Assign, ast.AnnAssign)) else []
    if len(named) != 1:
        raise LeftToCriticError(line)
    name, value = named[0]
    return name, _made_by_factory(value) or value


def _made_by_factory(value: ast.expr) -> ast.expr | None:
    """Return what `field(default_factory=lambda: …)` gives."""
    if (
        not isinstance(value, ast.Call)
        or getattr(value.func, "id", getattr(value.func, "attr", "")) != "field"
    ):
        return None
    for keyword in value.keywords:
        if keyword.arg == "default":
            return keyword.value
        if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
            return keyword.value.body
    raise LeftToCriticError(value)


def _write(program: Program, line: ast.stmt, value: ast.expr, name: str) -> None:
    (start, end), (first, last) = program.edits.span(line), program.edits.span(value)
    program.edits.replace((start, first), f"{name} = ")
    if last < end:
        program.edits.replace((last, end), "")
