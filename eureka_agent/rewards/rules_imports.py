"""What a reward imports: np and math, at the top; and what other libraries' calls are written as instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from eureka_agent.rewards.forms import NP_FORMS
from eureka_agent.rewards.rewrites import np_call, number
from eureka_agent.rewards.rules_methods import length_of
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import dotted, nodes_with_parents, shown

_ALLOWED = "Only `import numpy as np` and `import math` are allowed, at module level."
_OURS = (("numpy", "np"), ("math", None))
_OF_NUMPY = frozenset({"numpy", "jax.numpy"})
"""Modules whose functions are called as ours are."""
_FROM_TORCH = {"cat": "concatenate", "concat": "concatenate", "clamp": "clip", "pow": "power"}
_OTHER_MEANING = frozenset(
    {"max", "min", "std", "var", "median", "round", "argmax", "argmin", "cross", "diff"}
)
"""Functions of torch that give something else than NumPy's of that name, or have other defaults."""


def foreign_modules(tree: ast.Module) -> dict[str, str]:
    """Return the names under which a reward imports what it may not have, with what they stand for."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (alias.name, alias.asname) not in _OURS:
                    found[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: f"{node.module or ''}.{a.name}" for a in node.names}
    return {name: module for name, module in found.items() if name not in ("np", "math")}


def check_imports(tree: ast.Module, report: Report) -> None:
    """Report other imports and what is called of them, and `np` or `math` used without or above theirs."""
    foreign = foreign_modules(tree)
    for node, parent in nodes_with_parents(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _check_import(node, parent, report)
        elif isinstance(node, ast.Attribute) and not isinstance(parent, ast.Attribute):
            root = (dotted(node) or "").split(".")[0]
            if root in foreign:
                call = parent if isinstance(parent, ast.Call) and parent.func is node else None
                _check_foreign(node, call, foreign[root], report)
    _check_missing(tree, report)


def _check_import(node: ast.Import | ast.ImportFrom, parent: ast.AST | None, report: Report) -> None:
    names = [(alias.name, alias.asname) for alias in node.names]
    fine = isinstance(node, ast.Import) and all(name in _OURS for name in names)
    if fine and isinstance(parent, ast.Module):
        return
    what = f"`{shown(node)}` is not allowed."
    if isinstance(node, ast.Import) and len(names) == 1 and names[0][0] in _OF_NUMPY:
        report.rewrite("forbidden-import", node, what, _ALLOWED, ast.Import([ast.alias("numpy", "np")]))
        return
    fix = "Write `import numpy as np` at the top." if "numpy" in shown(node) else "Leave it out."
    if "torch" in shown(node):
        fix = "Write `import numpy as np` and np functions; the file then runs in NumPy, JAX and torch alike."
    if "typing" in shown(node):
        fix = "Leave it out; annotate with np.ndarray, dict[str, np.ndarray] and tuple, or not at all."
    if fine:
        fix = "Move it to the top of the file."
    report.add("forbidden-import", node, what, _ALLOWED, fix)


def _check_foreign(node: ast.Attribute, call: ast.Call | None, module: str, report: Report) -> None:
    path = dotted(node) or ""
    name = f"{module}.{path.split('.', 1)[1]}"
    what = f"`{path}` is no function of np."
    why = "A reward computes with np and math only: so it runs in NumPy, JAX and torch alike."
    instead = _as_np(call, name, module in _OF_NUMPY) if call is not None else None
    if instead is not None and call is not None:
        report.rewrite("foreign-library", call, what, why, instead)
        return
    last = path.split(".")[-1]
    known = NP_FORMS.get(_FROM_TORCH.get(last, last))
    fix = "Use a function of the table of call forms."
    if known:
        fix = f"The function here is np.{known[0].signature.replace(', /', '')}."
    if last in _OTHER_MEANING and module.startswith("torch"):
        fix += f" Of torch's `{last}` it has other results or defaults: look which you mean."
    report.add("foreign-library", node, what, why, fix)


def _as_np(call: ast.Call, name: str, as_ours: bool) -> ast.expr | None:
    """Return a call of numpy, jax.numpy or torch with np, or None where that is not the same."""
    if any(k.arg is None for k in call.keywords):
        return None
    short = name.removeprefix("jax.").removeprefix("numpy.").removeprefix("torch.")
    given = {k.arg or "": k.value for k in call.keywords}
    if as_ours:
        return np_call(short, *call.args, **given) if short in NP_FORMS else None
    if not name.startswith("torch.") or short in _OTHER_MEANING:
        return None
    if short in ("norm", "linalg.norm", "linalg.vector_norm"):
        found = length_of(call.args[0], call.args[1:], given) if call.args else None
        return found[0] if found and not found[1] else None
    given = {{"dim": "axis", "keepdim": "keepdims"}.get(key, key): value for key, value in given.items()}
    short = _FROM_TORCH.get(short, short)
    if short in ("stack", "concatenate") and len(call.args) == 1 and "axis" not in given:
        given["axis"] = number(1)  # torch's default is one world's own first axis
    if literal(given.get("axis", ast.Constant(-1))) == 0:
        return None
    made = np_call(short, *call.args, **given)
    fits = any(isinstance(form.bind(made), dict) for form in NP_FORMS.get(short, ()))
    return made if fits else None


def _check_missing(tree: ast.Module, report: Report) -> None:
    """Report `np` or `math` used without its import, or before it: a saved reward must stand alone."""
    imported = {a.asname or a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names}
    for name, line in (("np", "import numpy as np"), ("math", "import math")):
        used = next((n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name), None)
        if used is not None and name not in imported:
            what = f"`{name}` is used and not imported."
            report.add(
                "missing-import", used, what, "The file must stand alone.", f"Write `{line}` at the top."
            )
    _check_order(tree, imported, report)


def _check_order(tree: ast.Module, imported: set[str], report: Report) -> None:
    """Report what importing the file evaluates before the import that it needs."""
    missing = imported & {"np", "math"}
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            missing -= {alias.asname or alias.name for alias in statement.names}
            continue
        for node in _evaluated_at_import(statement):
            if isinstance(node, ast.Name) and node.id in missing:
                what = f"`{node.id}` is used above its import."
                report.add(
                    "missing-import", node, what, "The file could not be imported.", "Put imports at the top."
                )


def _evaluated_at_import(statement: ast.stmt) -> Iterator[ast.AST]:
    if not isinstance(statement, ast.FunctionDef):
        return ast.walk(statement)
    signature = ast.FunctionDef("", statement.args, [], statement.decorator_list, statement.returns)
    return ast.walk(signature)
