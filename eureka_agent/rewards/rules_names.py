"""Which names a reward may use: its own, the signals it asks for, and a few of Python's functions."""

from __future__ import annotations

import ast
import builtins

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.forms import BUILTINS, NP_CONSTANTS, NP_FORMS
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_syntax import nodes_with_parents
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of, parameters_of

_RESERVED = {"np", "math", ENTRY, *BUILTINS}


def check_names(tree: ast.Module, signals: frozenset[str], report: Report) -> None:
    """Report names that are private, reserved, not ASCII, or defined nowhere."""
    functions = functions_of(tree)
    module_names = set(functions) | stored_names(tree.body)
    for statement in tree.body:
        local = set()
        if isinstance(statement, ast.FunctionDef):
            local = set(parameters_of(statement)) | stored_names(statement.body)
            _check_stored(statement, local, set(functions), report)
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            _check_stored(statement, stored_names([statement]), set(functions), report)
        _check_loaded(statement, local, module_names, set(functions), signals, report)


def stored_names(body: list[ast.stmt]) -> set[str]:
    """Return every name that is assigned in these statements, not looking into functions."""
    outer = [s for s in body if not isinstance(s, ast.FunctionDef)]
    return {
        n.id
        for s in outer
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }


def _check_stored(node: ast.stmt, names: set[str], functions: set[str], report: Report) -> None:
    for name in sorted(names):
        if name in _RESERVED | functions or (name == "MEMORY" and isinstance(node, ast.FunctionDef)):
            what = f"`{name}` is used as a variable."
            report.add(
                "reserved-name", node, what, "The name has a meaning already.", f"Call it `{name}_value`."
            )
        elif name.startswith("__") or not name.isascii():
            what = f"The name {name[:40]!r} is not allowed."
            report.add("forbidden-name", node, what, "Names are plain ASCII words.", "Rename it.")


def _check_loaded(
    statement: ast.stmt,
    local: set[str],
    module_names: set[str],
    functions: set[str],
    signals: frozenset[str],
    report: Report,
) -> None:
    for node, parent in nodes_with_parents(ast.Module([statement], [])):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if node.id in ("np", "math"):
            if not isinstance(parent, ast.Attribute):
                what = f"`{node.id}` is used as a value."
                report.add(
                    "forbidden-name", node, what, "Only its functions may be called.", "Call np functions."
                )
        elif node.id not in local | module_names | set(BUILTINS):
            _report_unknown(node, local | module_names, signals, report)
        elif node.id in set(BUILTINS) | functions and not (
            isinstance(parent, ast.Call) and parent.func is node
        ):
            what = f"The function `{node.id}` is used as a value."
            report.add(
                "forbidden-name", node, what, "Functions may only be called.", f"Call it: {node.id}(...)."
            )


def _report_unknown(node: ast.Name, known: set[str], signals: frozenset[str], report: Report) -> None:
    name = node.id
    if not name.isascii() or name.startswith("__"):
        what = f"The name {name[:40]!r} is not allowed."
        report.add("forbidden-name", node, what, "Names are plain ASCII words.", "Leave it out.")
    elif name in signals:
        what = f"The signal `{name}` is not in the argument list."
        report.add(
            "unknown-name", node, what, "Signals are arguments.", f"Add `{name}` to {ENTRY}'s arguments."
        )
    elif hasattr(builtins, name):
        what, why = f"`{name}` is not allowed.", "Rewards may use few of Python's own functions."
        report.add("forbidden-name", node, what, why, f"{_BUILTIN_FIXES.get(name, 'Leave it out.')}")
    else:
        hint = did_you_mean(name, known | signals | set(BUILTINS))
        if name in NP_FORMS or name in NP_CONSTANTS:
            hint = f" Did you mean np.{name}?"
        what = f"The name `{name}` is defined nowhere."
        report.add(
            "unknown-name",
            node,
            what,
            "It would fail at the first call.",
            f"Define it or leave it out.{hint}",
        )


_BUILTIN_FIXES = {
    "pow": "Write x ** 2.",
    "any": "Write np.any(x, axis=-1), or a | b.",
    "all": "Write np.all(x, axis=-1), or a & b.",
    "print": "Leave it out; return what you want to see as a component.",
    "map": "Write a list comprehension.",
    "filter": "Write np.where(condition, x, 0.0).",
    "isinstance": "Leave it out: signals are always arrays.",
    "str": "Write component names as plain strings.",
}


def check_imports(tree: ast.Module, report: Report) -> None:
    """Report `np` or `math` used without its import: a saved reward must stand alone."""
    imported = {a.asname or a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names}
    for name, line in (("np", "import numpy as np"), ("math", "import math")):
        used = next((n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name), None)
        if used is not None and name not in imported:
            what = f"`{name}` is used and not imported."
            report.add(
                "missing-import", used, what, "The file must stand alone.", f"Write `{line}` at the top."
            )
