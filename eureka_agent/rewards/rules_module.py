"""How a reward's file is laid out: imports, constants, MEMORY, helpers, and one `compute_reward`."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection

from eureka_agent.errors import did_you_mean, nearest
from eureka_agent.rewards.rules_annotations import check_annotation
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_syntax import is_library
from eureka_agent.rewards.source import (
    ENTRY,
    MEMORY_ARGUMENT,
    MEMORY_NAME,
    literal,
    memory_assignment,
    named_values,
)
from eureka_agent.rewards.tree import functions_of, is_docstring, parameters_of, shown

_LAYOUT = "A module holds imports, constants, MEMORY, helper functions and compute_reward."
_EXAMPLE = f"Write `def {ENTRY}(signal_a, signal_b):` with the signals you need as arguments."


def check_module(tree: ast.Module, signals: Collection[str] | None, report: Report) -> None:
    """Report what is wrong with the layout, the signature, MEMORY and the helpers."""
    functions = functions_of(tree)
    known: set[str] = set()
    seen: set[str] = set()
    for node in tree.body:
        _check_statement(node, known, seen, report)
    _check_memory(tree, report)
    _check_recursion(functions, report)
    for name, function in functions.items():
        _check_parameters(function, name == ENTRY, report)
    if ENTRY not in functions:
        _missing_entry(tree, functions, report)
    else:
        _check_entry(tree, functions[ENTRY], signals, report)


def _check_statement(node: ast.stmt, known: set[str], seen: set[str], report: Report) -> None:
    if isinstance(node, ast.FunctionDef):
        if node.name in seen:
            what = f"The function `{node.name}` is defined twice."
            report.add("module-layout", node, what, "Only the last would count.", "Keep one of them.")
        seen.add(node.name)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        _check_module_constant(node, known, report)
    elif not isinstance(node, (ast.Import, ast.ImportFrom)) and not is_docstring(node):
        what = f"`{shown(node)}` stands at module level."
        report.add("module-layout", node, what, _LAYOUT, f"Move it into {ENTRY} or leave it out.")


def _check_module_constant(node: ast.Assign | ast.AnnAssign, known: set[str], report: Report) -> None:
    if isinstance(node, ast.AnnAssign):
        check_annotation(node.annotation, report)
    named = named_values(node)
    if not named or (len(named) > 1 and MEMORY_NAME in dict(named)):
        what = f"`{shown(node)}` is not a plain constant."
        report.add("module-layout", node, what, _LAYOUT, "Write one `NAME = number` a line.")
        return
    if not all(_is_constant(value, known) for _, value in named):
        what = f"`{shown(node)}` is not a constant."
        fix = (
            "Write numbers, arithmetic of numbers and of constants above it, np.array([...]) or a dictionary."
        )
        report.add("module-layout", node, what, _LAYOUT, fix)
    known.update(name for name, _ in named)


_CONSTANT_NODES = (
    ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.List, ast.Dict, ast.Attribute, ast.Call, ast.keyword,
    ast.operator, ast.unaryop, ast.expr_context, ast.Name,
)  # fmt: skip

_NUMBER_NODES = (
    ast.Constant, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.Attribute, ast.Name, ast.operator, ast.unaryop,
    ast.expr_context,
)  # fmt: skip
"""What default values are made of: numbers, arithmetic of them, `np.pi` and the like, tuples of these."""


def _is_constant(value: ast.expr, known: set[str]) -> bool:
    for node in ast.walk(value):
        if not isinstance(node, _CONSTANT_NODES):
            return False
        if isinstance(node, ast.Name) and node.id not in (*known, "np", "math"):
            return False
        if isinstance(node, (ast.Call, ast.Attribute)):
            target = node.func if isinstance(node, ast.Call) else node
            if not is_library(target):
                return False
    return True


def _check_memory(tree: ast.Module, report: Report) -> None:
    expression = memory_assignment(tree)
    if expression is None:
        return
    value = literal(expression)
    fix = 'Write e.g. MEMORY = {"steps_still": 0.0}.'
    why = "Every world starts an episode with these values."
    if not isinstance(value, dict) or not value:
        what = "MEMORY is not a literal dictionary with at least one entry."
        report.add("memory", expression, what, why, fix)
        return
    for name, initial in value.items():
        if not isinstance(name, str) or not name.isidentifier():
            report.add("memory", expression, f"The memory name {name!r} is no plain word.", why, fix)
        elif not _is_initial(initial):
            what = f"MEMORY[{name!r}] is neither a finite number nor a list of numbers."
            report.add("memory", expression, what, why, fix)


def _is_initial(value: object, depth: int = 0) -> bool:
    if isinstance(value, list):
        rectangular = len({len(v) if isinstance(v, list) else -1 for v in value}) == 1
        return (
            rectangular and depth < 3 and len(value) <= 1024 and all(_is_initial(v, depth + 1) for v in value)
        )
    return isinstance(value, (int, float)) and math.isfinite(value)


def _check_recursion(functions: dict[str, ast.FunctionDef], report: Report) -> None:
    for name in recursive_functions(functions):
        what = f"The function `{name}` calls itself."
        fix = "Write array operations or a short `for` loop."
        report.add("recursion", functions[name], what, "A reward must end in a fixed number of steps.", fix)


def recursive_functions(functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Return the functions that can reach themselves."""
    calls = {
        name: {n.func.id for n in ast.walk(f) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        & set(functions)
        for name, f in functions.items()
    }
    return {name for name in functions if name in _reachable(name, calls)}


def _reachable(start: str, calls: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    frontier = set(calls[start])
    while frontier:
        found |= frontier
        frontier = set().union(*(calls[name] for name in frontier)) - found
    return found


def _check_parameters(function: ast.FunctionDef, entry: bool, report: Report) -> None:
    spec, name = function.args, function.name
    if spec.vararg or spec.kwarg:
        star = f"*{spec.vararg.arg}" if spec.vararg else f"**{spec.kwarg.arg}" if spec.kwarg else ""
        what = f"`{name}` takes `{star}`."
        report.add("signature", function, what, "Arguments are signals, by name.", "Name every argument.")
    if spec.posonlyargs or spec.kwonlyargs:
        what = f"`{name}` has positional-only or keyword-only arguments."
        report.add("signature", function, what, "Arguments are signals, by name.", "Leave `/` and `*` out.")
    defaults = [d for d in (*spec.defaults, *spec.kw_defaults) if d is not None]
    if entry and defaults:
        what = f"`{name}` has default values."
        fix = "Leave defaults out; write numbers as constants at the top of the file."
        report.add("signature", function, what, "Every argument is a signal.", fix)
    for default in defaults:
        if not _is_constant(default, set()):
            what = f"The default `{shown(default)}` is not a number."
            report.add("signature", default, what, "Defaults are constants.", "Write a number.")
        elif not all(isinstance(node, _NUMBER_NODES) for node in ast.walk(default)):
            what = f"The default `{shown(default)}` could be written into."
            why = "A default is made once and kept: a second call would pay something else."
            fix = "Write a number, or a constant at the top of the file."
            report.add("mutable-default", default, what, why, fix)


def _missing_entry(tree: ast.Module, functions: dict[str, ast.FunctionDef], report: Report) -> None:
    best = nearest(ENTRY, functions) or next(iter(functions), None)
    fix = f"Rename `{best}` to `{ENTRY}`." if best and len(functions) == 1 else _EXAMPLE
    what = f"There is no module-level function `{ENTRY}`."
    report.add("missing-function", functions.get(best or ""), what, "It is the reward's entry.", fix)


def _check_entry(
    tree: ast.Module, entry: ast.FunctionDef, signals: Collection[str] | None, report: Report
) -> None:
    parameters = parameters_of(entry)
    names = [name for name in parameters if name != MEMORY_ARGUMENT]
    has_memory = memory_assignment(tree) is not None
    if has_memory != (MEMORY_ARGUMENT in parameters):
        missing = f"the parameter `{MEMORY_ARGUMENT}`" if has_memory else f"`{MEMORY_NAME}` at module level"
        present = MEMORY_NAME if has_memory else MEMORY_ARGUMENT
        what = f"There is `{present}` without {missing}."
        fix = 'Write MEMORY = {"name": 0.0}, a parameter `memory`, and return memory third; or none of them.'
        report.add("memory", entry, what, "Memory needs initial values, a parameter and a third result.", fix)
    if not names:
        report.add(
            "signature", entry, f"`{ENTRY}` takes no signals.", "It could not depend on anything.", _EXAMPLE
        )
    used = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for name in parameters:
        if name not in used:
            what = f"The argument `{name}` is never used."
            fix = "Use it or leave it out."
            report.add(
                "unused-argument", entry, what, "It suggests a forgotten term.", fix, severity="warning"
            )
    if signals is not None:
        _check_signals(entry, names, signals, report)


def _check_signals(
    entry: ast.FunctionDef, names: list[str], signals: Collection[str], report: Report
) -> None:
    for name in names:
        if name not in signals:
            hint = did_you_mean(name, signals)
            what = f"There is no signal `{name}`."
            if name in ("self", "env", "state", "info", "obs", "action", "done"):
                hint = hint or " Arguments are the task's signals, nothing else."
            listed = ", ".join(sorted(signals)[:40])
            fix = f"Use one of: {listed}.{hint}"
            report.add("unknown-signal", entry, what, "Arguments are signals, by name.", fix)
