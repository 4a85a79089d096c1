"""Which names a reward may use: its own, the signals it asks for, and a few of Python's functions."""

from __future__ import annotations

import ast
import builtins
import io
import tokenize
from collections.abc import Mapping

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.characters import unix_newlines
from eureka_agent.rewards.forms import BUILTINS, NP_CONSTANTS, NP_FORMS
from eureka_agent.rewards.rewrites import np_call
from eureka_agent.rewards.rules_annotations import ANNOTATION_NAMES
from eureka_agent.rewards.rules_imports import foreign_modules
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import ENTRY, MEMORY_NAME
from eureka_agent.rewards.tree import functions_of, nodes_with_parents, parameters_of

_RESERVED = {"np", "math", ENTRY, *BUILTINS, *ANNOTATION_NAMES}


def check_names(tree: ast.Module, signals: frozenset[str], report: Report) -> None:
    """Report names that are private, reserved, not ASCII, or defined nowhere."""
    functions = functions_of(tree)
    foreign = foreign_modules(tree)
    module_names = set(functions) | stored_names(tree.body)
    for statement in tree.body:
        local = set()
        if isinstance(statement, ast.FunctionDef):
            _check_function_name(statement, report)
            local = set(parameters_of(statement)) | stored_names(statement.body)
            _check_stored(statement, local, set(functions), report)
            _check_bare_annotations(statement, module_names, report)
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            _check_stored(statement, stored_names([statement]), set(functions), report)
        local |= _inner_names(statement)
        _check_loaded(statement, local, module_names, set(functions), signals, foreign, report)


def _inner_names(statement: ast.stmt) -> set[str]:
    """Return what functions inside a function, and lambdas, call their own: they are refused as such."""
    inner = [
        n for n in ast.walk(statement) if isinstance(n, (ast.FunctionDef, ast.Lambda)) and n is not statement
    ]
    names = {n.name for n in inner if isinstance(n, ast.FunctionDef)}
    arguments = {a.arg for n in inner for a in ast.walk(n.args) if isinstance(a, ast.arg)}
    stored = {
        n.id for i in inner for n in ast.walk(i) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return names | arguments | stored


def stored_names(body: list[ast.stmt]) -> set[str]:
    """Return every name that is assigned in these statements, not looking into functions."""
    outer = [s for s in body if not isinstance(s, ast.FunctionDef)]
    return {
        n.id
        for s in outer
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }


def _check_function_name(node: ast.FunctionDef, report: Report) -> None:
    """A function may not stand in for what Python or the loader call by that name."""
    if node.name in _RESERVED - {ENTRY} or node.name == MEMORY_NAME:
        what = f"A function is called `{node.name}`."
        report.add(
            "reserved-name", node, what, "The name has a meaning already.", f"Call it `{node.name}_of`."
        )
    elif node.name.startswith("__"):
        what = f"The name {node.name[:40]!r} is not allowed."
        report.add("forbidden-name", node, what, "Python itself calls functions of such names.", "Rename it.")


def _check_bare_annotations(function: ast.FunctionDef, module_names: set[str], report: Report) -> None:
    """Report `K: float` for a constant K: it makes a local name without a value, in plain Python only."""
    for node in ast.walk(function):
        bare = node.target if isinstance(node, ast.AnnAssign) and node.value is None else None
        if isinstance(bare, ast.Name) and bare.id in module_names:
            what = f"`{bare.id}` is annotated here and gets no value."
            why = "Python would take it for another name than the module's."
            report.add("no-effect", node, what, why, "Leave the line out.")


def _check_stored(node: ast.stmt, names: set[str], functions: set[str], report: Report) -> None:
    for name in sorted(names):
        if name in _RESERVED | functions or (name == MEMORY_NAME and isinstance(node, ast.FunctionDef)):
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
    foreign: Mapping[str, str],
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
            if node.id not in foreign:  # what is called of a library is told with its import
                _report_unknown(node, local | module_names, signals, report)
            elif foreign[node.id].split(".")[0] == "numpy" and node.id in NP_FORMS:
                what = f"`{node.id}` is not called as a function of np."
                function = np_call(node.id).func
                report.rewrite(
                    "foreign-library", node, what, "Only `import numpy as np` is allowed.", function
                )
        elif node.id in set(BUILTINS) | functions and not (
            isinstance(parent, ast.Call) and parent.func is node
        ):
            what = f"The function `{node.id}` is used as a value."
            fix = f"Call it: {node.id}(...)."
            if node.id in ("float", "int", "bool"):
                fix = "Leave the type out: for a condition write np.where(condition, 1.0, 0.0)."
            report.add("forbidden-name", node, what, "Functions may only be called.", fix)


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
    "pow": "Write x ** y.",
    "any": "Write a | b for conditions of one number a world, np.any(x, axis=-1) for a vector of them.",
    "all": "Write a & b for conditions of one number a world, np.all(x, axis=-1) for a vector of them.",
    "print": "Leave it out; return what you want to see as a component.",
    "map": "Write a list comprehension.",
    "filter": "Write np.where(condition, x, 0.0).",
    "isinstance": "Leave it out: signals are always arrays.",
    "str": "Write component names as plain strings.",
}


def check_words(text: str, report: Report) -> None:
    """Report anything but ASCII outside texts and comments.

    Python takes letters that look different for the same name (NFKC); a syntax tree no longer shows them.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(unix_newlines(text)).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        what = f"The source cannot be read word by word: {str(error)[:100]}."
        report.add("syntax", None, what, "Two readers would see different code.", "Write plain Python.")
        return
    for token in tokens:
        if not token.string.isascii() and token.type not in (tokenize.STRING, tokenize.COMMENT):
            what = f"The name {token.string[:40]!r} is not allowed."
            place = ast.Pass(lineno=token.start[0])
            report.add("forbidden-name", place, what, "Names are plain ASCII words.", "Rename it.")
