"""Which calls a reward may make: exactly the table of call forms, with `axis` written out."""

from __future__ import annotations

import ast

from eureka_agent.errors import nearest
from eureka_agent.rewards.forms import (
    DICT_METHODS,
    MATH_CONSTANTS,
    MATH_FORMS_BY_NAME,
    NP_CONSTANTS,
    NP_FORMS,
    Form,
)
from eureka_agent.rewards.rewrites import np_call, number, stacked
from eureka_agent.rewards.rules_equivalents import equivalent
from eureka_agent.rewards.rules_methods import of_vectors
from eureka_agent.rewards.rules_names import stored_names
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_syntax import is_library
from eureka_agent.rewards.tree import dotted, functions_of, parameters_of, shown

_OUTSIDE = "Only the table of call forms means the same in NumPy, JAX and torch."
_DOT = "Write np.sum(a * b, axis=-1) for two vectors of each world; write larger products out like it."
_LIKE = "Write np.zeros_like(x), np.ones_like(x) or np.full_like(x, value)."
_TYPES = "Leave it out: signals are float32; for a condition write np.where(condition, 1.0, 0.0)."
_STACK = (
    "Write np.stack([a, b], axis=-1) for numbers, np.concatenate([a, b], axis=-1) for vectors of each world."
)

NP_FIXES = {
    **dict.fromkeys(("dot", "inner", "vdot", "matmul", "einsum", "tensordot"), _DOT),
    **dict.fromkeys(("zeros", "ones", "full", "empty", "empty_like"), _LIKE),
    **dict.fromkeys(("float32", "float64", "int32", "int64", "bool_", "float16"), _TYPES),
    **dict.fromkeys(("hstack", "vstack", "column_stack", "dstack", "append", "concat"), _STACK),
    **dict.fromkeys(
        ("median", "percentile", "quantile"), "There is none here; np.mean(x, axis=-1) is another value."
    ),
    "heaviside": "Write np.where(x > 0, 1.0, np.where(x < 0, 0.0, at_zero)).",
    "average": "Write np.mean(x, axis=-1); with weights np.sum(w * x, axis=-1) / np.sum(w, axis=-1).",
    "ptp": "Write np.max(x, axis=-1) - np.min(x, axis=-1).",
    "sigmoid": "Write 1.0 / (1.0 + np.exp(-x)).",
    "float_power": "Write x ** y.",
    "cbrt": "Write np.sign(x) * np.abs(x) ** (1.0 / 3.0).",
    "cumsum": "Keep sums over time in MEMORY.",
    "roll": "Use prev_ signals or MEMORY for earlier steps.",
    "reshape": "Index the axes you need, e.g. x[:, 0] or x[:, None].",
    "transpose": "Index the axes you need, e.g. x[:, 0].",
    "interp": "Write np.clip and arithmetic.",
    "bitwise_and": "Write a & b.",
    "bitwise_or": "Write a | b.",
    "fabs": "Write np.abs(x).",
    "asfarray": _TYPES,
    "nansum": "Write np.sum(np.where(np.isnan(x), 0.0, x), axis=-1).",
    "nanmean": "Leave it out: signals hold no NaN.",
}
"""What to do without a function, in words; of many calls `equivalent` knows more."""

NP_FOR_MATH = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "fabs": "abs",
    "pow": "power",
}


def check_calls(tree: ast.Module, report: Report) -> None:
    """Report every use of `np`, `math` and functions that is not in the table."""
    functions = functions_of(tree)
    constants = stored_names(tree.body)
    names = (n for n in ast.walk(tree) if isinstance(n, (ast.Name, ast.arg)))
    variables = {n.arg if isinstance(n, ast.arg) else n.id for n in names if not _is_load(n)}
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    annotations = _annotation_nodes(tree)
    for node in ast.walk(tree):
        if id(node) in annotations:
            continue
        if isinstance(node, ast.Attribute) and is_library(node) and id(node) not in inner:
            _check_library_name(node, called.get(id(node)), report)
        elif isinstance(node, ast.Call):
            _check_call(node, functions, variables, constants, report)


