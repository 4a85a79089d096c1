"""Signatures as portable code has them: signals by name, annotations that only describe, no decorators."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING

from eureka_agent.rewards.natural.refusal import LeftToCriticError
from eureka_agent.rewards.natural.values import ArrayValue
from eureka_agent.rewards.rules_annotations import check_annotation
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import is_docstring, shown

if TYPE_CHECKING:
    from eureka_agent.rewards.natural.program import Program

_DECORATORS = frozenset(
    {"script", "jit", "no_grad", "inference_mode", "compile", "partial", "njit", "staticmethod", "dataclass"}
)
"""Last names of decorators that leave what a function gives as it is."""


def rename_entry(program: Program) -> ast.FunctionDef:
    """Return the one function that can only be the reward, under the name that it must have."""
    called = {
        n.func.id for n in ast.walk(program.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    found = [function for name, function in program.functions.items() if name not in called]
    if len(found) != 1 or ENTRY in program.paths:
        raise LeftToCriticError
    (entry,) = found
    start = program.edits.span(entry)[0]
    at = program.source.index(entry.name, program.source.index("def", start) + 3)
    note = f"`{entry.name}` became `{ENTRY}`."
    program.edits.replace((at, at + len(entry.name)), ENTRY, note)
    return entry


def drop_decorators(program: Program, function: ast.FunctionDef) -> None:
    """Leave a function's decorators out."""
    for decorator in function.decorator_list:
        drop_decorator(program, decorator)


def write_signature(
    program: Program, function: ast.FunctionDef, *, entry: bool, without: Collection[str] = ()
) -> None:
    """Write a function's first line as portable code has it, without some of its parameters."""
    spec = function.args
    moved = _moved_defaults(function) if entry else {}
    if moved or spec.posonlyargs or spec.kwonlyargs or without:
        _rewrite(program, function, moved, without)
    else:
        for argument in spec.args:
            _drop_annotation(program, argument)
        for default in spec.defaults:
            _write_default(program, default)
    _drop_returns(program, function)


def _write_default(program: Program, default: ast.expr) -> None:
    """Write a default that names a constant as its number."""
    value = program.constants.get(default.id) if isinstance(default, ast.Name) else None
    if isinstance(value, ArrayValue) and isinstance(value.number, (int, float)):
        note = f"The default `{shown(default)}` became its number."
        program.edits.replace(program.edits.span(default), repr(value.number), note)


def drop_decorator(program: Program, decorator: ast.expr) -> None:
    """Leave a decorator out."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    if name not in _DECORATORS:
        raise LeftToCriticError
    first, last = decorator.lineno, decorator.end_lineno or decorator.lineno
    span = program.edits.line_span(first)[0], program.edits.line_span(last)[1]
    program.edits.replace(span, "", f"The decorator `@{shown(decorator)}` is left out.")


def _drop_annotation(program: Program, argument: ast.arg) -> None:
    report = Report()
    check_annotation(argument.annotation, report)
    if report.found and argument.annotation is not None:
        start = program.edits.offset(argument.lineno, argument.col_offset) + len(argument.arg)
        end = program.edits.span(argument.annotation)[1]
        program.edits.replace((start, end), "", f"The annotation of `{argument.arg}` is left out.")


def _drop_returns(program: Program, function: ast.FunctionDef) -> None:
    report = Report()
    check_annotation(function.returns, report)
    if report.found and function.returns is not None:
        start, end = program.edits.span(function.returns)
        arrow = program.source.rindex("->", 0, start)
        arrow = len(program.source[:arrow].rstrip())
        program.edits.replace((arrow, end), "", "The annotation of the result is left out.")


def _moved_defaults(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return default values of the reward's own parameters: they are no signals."""
    spec = function.args
    places = [*spec.posonlyargs, *spec.args]
    found = dict(zip((a.arg for a in reversed(places)), reversed(spec.defaults), strict=False))
    found |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
    return dict(reversed(found.items()))


def _rewrite(
    program: Program, function: ast.FunctionDef, moved: dict[str, ast.expr], without: Collection[str]
) -> None:
    """Write the parameters anew; those with a default that are no signal become constants of the function."""
    spec = function.args
    arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    defaults = {} if moved else _moved_defaults(function)
    kept = [a.arg for a in arguments if a.arg not in moved or a.arg in program.signals]
    kept = [name for name in kept if name not in without]
    for default in defaults.values():
        _write_default(program, default)
    texts = [
        f"{name}={program.edits.text(program.edits.span(defaults[name]))}" if name in defaults else name
        for name in kept
    ]
    nodes: list[ast.AST] = [*arguments, *[d for d in (*spec.defaults, *spec.kw_defaults) if d is not None]]
    start = min(program.edits.span(node)[0] for node in nodes)
    start = program.source.rindex("(", 0, start) + 1
    end = max(program.edits.span(node)[1] for node in nodes)
    program.edits.replace(
        (start, end), ", ".join(texts), "The parameters are written as portable code has them."
    )
    constants = [(name, shown(value)) for name, value in moved.items() if name not in program.signals]
    if constants:
        first = next((node for node in function.body if not is_docstring(node)), function.body[0])
        at = program.edits.line_span(first.lineno)[0]
        indent = " " * first.col_offset
        made = "".join(f"{indent}{name} = {text}\n" for name, text in constants)
        program.edits.replace((at, at), made, "Default values became constants of the function.")
