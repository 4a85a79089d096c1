"""Functions of the file's own: read for each kind of arguments, and written in as many versions as needed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from eureka_agent.rewards.natural.body import MAX_WRITTEN, Body
from eureka_agent.rewards.natural.editing import atom, mark
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.signature import write_signature
from eureka_agent.rewards.natural.values import (
    GHOSTS,
    ArrayValue,
    ItemsValue,
    OneLineValue,
    RecordValue,
    SliceValue,
    TableValue,
    TextValue,
    Value,
    buffers_of,
    joined_value,
    owned,
)
from eureka_agent.rewards.tree import parameters_of, shown

if TYPE_CHECKING:
    from eureka_agent.rewards.natural.program import Program


def _is_settled(value: Value) -> bool:
    """Whether a parameter is written out where it stands, and not passed."""
    if isinstance(value, TextValue):
        return value.text is not None
    return isinstance(value, (SliceValue, RecordValue))


def _alike(a: dict[str, Value], b: dict[str, Value]) -> bool:
    """Whether arguments are the same, with the numbers that the text tells of them."""
    return a == b and all(_numbers(a[name]) == _numbers(b[name]) for name in a)


def _numbers(value: Value) -> object:
    if isinstance(value, ArrayValue):
        return value.number
    if isinstance(value, ItemsValue):
        return [_numbers(item) for item in value.items]
    if isinstance(value, TableValue):
        return [_numbers(item) for item in value.items.values()]
    return None


def _is_owned(value: Value) -> bool:
    return isinstance(value, (ItemsValue, TableValue)) and bool(value.owner)


class HelperFunctions:
    """What the functions of one file give, and how they are written."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.versions: dict[str, dict[str, str]] = {}
        """Of each function: its texts, each with the name that it goes by."""
        self._active: list[str] = []
        self._calls: dict[str, list[tuple[dict[str, Value], Value, str]]] = {}

    def call(self, body: Body, node: ast.Call, name: str) -> Value:
        """Return what a function of the module gives for these arguments.

        Where it would be written in another way than before, it gets another version.
        """
        function = self.program.functions[name]
        if name in self._active or function.args.vararg or function.args.kwarg:
            raise LeftToCriticError
        given = self._arguments(body, node, function)
        settled = {p for p, value in given.items() if _is_settled(value)}
        known = next((call for call in self._calls.setdefault(name, []) if _alike(call[0], given)), None)
        if known is None:
            known = (given, *self._read_function(node, function, given, settled))
            self._calls[name].append(known)
        _, result, version = known
        if settled:
            self._write_call(body, node, function, version, settled)
        elif version != name:
            self.program.edits.replace(
                self.program.edits.span(node.func), version, f"`{name}` has a version for this call."
            )
        return result

    def _read_function(
        self, node: ast.Call, function: ast.FunctionDef, given: dict[str, Value], settled: set[str]
    ) -> tuple[Value, str]:
        """Return what a function gives, and the name of the version that is written as it was read."""
        held = {name: value if _is_owned(value) else owned(value, name) for name, value in given.items()}
        inner = Body(self.program, held, set(given))
        foreign = dict(self.program.foreign)
        for parameter, value in given.items():
            self.program.foreign.update(dict.fromkeys(buffers_of(value), parameter))
        self._active.append(function.name)
        self.program.edits.clear(self.program.edits.span(function))
        write_signature(self.program, function, entry=False, without=settled)
        self.program.run(inner, function.body)
        self._active.pop()
        self.program.foreign = foreign
        written = self.program.edits.marked(self.program.edits.span(function))
        versions = self.versions.setdefault(function.name, {})
        if written not in versions:
            versions[written] = self.program.new_name(function.name) if versions else function.name
        return self._result(node, inner), versions[written]

    def _write_call(
        self, body: Body, node: ast.Call, function: ast.FunctionDef, version: str, settled: set[str]
    ) -> None:
        """Write a call without the texts that settle which version is meant."""
        names = parameters_of(function)
        given = [*zip(names, node.args, strict=False), *((k.arg, k.value) for k in node.keywords)]
        texts = [f"{n}={body.text(v)}" for n, v in given if n not in settled]
        body.write(node, f"{version}({', '.join(texts)})")

    def write_versions(self) -> None:
        """Write every version of the functions that have several."""
        for name, versions in self.versions.items():
            if len(versions) == 1:
                continue
            function, made = self.program.functions[name], []
            for text, version in versions.items():
                made.append(text.replace(f"def {name}(", f"def {version}(", 1))
            space = " " * function.col_offset
            joined = f"\n\n\n{mark(function.lineno)}{space}".join(made)
            self.program.edits.replace(
                self.program.edits.span(function), joined, f"`{name}` is written in {len(made)} versions."
            )

    def _result(self, node: ast.Call, inner: Body) -> Value:
        if not inner.returned:
            raise LeftToCriticError
        result: Value | None = inner.returned[0][1]
        for _, value in inner.returned[1:]:
            result = joined_value(result, value)
        if result is None or isinstance(result, GHOSTS):
            refuse(
                node,
                f"`{shown(node)}` gives different things.",
                "",
                "Return one shape.",
                rule="natural-shape",
            )
        return result

    def _arguments(self, body: Body, node: ast.Call, function: ast.FunctionDef) -> dict[str, Value]:
        names = parameters_of(function)
        if len(node.args) > len(names) or any(k.arg not in names for k in node.keywords):
            raise LeftToCriticError
        given = {name: body.value(argument) for name, argument in zip(names, node.args, strict=False)}
        given |= {str(k.arg): body.value(k.value) for k in node.keywords}
        places = [*function.args.posonlyargs, *function.args.args]
        defaults = dict(
            zip((a.arg for a in reversed(places)), reversed(function.args.defaults), strict=False)
        )
        defaults |= {
            a.arg: d
            for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            if d is not None
        }
        for name in names:
            if name not in given:
                if name not in defaults:
                    raise LeftToCriticError
                given[name] = owned(Body(self.program).value(defaults[name]), f"the default of {name}")
        if any(isinstance(value, GHOSTS) and not _is_settled(value) for value in given.values()):
            refuse(node, f"`{shown(node)}` passes a shape, a type or a device.", "", "Leave it out.")
        return given

    def inlined(self, body: Body, node: ast.Call, function: OneLineValue) -> Value:
        """Write a function of one expression where it is called."""
        made, text = self.expanded(body, node, function)
        self.program.edits.replace(
            self.program.edits.span(node), atom(text), f"`{shown(node)}` is written out."
        )
        return made

    def expanded(self, body: Body, node: ast.Call, function: OneLineValue) -> tuple[Value, str]:
        """Return what a function of one expression gives, and how that is written."""
        if function.name in self._active or len(node.args) > len(function.parameters):
            raise LeftToCriticError
        nodes = dict(zip(function.parameters, node.args, strict=False))
        nodes |= {str(keyword.arg): keyword.value for keyword in node.keywords}
        if nodes.keys() - set(function.parameters):
            raise LeftToCriticError
        values = {name: body.value(argument) for name, argument in nodes.items()}
        texts = {name: atom(body.text(argument)) for name, argument in nodes.items()}
        for name, default in function.defaults.items():
            if name not in nodes:
                values[name] = body.value(default)
                texts[name] = atom(body.text(default))
        if len(values) != len(function.parameters):
            raise LeftToCriticError
        inner = Body(self.program, {**body.names, **values}, body.defined | set(values), written=texts)
        self._active.append(function.name)
        made = inner.value(function.body)
        text = inner.text(function.body)
        if len(text) > MAX_WRITTEN:
            raise LeftToCriticError
        self.program.edits.clear(self.program.edits.span(function.body))
        self._active.pop()
        return made, text
