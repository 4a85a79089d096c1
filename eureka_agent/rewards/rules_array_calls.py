"""What calls do to arrays: np, math, Python's own functions, helpers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from eureka_agent.rewards.forms import BUILTINS, DICT_METHODS, NP_FORMS
from eureka_agent.rewards.kinds import (
    ANY,
    ARRAY,
    CONST,
    MASK,
    SCALAR,
    Kind,
    Names,
    dictionary,
    joined,
    sequence,
)
from eureka_agent.rewards.rewrites import np_call, number
from eureka_agent.rewards.rules_calls import NP_FOR_MATH, one_axis_on, world_axis_message
from eureka_agent.rewards.rules_lists import report_list
from eureka_agent.rewards.rules_logic import report_added
from eureka_agent.rewards.rules_methods import of_vectors, report_method
from eureka_agent.rewards.rules_numbers import number_function
from eureka_agent.rewards.rules_syntax import dotted, is_library
from eureka_agent.rewards.source import literal
from eureka_agent.rewards.tree import parameters_of, shown

if TYPE_CHECKING:
    from eureka_agent.rewards.rules_flow import Flow


class Calls:
    """The kinds of calls inside one function."""

    def __init__(self, flow: Flow, kind: Callable[[ast.expr], Kind]) -> None:
        self.flow = flow
        self.kind = kind

    def result(self, node: ast.Call) -> Kind:
        """Return what a call gives, reporting arguments that do not belong there."""
        kinds = [self.kind(argument) for argument in node.args]
        named = {k.arg: self.kind(k.value) for k in node.keywords if k.arg}
        func = node.func
        if isinstance(func, ast.Name):
            if func.id in self.flow.functions:
                return self.flow.call(func.id, self._bound(func.id, kinds, named))
            if func.id == "pow" and len(node.args) == 2 and not node.keywords:
                power = ast.BinOp(node.args[0], ast.Pow(), node.args[1])
                what, why = "`pow` is not allowed.", "Rewards may use few of Python's own functions."
                self.flow.report.rewrite("forbidden-name", node, what, why, power)
            return self._builtin(node, func.id, kinds, named) if func.id in BUILTINS else ANY
        if is_library(func):
            library, _, name = (dotted(func) or "").partition(".")
            return self._np(node, name, kinds, named) if library == "np" else self._math(node, name, kinds)
        if isinstance(func, ast.Attribute) and func.attr in DICT_METHODS:
            return self._dict_method(node, func)
        if isinstance(func, ast.Attribute) and (dotted(func) or "").split(".")[0] in self.flow.foreign:
            return ARRAY if any(kind.worlds for kind in kinds) else ANY
        if isinstance(func, ast.Attribute):
            return report_method(node, self.kind(func.value), self.flow.report)
        return ANY

    def _bound(self, name: str, kinds: list[Kind], named: Names) -> tuple[Kind, ...]:
        parameters = parameters_of(self.flow.functions[name])
        given = {**dict(zip(parameters, kinds, strict=False)), **named}
        return tuple(given.get(parameter, SCALAR) for parameter in parameters)

    def _dict_method(self, node: ast.Call, func: ast.Attribute) -> Kind:
        holder = self.kind(func.value)
        item = holder.item or ANY
        if holder.worlds or holder.tag == "sequence":
            what = f"`{shown(node)}` is called on something that is no dictionary."
            why = "Arrays have only .shape and .ndim here."
            self.flow.error(
                "forbidden-attribute", node, what, why, "Use a function of the table of call forms."
            )
        if func.attr == "items":
            return Kind("sequence", sequence([SCALAR, item]))
        return Kind("sequence", item if func.attr == "values" else SCALAR)

    def _math(self, node: ast.Call, name: str, kinds: list[Kind]) -> Kind:
        if not any(kind.holds_worlds or kind.tag in ("const", "sequence") for kind in kinds):
            return SCALAR
        what, why = f"`{shown(node)}` passes an array to math.", "math works on single numbers."
        np_name = NP_FOR_MATH.get(name, name)
        if name == "log" and len(node.args) == 2:
            logs = [np_call("log", argument) for argument in node.args]
            instead: ast.expr = ast.BinOp(logs[0], ast.Div(), logs[1])
        else:
            instead = np_call(np_name, *node.args)
        if np_name in NP_FORMS:
            self.flow.report.rewrite("python-function-on-array", node, what, why, instead)
        return ARRAY

    def _np(self, node: ast.Call, name: str, kinds: list[Kind], named: Names) -> Kind:
        forms = NP_FORMS.get(name)
        if not forms:
            return ANY
        kind, operands = forms[0].kind, [*kinds, *(k for n, k in named.items() if n != "axis")]
        if name in ("stack", "concatenate", "select"):
            return self._joining(node, name, operands)
        if name in ("array", "asarray"):
            return CONST
        lists = [
            k for k in (operands[:1] if kind == "reduction" else operands) if k.tag in ("sequence", "dict")
        ]
        if lists and not (kind == "shape" and name in ("squeeze", "expand_dims")):
            self.flow.report.drop("world-axis", node, world_axis_message(node)[0])
            report_list(node, name, kind == "reduction", kinds, self.flow.report)
            return ARRAY
        self._along_worlds(node, kinds)
        if name == "add" and len(kinds) == len(node.args) == 2 and all(k.tag == "mask" for k in kinds):
            report_added(node, ast.BinOp(node.args[0], ast.Add(), node.args[1]), self.flow.report)
        return self._np_result(node, name, kind, operands)

    def _along_worlds(self, node: ast.Call, kinds: list[Kind]) -> None:
        """Of an array of worlds it is known that axis 0 was meant as one world's own first axis."""
        axis = next(
            (k.value for k in node.keywords if k.arg == "axis"), node.args[1] if node.args[1:] else None
        )
        moved = one_axis_on(node, axis) if axis is not None and kinds[:1] and kinds[0].worlds else None
        what, why = world_axis_message(node)
        if moved is not None and self.flow.report.has("world-axis", node, what):
            self.flow.report.rewrite("world-axis", node, what, why, moved)

    def _np_result(self, node: ast.Call, name: str, kind: str, operands: list[Kind]) -> Kind:
        whole = joined(operands[:1] if kind == "reduction" else operands) or ANY
        if kind == "reduction" and whole.tag == "scalar":
            what = f"`{shown(node)}` reduces a single number."
            self.flow.error(
                "wrong-arguments", node, what, "There is no axis to reduce.", "Use the number itself."
            )
        if whole.tag in ("scalar", "const", "any") and kind != "reduction":
            return whole
        return MASK if kind == "test" or name in ("any", "all") else ARRAY

    def _joining(self, node: ast.Call, name: str, operands: list[Kind]) -> Kind:
        first = operands[0] if operands else ANY
        if first.worlds:
            what = f"`{shown(node)}` needs a list of arrays."
            fix = "Give it lists: np.select([condition], [x], default=y)."
            if name != "select":
                fix = f"Give it a list of arrays: np.{name}([a, b], axis=-1)."
            self.flow.error(
                "wrong-arguments", node, what, "A single array would be taken apart by worlds.", fix
            )
        return ARRAY if any(kind.holds_worlds for kind in operands) else CONST

    def _builtin(self, node: ast.Call, name: str, kinds: list[Kind], named: Names) -> Kind:
        if name in ("float", "int", "bool", "round", "min", "max"):
            return self._number_function(node, name, kinds)
        if name == "abs":
            return ARRAY if kinds and kinds[0].worlds else joined(kinds) or ANY
        if name == "len":
            fix = "Row count is no business of a reward; the length of each world's vector is x.shape[-1]."
            return self._refuse_rows(node, "len", kinds, fix)
        if name == "sum":
            if kinds and kinds[0].worlds:
                self._python_function(
                    node, name, (np_call("sum", node.args[0], axis=number(-1)), of_vectors("sum"))
                )
                return ARRAY
            return joined([k.item or ANY for k in kinds[:1]] + kinds[1:]) or ANY
        if name == "range":
            self._check_range(node)
            return Kind("sequence", SCALAR)
        if name == "dict":
            self._refuse_rows(node, name, kinds, "Write the dictionary out: {'name': x[:, 0]}.")
            return dictionary(list(named.values()), frozenset(named) if not kinds else None)
        self._refuse_rows(node, name, kinds, "Handle the array whole, or take columns: x[:, i].")
        if name == "zip":
            return Kind("sequence", sequence([k.item or ANY for k in kinds]))
        item = kinds[0].item or ANY if kinds else ANY
        if name == "enumerate":
            return Kind("sequence", sequence([SCALAR, item]))
        return kinds[0] if kinds and kinds[0].tag == "sequence" else Kind("sequence", item)

    def _refuse_rows(self, node: ast.Call, name: str, kinds: list[Kind], fix: str) -> Kind:
        if any(kind.worlds for kind in kinds):
            what = f"`{shown(node)}` runs over the worlds of an array."
            self.flow.error("iterating-worlds", node, what, "Rows must stay independent of each other.", fix)
        return SCALAR

    def _number_function(self, node: ast.Call, name: str, kinds: list[Kind]) -> Kind:
        if not any(kind.holds_worlds or kind.tag == "const" for kind in kinds):
            return SCALAR
        self._python_function(node, name, number_function(node, name, kinds))
        return MASK if name == "bool" else ARRAY

    def _python_function(self, node: ast.Call, name: str, instead: tuple[ast.expr, str] | None) -> None:
        what = f"Python's `{name}` is given an array in `{shown(node)}`."
        why = "It needs one number, or runs over worlds."
        if instead is None:
            fix = "Use a function of the table of call forms."
            self.flow.error("python-function-on-array", node, what, why, fix)
        else:
            self.flow.report.rewrite("python-function-on-array", node, what, why, instead[0], also=instead[1])

    def _check_range(self, node: ast.Call) -> None:
        for argument in node.args:
            if not _is_small(argument):
                what = f"`{shown(node)}` is not visibly short."
                why = "Loops must be short and of fixed length (at most 256), never over worlds."
                self.flow.error("range", node, what, why, "Write range(3) or range(x.shape[1]).")
                return


def _is_small(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int) and node.value <= 256
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "shape"
    ):
        index = literal(node.slice)
        return isinstance(index, int) and index != 0
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.FloorDiv)):
        return _is_small(node.left) and _is_small(node.right)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
