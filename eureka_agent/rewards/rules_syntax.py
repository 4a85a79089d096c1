"""Which Python a reward may consist of: an allow-list of syntax, names, attributes and constants."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.forms import ARRAY_ATTRIBUTES, DICT_METHODS, NP_FORMS
from eureka_agent.rewards.rules_annotations import check_annotation
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import is_docstring, shown

ALLOWED = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign,
    ast.For, ast.If, ast.Pass, ast.Break, ast.Continue, ast.Expr, ast.Import, ast.ImportFrom, ast.alias,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant,
    ast.Attribute, ast.Subscript, ast.Slice, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.ListComp,
    ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.expr_context, ast.boolop, ast.operator,
    ast.unaryop, ast.cmpop,
)  # fmt: skip

_PURE = "A reward is a pure function of arrays that must also run traced on a GPU."
_PLAIN = "Use plain assignments, np calls, module-level helper functions and np.where."

REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.While: ("`while` loops are not allowed", "Use array operations, or `for i in range(3)`."),
    ast.AsyncFor: ("`async` is not allowed", _PLAIN),
    ast.AsyncFunctionDef: ("`async` is not allowed", "Write a plain `def`."),
    ast.Await: ("`await` is not allowed", _PLAIN),
    ast.Try: ("`try` is not allowed", "Guard values instead: np.maximum(x, 1e-6), np.where(ok, x, 0.0)."),
    ast.TryStar: ("`try` is not allowed", "Guard values instead: np.maximum(x, 1e-6)."),
    ast.With: ("`with` is not allowed", _PLAIN),
    ast.ClassDef: ("classes are not allowed", "Write module-level functions."),
    ast.Lambda: ("`lambda` is not allowed", "Write a module-level helper function."),
    ast.Global: ("`global` is not allowed", "Keep state across steps in MEMORY and the `memory` parameter."),
    ast.Nonlocal: ("`nonlocal` is not allowed", "Keep state across steps in MEMORY."),
    ast.Delete: ("`del` is not allowed", "Leave it out."),
    ast.Raise: ("`raise` is not allowed", "Return finite values for every input: np.where(ok, x, 0.0)."),
    ast.Assert: ("`assert` is not allowed", "Leave it out; shapes are checked when the reward is probed."),
    ast.Yield: ("`yield` is not allowed", "Return (reward, components)."),
    ast.YieldFrom: ("`yield` is not allowed", "Return (reward, components)."),
    ast.NamedExpr: ("`:=` is not allowed", "Write a plain assignment."),
    ast.JoinedStr: ("f-strings are not allowed", "Write component names as plain strings."),
    ast.Starred: ("`*` unpacking is not allowed", "Write the items out."),
    ast.Set: ("sets are not allowed", "Use a tuple or a dictionary."),
    ast.SetComp: ("sets are not allowed", "Use a list."),
    ast.Match: ("`match` is not allowed", "Use np.where or np.select."),
}

METHOD_FIXES = {
    "astype": "For a condition write np.where(condition, 1.0, 0.0); otherwise leave it out.",
    "float": "For a condition write np.where(condition, 1.0, 0.0).",
    "T": "Index the axis you need, e.g. x[:, 0].",
    "transpose": "Index the axis you need, e.g. x[:, 0].",
    "reshape": "Index the axes you need, e.g. x[:, 0] or x[:, None].",
    "flatten": "Reduce over several axes at once, e.g. np.sum(x, axis=(1, 2)).",
    "ravel": "Reduce over several axes at once, e.g. np.sum(x, axis=(1, 2)).",
    "view": "Index the axes you need, e.g. x[:, None].",
    "copy": "Use the array itself: nothing is ever written in place.",
    "item": "Keep the array: every world needs its own number.",
    "tolist": "Keep the array: every world needs its own number.",
    "dot": "Write np.sum(a * b, axis=-1).",
    "size": "Write x.shape[-1].",
    "dtype": "Leave it out: signals are float32 (identifiers int32).",
    "append": "Write the list out: [a, b, c].",
    "update": "Write the dictionary out, or {**a, **b}.",
    "get": 'Write memory["name"]; MEMORY gives the initial value.',
    "norm": "Write np.linalg.norm(x, axis=-1).",
    "clamp": "Write np.clip(x, low, high).",
    "fill": "Write np.full_like(x, value).",
    "unsqueeze": "Write x[:, None].",
}


def check_syntax(tree: ast.Module, report: Report) -> None:
    """Report every piece of syntax outside the allow-list, wherever it stands."""
    for node, parent in nodes_with_parents(tree):
        if type(node) in REFUSED:
            what, fix = REFUSED[type(node)]
            report.add("forbidden-syntax", node, f"{what}.", _PURE, fix)
        elif not isinstance(node, ALLOWED):
            report.add("forbidden-syntax", node, f"{type(node).__name__} is not allowed.", _PURE, _PLAIN)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            _check_import(node, parent, report)
        elif isinstance(node, ast.FunctionDef):
            _check_function(node, parent, report)
        elif isinstance(node, ast.Attribute):
            _check_attribute(node, parent, report)
        elif isinstance(node, ast.Constant):
            _check_constant(node, parent, report)
        elif isinstance(node, ast.BinOp):
            _check_operator(node, report)
        elif isinstance(node, ast.Compare):
            _check_comparison(node, report)
        elif isinstance(node, ast.comprehension) and node.is_async:
            report.add("forbidden-syntax", node.iter, "`async` is not allowed.", _PURE, _PLAIN)
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            report.add(
                "no-effect",
                node,
                f"`{shown(node)}` has no effect.",
                _PURE,
                "Assign the value or leave it out.",
            )


def nodes_with_parents(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Every node with its parent, without annotations, which have a check of their own."""
    stack: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
    while stack:
        node, parent = stack.pop()
        yield node, parent
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_comment"):
                continue
            children = value if isinstance(value, list) else [value]
            stack += [(child, node) for child in children if isinstance(child, ast.AST)]