def _is_load(node: ast.Name | ast.arg) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _annotation_nodes(tree: ast.Module) -> set[int]:
    found = [n.annotation for n in ast.walk(tree) if isinstance(n, (ast.arg, ast.AnnAssign))]
    found += [n.returns for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    return {id(child) for annotation in found if annotation is not None for child in ast.walk(annotation)}


def _check_library_name(node: ast.Attribute, called: ast.Call | None, report: Report) -> None:
    path = dotted(node) or ""
    library, name = path.split(".", 1)
    forms = NP_FORMS if library == "np" else MATH_FORMS_BY_NAME
    constants = NP_CONSTANTS if library == "np" else MATH_CONSTANTS
    if not isinstance(node.ctx, ast.Load):
        report.add("call-form", node, f"`{path}` is written to.", _OUTSIDE, "Assign to a name of your own.")
    elif name in constants:
        if called:
            fix = f"Write {path} without brackets."
            report.add("call-form", node, f"`{path}` is a number.", _OUTSIDE, fix)
    elif name not in forms:
        what = f"`{path}` is not allowed."
        found = equivalent(called, name) if called and library == "np" else None
        if called is not None and found is not None:
            report.rewrite("call-form", called, what, _OUTSIDE, found[0], also=found[1])
        else:
            report.add("call-form", node, what, _OUTSIDE, _fix_for(library, name))
    elif called is None:
        what = f"`{path}` is used as a value."
        report.add("call-form", node, what, _OUTSIDE, f"Call it: {library}.{forms[name][0].signature}.")


def _fix_for(library: str, name: str) -> str:
    if library == "math":
        other = f" For arrays np.{name} is allowed." if name in NP_FORMS else ""
        return f"Use a math function of the table.{_hint('math', name, MATH_FORMS_BY_NAME)}{other}"
    if name.startswith("random"):
        return "Leave randomness out: equal signals must give equal rewards."
    last = name.split(".")[-1]
    if last in NP_FIXES:
        return NP_FIXES[last]
    return f"Use a function of the table of call forms.{_hint('np', name, NP_FORMS)}"


def _hint(library: str, name: str, options: dict[str, tuple[Form, ...]]) -> str:
    best = nearest(name, options)
    return f" Did you mean {library}.{options[best][0].signature}?" if best else ""


def _check_call(
    call: ast.Call,
    functions: dict[str, ast.FunctionDef],
    variables: set[str],
    constants: set[str],
    report: Report,
) -> None:
    if any(keyword.arg is None for keyword in call.keywords):
        report.add("call-form", call, "`**` in a call is not allowed.", _OUTSIDE, "Write the arguments out.")
        return
    if isinstance(call.func, ast.Name):
        _check_plain_call(call, call.func.id, functions, variables, report)
    elif is_library(call.func):
        path = dotted(call.func) or ""
        library, name = path.split(".", 1) if "." in path else (path, "")
        forms = (NP_FORMS if library == "np" else MATH_FORMS_BY_NAME).get(name)
        if forms:
            _check_forms(call, path, forms, constants, report)
    elif not (isinstance(call.func, ast.Attribute)):
        report.add(
            "call-form", call, f"`{shown(call.func)}` cannot be called.", _OUTSIDE, "Call functions by name."
        )
    elif call.func.attr in DICT_METHODS and (call.args or call.keywords):
        what = f"`.{call.func.attr}()` takes no arguments."
        report.add("call-form", call, what, _OUTSIDE, "Leave the arguments out.")


def _check_plain_call(
    call: ast.Call, name: str, functions: dict[str, ast.FunctionDef], variables: set[str], report: Report
) -> None:
    if name in functions:
        _check_helper_call(call, functions[name], report)
    elif name == "range":
        if call.keywords or not 1 <= len(call.args) <= 3:
            report.add("range", call, "`range` takes one to three numbers.", _OUTSIDE, "Write range(3).")
    elif name in variables:
        fix = "Call module-level functions and np functions by their names."
        report.add("unknown-function", call, f"`{name}` is a variable, not a function.", _OUTSIDE, fix)
    elif call.keywords and name != "dict":
        what = f"`{name}` takes no keywords here."
        report.add("call-form", call, what, _OUTSIDE, "Pass the arguments by position.")


def _check_helper_call(call: ast.Call, function: ast.FunctionDef, report: Report) -> None:
    names = parameters_of(function)
    given = [*names[: len(call.args)], *(k.arg for k in call.keywords if k.arg)]
    optional = len(function.args.defaults)
    required = names[: len(names) - optional] if optional else names
    wrong = [n for n in given if n not in names or given.count(n) > 1]
    missing = [n for n in required if n not in given]
    if len(call.args) > len(names) or wrong or missing:
        what = f"`{shown(call)}` does not fit `{function.name}({', '.join(names)})`."
        report.add("wrong-arguments", call, what, "The call would fail.", f"Pass {', '.join(names)}.")


def _check_forms(
    call: ast.Call, path: str, forms: tuple[Form, ...], constants: set[str], report: Report
) -> None:
    reasons: list[str] = []
    for form in forms:
        bound = form.bind(call)
        if isinstance(bound, dict):
            _check_axis(call, path, form, bound, report)
            if "ord" in bound and shown(bound["ord"]) not in ("None", "1", "2", "np.inf"):
                what = f"The norm of `{shown(call)}` is not a common one."
                report.add("wrong-arguments", call, what, _OUTSIDE, "Leave ord out, or use 1, 2 or np.inf.")
            if form.name in ("array", "asarray"):
                _check_literal(call, next(iter(bound.values())), constants, report)
            return
        reasons.append(bound)
    library = path.split(".")[0]
    fix = (
        "The form is " + " or ".join(f"{library}.{form.signature.replace(', /', '')}" for form in forms) + "."
    )
    keywords = {k.arg for k in call.keywords}
    if "out" in keywords:
        why = "Rewards never write in place."
        report.add("in-place", call, f"`{path}` is given `out=`.", why, "Assign the result to a name.")
    elif "dtype" in keywords:
        _report_dtype(call, path, fix, report)
    elif reasons[-1] == "'axis' is missing":
        _missing_axis(call, path, forms[0], report)
    else:
        reason = next((r for r in reasons if "no keyword" not in r), reasons[-1])
        report.add("wrong-arguments", call, f"`{shown(call)}`: {reason}.", _OUTSIDE, fix)


def _report_dtype(call: ast.Call, path: str, fix: str, report: Report) -> None:
    what = f"`{path}` is given `dtype=`."
    rest = [k for k in call.keywords if k.arg != "dtype"]
    given = next(k.value for k in call.keywords if k.arg == "dtype")
    if (dotted(given) or "").split(".")[-1].startswith("float"):
        report.rewrite("wrong-arguments", call, what, _OUTSIDE, ast.Call(call.func, call.args, rest))
    else:
        report.add("wrong-arguments", call, what, _OUTSIDE, f"Leave dtype out. {fix}")


def _missing_axis(call: ast.Call, path: str, form: Form, report: Report) -> None:
    what = f"`{shown(call)}` has no axis."
    why = "Without axis it runs over all worlds at once and mixes them."
    if not call.args or (isinstance(call.args[0], (ast.List, ast.Tuple)) and form.kind == "reduction"):
        if not call.args:
            report.add("missing-axis", call, what, why, f"Write {path}(x, axis=-1).")
        return  # as a list given to a reduction it is reported already
    if form.name in ("squeeze", "expand_dims", "take_along_axis"):
        report.add("missing-axis", call, what, why, "Write the axis out, e.g. axis=-1.")
        return
    # One world's first axis is axis 1 of all; one world's vector has no other.
    joins = form.name in ("stack", "concatenate")
    also = "" if joins or form.name == "diff" else of_vectors(form.name)
    axis = ast.keyword("axis", number(1 if joins else -1))
    instead = ast.Call(call.func, call.args, [*call.keywords, axis])
    report.rewrite("missing-axis", call, what, why, instead, also=also)


def _check_axis(call: ast.Call, path: str, form: Form, bound: dict[str, ast.expr], report: Report) -> None:
    if "axis" not in bound:
        return
    axes = _literal_axes(bound["axis"])
    several = form.kind == "reduction" and not form.name.startswith(("arg", "linalg"))
    if axes is None or (isinstance(bound["axis"], ast.Tuple) and not several):
        allowed = "an integer or a tuple of integers" if several else "an integer"
        what = f"The axis of `{shown(call)}` is not {allowed} written out."
        report.add("missing-axis", call, what, "Only then can it be checked.", "Write axis=-1 or axis=1.")
    elif 0 in axes and not _is_reduced_list(call, form):
        what, why = world_axis_message(call)
        if form.name in ("stack", "concatenate"):
            report.rewrite("world-axis", call, what, why, one_axis_on(call, bound["axis"]) or call)
        else:
            fix = "Write axis=1; a list of arrays is first joined with np.stack([a, b], axis=-1)."
            report.add("world-axis", call, what, why, fix)


def world_axis_message(call: ast.Call) -> tuple[str, str]:
    """Return `what` and `why` of a call along axis 0, the same for whoever reports it."""
    why = "Axis 0 is the axis of worlds; rows must stay independent. One world's own first axis is axis 1."
    return f"`{shown(call)}` runs along axis 0.", why


def _is_reduced_list(call: ast.Call, form: Form) -> bool:
    """A list has an axis of its own; what is wrong with it is told where arrays are followed."""
    return form.kind == "reduction" and bool(call.args) and isinstance(call.args[0], (ast.List, ast.Tuple))


def one_axis_on(call: ast.Call, old: ast.expr) -> ast.Call | None:
    """Return a call that was written for one world as it is for all; None where axes count from both ends."""
    axes = _literal_axes(old)
    if axes is None or min(axes) < 0:
        return None
    moved = [number(axis + 1) for axis in axes]
    new = ast.Tuple(moved, ast.Load()) if isinstance(old, ast.Tuple) else moved[0]
    keywords = [ast.keyword(k.arg, new if k.value is old else k.value) for k in call.keywords]
    return ast.Call(call.func, [new if argument is old else argument for argument in call.args], keywords)


def _literal_axes(node: ast.expr) -> tuple[int, ...] | None:
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    axes: list[int] = []
    for item in items:
        sign = -1 if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub) else 1
        number = item.operand if isinstance(item, ast.UnaryOp) and sign == -1 else item
        if not isinstance(number, ast.Constant) or type(number.value) is not int:
            return None
        axes.append(sign * number.value)
    return tuple(axes) or None


def _check_literal(call: ast.Call, value: ast.expr, constants: set[str], report: Report) -> None:
    """Only constants become arrays; signals are arrays already."""
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and node.id in (*constants, "np", "math"):
            continue
        if isinstance(node, (ast.Name, ast.Call, ast.Subscript, ast.ListComp)):
            what = f"`{shown(call)}` makes an array of something other than literal numbers."
            why = "Signals are arrays already; np.array is for constants."
            _report_array(call, value, what, why, report)
            return


def _report_array(call: ast.Call, value: ast.expr, what: str, why: str, report: Report) -> None:
    items = value.elts if isinstance(value, (ast.List, ast.Tuple)) else []
    if isinstance(value, (ast.Name, ast.Subscript, ast.Call, ast.BinOp)):
        report.rewrite("call-form", call, what, why, value)
    elif items and not any(isinstance(i, (ast.List, ast.Tuple, ast.Starred, ast.Constant)) for i in items):
        report.rewrite("call-form", call, what, why, np_call("stack", *stacked(items).args, axis=number(1)))
    else:
        fix = (
            "Join arrays of one shape with np.stack([a, b], axis=-1); write a number as np.full_like(a, 1.0)."
        )
        report.add("call-form", call, what, why, fix)
