"""What a found function returns, brought to `reward, components`; what only served the rest is left out."""

from __future__ import annotations

import ast

from eureka_agent.rewards.adopting.places import NotCarriedError
from eureka_agent.rewards.natural.editing import Edits
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, parse_python, shown

OUTPUTS = ("rew_buf", "reward_buf", "rewards", "reward", "rew", "total_reward")
"""Where methods that return nothing leave the reward."""

ALONE = "reward"
"""The component of a reward that names none."""


def with_components(text: str) -> tuple[str, list[str]]:
    """Return a module whose reward function returns reward and components, and what was left out."""
    entry = functions_of(parse_python(text))[ENTRY]
    edits, left_out = Edits(text), []
    returns = _returns(entry)
    for node in returns:
        left_out += _return_both(edits, node, entry)
    if not returns:
        output = _output(entry)
        _, end = edits.span(entry.body[-1])
        indent = " " * entry.body[0].col_offset
        edits.replace((end, end), f"\n{indent}return {output}, {{{_item(ALONE, output)}}}")
    text, unused = _without_dead_code(edits.text((0, len(text))))
    return _with_summands(text), [*dict.fromkeys(left_out), *unused]


def _returns(function: ast.FunctionDef) -> list[ast.Return]:
    """Return the returns of a function that give something, without those of functions in it."""
    found: list[ast.Return] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return found


def _return_both(edits: Edits, node: ast.Return, entry: ast.FunctionDef) -> list[str]:
    """Make one return give reward and components; return what it gave beside."""
    parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    reward, others = parts[0], [part for part in parts[1:] if part is not None]
    assert reward is not None
    if len(parts) == 1 and _is_table(reward, entry):
        return _add_up(edits, node)
    tables = [part for part in others if _is_table(part, entry)]
    if tables and len(parts) == 2:
        return []
    text, indent = _in_brackets(edits.text(edits.span(reward))), " " * node.col_offset
    if tables:
        written = f"return {text}, {edits.text(edits.span(tables[0]))}"
    else:
        named = "" if isinstance(reward, ast.Name) else f"{ALONE} = {text}\n{indent}"
        name = reward.id if isinstance(reward, ast.Name) else ALONE
        written = f"{named}return {name}, {{{_item(ALONE, name)}}}"
    edits.replace(edits.span(node), written)
    without = [shown(part) for part in others if part not in tables[:1]]
    return [f"what it returns beside: {', '.join(without)}"] if without else []


def _add_up(edits: Edits, node: ast.Return) -> list[str]:
    """Make a return of terms one of their sum and them."""
    assert node.value is not None
    text, indent = _in_brackets(edits.text(edits.span(node.value))), " " * node.col_offset
    written = f"components = {text}\n{indent}return sum(components.values()), components"
    edits.replace(edits.span(node), written)
    return ["the weights of its terms: it returns them without, and they are added up as they are"]


def _in_brackets(text: str) -> str:
    """Return an expression such that it may go over several lines: its own brackets may be outside it."""
    return f"({text})" if "\n" in text else text


def _item(name: str, text: str) -> str:
    return f'"{name}": {text}'


def _with_summands(text: str) -> str:
    """Name the terms of the reward, where it names none and is a sum that is returned at once."""
    entry = functions_of(parse_python(text))[ENTRY]
    edits = Edits(text)
    match entry.body[-2:]:
        case [
            ast.Assign(targets=[ast.Name(id=name)], value=total),
            ast.Return(value=ast.Tuple(elts=[ast.Name(id=same), ast.Dict(keys=[ast.Constant()]) as table])),
        ] if name == same and len(_returns(entry)) == 1:
            items = _named_summands(edits, total)
            if len(items) > 1:
                written = ", ".join(_item(name, text) for name, text in items.items())
                edits.replace(edits.span(table), f"{{{written}}}")
    return edits.text((0, len(text)))


def _named_summands(edits: Edits, total: ast.expr) -> dict[str, str]:
    """Return the terms of a sum by the first name in each; nothing where two would have the same."""
    items: dict[str, str] = {}
    for sign, term in _summands(total):
        names = [n.id for n in ast.walk(term) if isinstance(n, ast.Name) and n.id not in _MODULES]
        if not names or names[0] in items:
            return {}
        text = " ".join(edits.text(edits.span(term)).split())
        single = isinstance(term, (ast.Name, ast.BinOp, ast.Call, ast.Subscript))
        items[names[0]] = text if sign > 0 else f"-{text}" if single else f"-({text})"
    return items


_MODULES = frozenset({"np", "numpy", "torch", "jnp", "jp", "jax", "math", "F"})


def _summands(node: ast.expr, sign: int = 1) -> list[tuple[int, ast.expr]]:
    """Return the terms of a sum with their signs, in order."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            other = sign if isinstance(operator, ast.Add) else -sign
            return [*_summands(left, sign), *_summands(right, other)]
    return [(sign, node)]


def _is_table(node: ast.expr, entry: ast.FunctionDef) -> bool:
    """Whether an expression is a dictionary: written so, or a name that was given one."""
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return isinstance(node, ast.DictComp) or bool(node.keys)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return True
    if not isinstance(node, ast.Name):
        return False
    for statement in ast.walk(entry):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        if any(isinstance(t, ast.Name) and t.id == node.id for t in targets):
            value = statement.value  # pyright: ignore[reportAttributeAccessIssue]
            if isinstance(value, ast.Dict) or (
                value is not None and not isinstance(value, ast.Name) and _is_table(value, entry)
            ):
                return True
    return False


def _output(entry: ast.FunctionDef) -> str:
    bound = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for name in OUTPUTS:
        if name in bound:
            return name
    raise NotCarriedError(f"it returns nothing, and writes none of {', '.join(OUTPUTS)}", entry)


def _without_dead_code(text: str) -> tuple[str, list[str]]:
    """Leave out assignments of which the returned values need nothing, last ones first."""
    entry = functions_of(parse_python(text))[ENTRY]
    edits, live, gone = Edits(text), set[str](), []
    for statement in reversed(entry.body):
        names = _plain_targets(statement)
        if names and not names & live:
            gone.append(", ".join(sorted(names)))
            lines = edits.line_span(statement.lineno)[0], edits.line_span(statement.end_lineno or 0)[1]
            edits.replace(lines, "")
            continue
        if isinstance(statement, ast.Assign) and names:
            live -= names
        live |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        if isinstance(statement, ast.AugAssign):
            live |= names
    names = ", ".join(dict.fromkeys(reversed(gone)))
    return edits.text((0, len(text))), [f"what the reward does not need: {names}"] if gone else []


def _plain_targets(statement: ast.stmt) -> set[str]:
    """Return the names that a statement assigns if that is all that it does."""
    match statement:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            targets = [target]
        case _:
            return set()
    names = [n for target in targets for n in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return (
        {n.id for n in names if isinstance(n, ast.Name)}
        if all(isinstance(n, ast.Name) for n in names)
        else set()
    )