def _check_import(node: ast.Import | ast.ImportFrom, parent: ast.AST | None, report: Report) -> None:
    allowed = "Only `import numpy as np` and `import math` are allowed, at module level."
    names = [(alias.name, alias.asname) for alias in node.names]
    fine = isinstance(node, ast.Import) and all(n in (("numpy", "np"), ("math", None)) for n in names)
    if not fine or not isinstance(parent, ast.Module):
        fix = "Write `import numpy as np` at the top." if "numpy" in shown(node) else "Leave it out."
        if "typing" in shown(node):
            fix = "Leave it out; annotate with np.ndarray, dict[str, np.ndarray] and tuple, or not at all."
        report.add("forbidden-import", node, f"`{shown(node)}` is not allowed.", allowed, fix)


def _check_function(node: ast.FunctionDef, parent: ast.AST | None, report: Report) -> None:
    if not isinstance(parent, ast.Module):
        report.add(
            "forbidden-syntax",
            node,
            f"The function `{node.name}` is nested.",
            _PURE,
            "Move it to module level.",
        )
    for decorator in node.decorator_list:
        report.add("forbidden-syntax", decorator, "Decorators are not allowed.", _PURE, "Leave it out.")
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for annotation in [*(a.annotation for a in arguments), node.returns]:
        check_annotation(annotation, report)
    for child in ast.walk(node):
        if isinstance(child, ast.AnnAssign):
            check_annotation(child.annotation, report)


