"""What a reward gives back: `(reward, components)`, or with MEMORY `(reward, components, memory)`."""

from __future__ import annotations

import ast

from eureka_agent.rewards.kinds import Kind
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import shown


def check_returns(
    entry: ast.FunctionDef,
    returns: list[tuple[ast.Return, Kind]],
    memory: frozenset[str] | None,
    report: Report,
) -> None:
    """Report results that are not `(reward, components)`, or with MEMORY `(reward, components, memory)`."""
    shape = "reward, {...}, memory" if memory is not None else "reward, {...}"
    fix = f'Write `return {shape}` with the named parts, e.g. {{"forward": forward, "effort": effort}}.'
    why = "Components are tracked over training, and tell the designer what happened."
    if not always_returns(entry.body):
        report.add("return", entry, f"`{ENTRY}` can end without a result.", why, fix)
    for node, kind in returns:
        if kind.tag == "any":
            continue
        parts = kind.elements if kind.tag == "sequence" else None
        if kind.tag == "sequence" and parts is None:
            continue
        if parts is None or len(parts) != (3 if memory is not None else 2):
            report.add("return", node, f"`{shown(node)}` does not return ({shape}).", why, fix)
            continue
        _check_parts(node, parts, memory, fix, report)


def _check_parts(
    node: ast.Return, parts: tuple[Kind, ...], memory: frozenset[str] | None, fix: str, report: Report
) -> None:
    reward, components = parts[0], parts[1]
    if reward.tag in ("dict", "table", "sequence"):
        what = "The first result is not the reward."
        report.add("return", node, what, "The order is fixed.", fix)
    elif reward.tag in ("scalar", "const"):
        what = "The reward is the same number for every world."
        report.add("return", node, what, "It must have shape (num_envs,).", "Make it depend on a signal.")
    if components.tag not in ("dict", "any", "table"):
        what = "The second result is not a dictionary of components."
        report.add("return", node, what, "Components are told apart by name.", fix)
    elif components.keys == frozenset():
        report.add("return", node, "There are no components.", "At least one is needed.", fix)
    if memory is not None and len(parts) == 3 and parts[2].tag != "any":
        keys = parts[2].keys
        if parts[2].tag != "dict" or (keys is not None and keys != memory):
            what = f"The third result is not a dictionary with the keys {sorted(memory)}."
            example = ", ".join(f'"{name}": …' for name in sorted(memory))
            report.add(
                "memory", node, what, "It is the next step's `memory`.", f"Return {{{example}}} third."
            )


def always_returns(body: list[ast.stmt]) -> bool:
    """Say whether every path through these statements ends in a return."""
    for node in body:
        if isinstance(node, ast.Return):
            return True
        if isinstance(node, ast.If) and always_returns(node.body) and always_returns(node.orelse):
            return True
    return False
