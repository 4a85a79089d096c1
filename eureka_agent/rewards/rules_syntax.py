"""Which Python a reward may consist of: an allow-list of syntax, names, attributes and constants."""

from __future__ import annotations

import ast
import math
from functools import reduce

from eureka_agent.errors import did_you_mean
from eureka_agent.rewards.forms import ARRAY_ATTRIBUTES, DICT_METHODS, NP_FORMS
from eureka_agent.rewards.rewrites import np_call, number
from eureka_agent.rewards.rules_annotations import check_annotation
from eureka_agent.rewards.rules_imports import foreign_modules
from eureka_agent.rewards.rules_methods import method_message
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.tree import dotted, is_docstring, nodes_with_parents, shown

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
    ast.Lambda: (
        "`lambda` is not allowed",
        "Write a module-level helper function, with everything that it uses as an argument.",
    ),
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

_METHOD_FIXES = {
    **dict.fromkeys(
        ("astype", "float", "type", "to"),
        "For a condition write np.where(condition, 1.0, 0.0); for whole numbers np.trunc(x); else leave it "
        "out: signals are float32.",
    ),
    **dict.fromkeys(("T", "transpose"), "Index the axis you need, e.g. x[:, 0]."),
    **dict.fromkeys(("reshape", "view"), "Index the axes you need, e.g. x[:, 0] or x[:, None]."),
    **dict.fromkeys(("flatten", "ravel"), "Reduce over several axes at once, e.g. np.sum(x, axis=(1, 2))."),
    **dict.fromkeys(("item", "tolist"), "Keep the array: every world needs its own number."),
    "copy": "Use the array itself: nothing is ever written in place.",
    "dot": "Write np.sum(a * b, axis=-1) for two vectors of each world.",
    "size": "Write x.shape[-1] for the length of each world's vector.",
    "dtype": "Leave it out: signals are float32 (identifiers int32).",
    "append": "Write the list out: [a, b, c].",
    "update": "Write the dictionary out, or {**a, **b}.",
    "get": 'Write memory["name"]; MEMORY gives the initial value.',
    "norm": "Write np.linalg.norm(x, axis=-1).",
    "clamp": "Write np.clip(x, low, high).",
    "fill": "Write np.full_like(x, value).",
    "unsqueeze": "Write x[:, None].",
    "median": "There is no median; np.mean(x, axis=-1) is another value.",
}


def check_syntax(tree: ast.Module, report: Report) -> None:
    """Report every piece of syntax outside the allow-list, wherever it stands."""
    foreign = foreign_modules(tree)
    for node, parent in nodes_with_parents(tree):
        if isinstance(node, ast.FormattedValue):
            continue  # the text that it stands in is refused
        if type(node) in REFUSED:
            what, fix = REFUSED[type(node)]
            report.add("forbidden-syntax", node, f"{what}.", _PURE, fix)
        elif not isinstance(node, ALLOWED):
            report.add("forbidden-syntax", node, f"{type(node).__name__} is not allowed.", _PURE, _PLAIN)
        elif isinstance(node, ast.FunctionDef):
            _check_function(node, parent, report)
        elif isinstance(node, ast.Attribute):
            if (dotted(node) or "").split(".")[0] not in foreign:  # those are told with their import
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


def _check_function(node: ast.FunctionDef, parent: ast.AST | None, report: Report) -> None:
    if not isinstance(parent, ast.Module):
        what = f"The function `{node.name}` stands inside another one."
        why = "Functions stand at module level, where the checker can follow arrays through them."
        fix = "Move it to module level, with everything that it uses as an argument."
        report.add("forbidden-syntax", node, what, why, fix)
    for decorator in node.decorator_list:
        report.add("forbidden-syntax", decorator, "Decorators are not allowed.", _PURE, "Leave it out.")
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for annotation in [*(a.annotation for a in arguments), node.returns]:
        check_annotation(annotation, report)
    for child in ast.walk(node):
        if isinstance(child, ast.AnnAssign):
            check_annotation(child.annotation, report)


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
        what = method_message(node, call)
        fix = _method_fix(node.attr)
    report.add("forbidden-attribute", node, what, "Arrays have only .shape and .ndim here.", fix)


def _method_fix(name: str) -> str:
    """Return what to write instead of a method of an array; where arrays are followed more may be known."""
    if name in _METHOD_FIXES:
        return _METHOD_FIXES[name]
    forms = NP_FORMS.get(name)
    if forms is None:
        return f"Use a function of the table of call forms.{did_you_mean(name, NP_FORMS)}"
    return f"The function is np.{forms[0].signature.replace(', /', '')}."


def _check_constant(node: ast.Constant, parent: ast.AST | None, report: Report) -> None:
    value = node.value
    if isinstance(value, str):
        _check_text(node, value, parent, report)
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


def _check_text(node: ast.Constant, value: str, parent: ast.AST | None, report: Report) -> None:
    key = isinstance(parent, (ast.Subscript, ast.Dict)) and not _is_dict_value(node, parent)
    if key or isinstance(parent, ast.Expr):
        return
    what = f"The text {value[:40]!r} stands where a number belongs."
    why = "Text is for docstrings and for names of components and memory."
    infinity = _INFINITIES.get(value.strip().lower())
    if isinstance(parent, ast.Call) and dotted(parent.func) == "float" and infinity is not None:
        why = "Infinity has a name here; text is for docstrings and names."
        report.rewrite("text", parent, what, why, infinity)
    else:
        report.add("text", node, what, why, "Use numbers and arrays.")


_INF = ast.Attribute(ast.Name("np", ast.Load()), "inf", ast.Load())
_INFINITIES = {
    **dict.fromkeys(("inf", "+inf", "infinity"), _INF),
    **dict.fromkeys(("-inf", "-infinity"), ast.UnaryOp(ast.USub(), _INF)),
}


def _is_dict_value(node: ast.Constant, parent: ast.AST) -> bool:
    return isinstance(parent, ast.Dict) and any(value is node for value in parent.values)


def _check_operator(node: ast.BinOp, report: Report) -> None:
    if isinstance(node.op, ast.MatMult):
        product = np_call("sum", ast.BinOp(node.left, ast.Mult(), node.right), axis=number(-1))
        also = " for two vectors of each world; a matrix times a vector is np.sum(m * v[:, None, :], axis=-1)"
        why = "It is not in the table of call forms."
        report.rewrite("call-form", node, "`@` is not allowed.", why, product, also=also)
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
        if not isinstance(operator, (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            continue
        what, items = f"`{shown(node)}` is not allowed.", node.comparators[0]
        listed = items.elts if isinstance(items, (ast.Tuple, ast.List, ast.Set)) else []
        if isinstance(operator, ast.In) and len(node.ops) == 1 and listed:
            equal = [ast.Compare(node.left, [ast.Eq()], [item]) for item in listed]
            any_of = reduce(lambda a, b: ast.BinOp(a, ast.BitOr(), b), equal)
            report.rewrite("forbidden-syntax", node, what, _PURE, any_of)
        else:
            report.add("forbidden-syntax", node, what, _PURE, "Compare numbers: (x == 1) | (x == 2).")


def check_docstrings(tree: ast.Module, report: Report) -> None:
    """Report lone constants that are no docstring (`...`, `1`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and not is_docstring(node):
            report.add("no-effect", node, f"`{shown(node)}` has no effect.", _PURE, "Leave it out.")