def dotted(node: ast.AST) -> str | None:
    """Return `np.linalg.norm` for such a chain of names, or None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def is_library(node: ast.AST) -> bool:
    """Say whether a chain of attributes starts at `np` or `math`."""
    path = dotted(node)
    return path is not None and path.split(".")[0] in ("np", "math")


def _check_attribute(node: ast.Attribute, parent: ast.AST | None, report: Report) -> None:
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    if is_library(node):
        return  # the table of call forms decides
    if node.attr in ARRAY_ATTRIBUTES and isinstance(node.ctx, ast.Load) and call is None:
        return
    if node.attr in DICT_METHODS and call is not None and not call.args and not call.keywords:
        return
    if node.attr.startswith("_"):
        what, fix = f"The attribute `{node.attr}` is private to Python.", "Leave it out."
    else:
        what = f"`.{node.attr}` is not allowed."
        fix = method_fix(node)
    report.add("forbidden-attribute", node, what, "Arrays have only .shape and .ndim here.", fix)


def method_fix(node: ast.Attribute) -> str:
    """Return what to write instead of a method of an array."""
    if node.attr in METHOD_FIXES:
        return METHOD_FIXES[node.attr]
    forms = NP_FORMS.get(node.attr)
    if forms is None:
        hint = did_you_mean(node.attr, NP_FORMS)
        return f"Use a function of the table of call forms.{hint}"
    rest = ", axis=-1" if any(p.name == "axis" for p in forms[0].parameters) else ""
    if len(forms[0].parameters) > 1 and not rest:
        return f"Write np.{forms[0].signature.replace(', /', '')}."
    array = shown(node.value, 30)
    scalar = (
        f"; where `{array}` has one number a world there is nothing to reduce: use it itself" if rest else ""
    )
    return f"Write np.{node.attr}({array}{rest}){scalar}."


def _check_constant(node: ast.Constant, parent: ast.AST | None, report: Report) -> None:
    value = node.value
    if isinstance(value, str):
        key = isinstance(parent, (ast.Subscript, ast.Dict)) and not _is_dict_value(node, parent)
        if not key and not isinstance(parent, ast.Expr):
            what = f"The text {value[:40]!r} stands where a number belongs."
            why = "Text is for docstrings and for names of components and memory."
            report.add("text", node, what, why, "Use numbers and arrays.")
    elif isinstance(value, (bytes, complex)):
        report.add(
            "text", node, "Only real numbers are allowed.", "Arrays hold float32 or int32.", "Use floats."
        )
    elif isinstance(value, int) and abs(value) > 2**31 - 1:
        what = "An integer does not fit int32."
        report.add("huge-number", node, what, "Arrays hold float32 or int32.", "Write a float such as 1e6.")
    elif isinstance(value, float) and not (math.isfinite(value) and abs(value) <= 1e30):
        what = "A number is too large for float32."
        report.add(
            "huge-number", node, what, "Rewards must stay finite in float32.", "Write a moderate number."
        )


def _is_dict_value(node: ast.Constant, parent: ast.AST) -> bool:
    return isinstance(parent, ast.Dict) and any(value is node for value in parent.values)


def _check_operator(node: ast.BinOp, report: Report) -> None:
    if isinstance(node.op, ast.MatMult):
        fix = f"Write np.sum({shown(node.left, 25)} * {shown(node.right, 25)}, axis=-1)."
        report.add("call-form", node, "`@` is not allowed.", "It is not in the table of call forms.", fix)
    elif isinstance(node.op, (ast.LShift, ast.RShift)):
        report.add("forbidden-syntax", node, "Bit shifts are not allowed.", _PURE, "Multiply or divide.")
    elif isinstance(node.op, ast.Mult) and any(isinstance(n, SEQUENCES) for n in (node.left, node.right)):
        what = f"`{shown(node)}` repeats a sequence."
        report.add(
            "repetition", node, what, "Lists are not arrays here.", "Write the items out, or np.full_like."
        )
    elif isinstance(node.op, ast.Pow):
        _check_power(node, report)


SEQUENCES = (ast.List, ast.Tuple, ast.ListComp, ast.JoinedStr)


def _check_power(node: ast.BinOp, report: Report) -> None:
    exponent = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
    large = (
        isinstance(exponent, ast.Constant)
        and isinstance(exponent.value, (int, float))
        and abs(exponent.value) > 64
    )
    tower = _has_power(node.right) or (
        isinstance(node.left, ast.BinOp) and _has_power(node.left) and _is_number(node.left)
    )
    if large or tower:
        what = f"`{shown(node)}` grows without bound."
        report.add(
            "huge-number", node, what, "Rewards must stay finite in float32.", "Use exponents of at most 64."
        )


def _has_power(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Pow) for n in ast.walk(node))


def _is_number(node: ast.AST) -> bool:
    return not any(isinstance(n, (ast.Name, ast.Call)) for n in ast.walk(node))


def _check_comparison(node: ast.Compare, report: Report) -> None:
    for operator in node.ops:
        if isinstance(operator, (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            fix = "Compare numbers: (x == 1) | (x == 2)."
            report.add("forbidden-syntax", node, f"`{shown(node)}` is not allowed.", _PURE, fix)


def check_docstrings(tree: ast.Module, report: Report) -> None:
    """Report lone constants that are no docstring (`...`, `1`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and not is_docstring(node):
            report.add("no-effect", node, f"`{shown(node)}` has no effect.", _PURE, "Leave it out.")
