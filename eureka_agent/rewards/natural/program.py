"""A natural reward as a whole, read once as code over all worlds and once as code of one."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from eureka_agent.rewards.natural.body import Body, Reader
from eureka_agent.rewards.natural.conditions import tests_of
from eureka_agent.rewards.natural.editing import Edits, expression_of, mark
from eureka_agent.rewards.natural.expressions import READERS
from eureka_agent.rewards.natural.helpers import HelperFunctions
from eureka_agent.rewards.natural.imports import below, imported_paths, main_library, write_imports
from eureka_agent.rewards.natural.indexing import Index
from eureka_agent.rewards.natural.item_writes import ItemWrite
from eureka_agent.rewards.natural.records import read_record
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.signature import (
    drop_decorator,
    drop_decorators,
    rename_entry,
    write_signature,
)
from eureka_agent.rewards.natural.stacking import numbers_text
from eureka_agent.rewards.natural.statements import run, store
from eureka_agent.rewards.natural.values import (
    ArrayValue,
    Dtype,
    ItemsValue,
    PathValue,
    RecordValue,
    TableValue,
    TypeValue,
    Value,
    buffers_of,
    number_value,
    owned,
)
from eureka_agent.rewards.source import (
    ENTRY,
    MEMORY_ARGUMENT,
    MEMORY_NAME,
    literal,
    memory_assignment,
    named_values,
)
from eureka_agent.rewards.tree import functions_of, is_docstring, parameters_of, shown

MAX_STEPS = 60_000

_NOT_IN_CONSTANTS = (ast.Compare, ast.Subscript, ast.ListComp, ast.IfExp, ast.BoolOp)

_NUMBERS = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf"), "tau": 6.283185307179586}
_TYPES: dict[str, Dtype] = {
    **dict.fromkeys(("float16", "float32", "float64", "float_", "float", "double", "half"), "f"),
    **dict.fromkeys(("int8", "int16", "int32", "int64", "int", "long", "uint8"), "i"),
    **dict.fromkeys(("bool", "bool_"), "b"),
}  # fmt: skip


@dataclass
class Program:
    """Everything known about one file while it is read in one way."""

    source: str
    tree: ast.Module
    signals: Mapping[str, tuple[int, ...]]
    dtypes: Mapping[str, Dtype]
    batched: bool
    edits: Edits = field(init=False)
    paths: dict[str, PathValue] = field(init=False)
    library: str = field(init=False)
    functions: dict[str, ast.FunctionDef] = field(init=False)
    constants: dict[str, Value] = field(default_factory=dict)
    foreign: dict[int, str] = field(default_factory=dict)
    """Memory that is not the function's own, with a name for it."""
    buffers: int = 0
    whole_reductions: list[ast.Call] = field(default_factory=list)
    """Calls that reduce all of a world's numbers for want of a dim."""
    last_axes: list[ast.Call] = field(default_factory=list)
    """Calls that name dim=-1 of what has one axis if read as code of one world."""
    nested: dict[str, ast.FunctionDef] = field(default_factory=dict)
    """Functions that stand inside another one."""
    helpers: HelperFunctions = field(init=False)
    tests: set[int] = field(init=False)
    """Ids of each `and` and `or` of which only the truth is asked."""
    readers: Mapping[type[ast.AST], Reader] = field(default_factory=lambda: READERS)
    _steps: int = 0
    _names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.edits = Edits(self.source)
        self.paths = imported_paths(self.tree)
        self.library = main_library(self.tree, self.paths)
        self.functions = functions_of(self.tree)
        self.helpers = HelperFunctions(self)
        self.tests = tests_of(self.tree)
        self._names = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)}
        self._names |= {n.arg for n in ast.walk(self.tree) if isinstance(n, ast.arg)}
        self._only = {id(block[0]) for block in _blocks(self.tree) if len(block) == 1}

    def read(self) -> None:
        """Read the whole file; afterwards `edits` are those of its portable form.

        Raises:
            RefusedFormError: a form that is not carried over.
            LeftToCriticError: something that the static rules refuse anyway.
        """
        entry = self.functions.get(ENTRY) or rename_entry(self)
        for node in self.tree.body:
            self._module_statement(node)
        body = Body(self, entry=True)
        for name in parameters_of(entry):
            self._parameter(body, entry, name)
        run(body, list(entry.body))
        self._refuse_forgotten_dims()
        self._check_results(entry, body)
        for function in self.functions.values():
            drop_decorators(self, function)
            if function.name not in self.helpers.versions:
                write_signature(self, function, entry=function is entry)
        self.helpers.write_versions()
        for function in self.nested.values():
            self._move_out(function)
        write_imports(self.tree, self.edits, self.paths)

    def _refuse_forgotten_dims(self) -> None:
        """Refuse torch code of one world that names dim=-1 here and nothing there: nearly always a batch."""
        if not self.last_axes or not self.whole_reductions:
            return
        node, other = self.whole_reductions[0], self.last_axes[0]
        whole = {(call.lineno, shown(with_dim(call), 90)) for call in self.whole_reductions}
        what = f"`{shown(node)}` has no dim, while `{shown(other)}` (line {other.lineno}) names dim=-1."
        why = "Over a batch it adds up all worlds; dim=-1 says that there is a batch."
        fixes = "; ".join(f"line {line}: {text}" for line, text in sorted(whole)[:4])
        refuse(node, what, why, f"Write {fixes}.", rule="natural-mixed")

    def _move_out(self, function: ast.FunctionDef) -> None:
        """Write a nested function above the one that it stands in."""
        lines = self.edits.marked(self.edits.span(function)).split("\n")
        cut = function.col_offset
        moved = [re.sub(rf"^((?:\0\d+\0)*) {{0,{cut}}}", r"\1", line) for line in lines]
        outer = next(n for n in self.tree.body if n.lineno <= function.lineno <= (n.end_lineno or n.lineno))
        decorated = getattr(outer, "decorator_list", None) or [outer]
        start = self.edits.line_span(min(node.lineno for node in (outer, *decorated)))[0]
        self.drop(function, f"The nested function `{function.name}` was moved to module level.")
        text = self.edits.made.get((start, start), "")
        made = mark(function.lineno) + "\n".join(moved)
        self.edits.replace((start, start), f"{text}{made}\n\n\n{mark(outer.lineno)}")

    # --- what bodies ask ---

    def tick(self) -> None:
        """Count one step; too many are left to the critic."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise LeftToCriticError

    def run(self, body: Body, statements: list[ast.stmt]) -> None:
        """Read statements."""
        run(body, statements)

    def store(self, body: Body, target: ast.expr, value: Value) -> None:
        """Note what a target holds."""
        store(body, target, value)

    def new_name(self, word: str) -> str:
        """Return a name that the file does not use."""
        number = 1
        while f"{word}_{number}" in self._names:
            number += 1
        self._names.add(f"{word}_{number}")
        return f"{word}_{number}"

    def path(self, body: Body, node: ast.expr) -> PathValue | None:
        """Return what a chain of names stands for if it starts at an imported module."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in body.names or node.id not in self.paths:
            return None
        found = self.paths[node.id]
        for attribute in reversed(attributes):
            found = below(found, attribute)
        return found

    def named(self, body: Body, node: ast.expr, path: PathValue) -> Value:
        """Return what something of a library is: a number, a type, or a function to be called."""
        name = path.path
        if name in _NUMBERS:
            if path.library != "math" or not isinstance(node, ast.Attribute):
                body.write(node, f"np.{name}" if name != "tau" else f"{2 * _NUMBERS['pi']}")
            return number_value(_NUMBERS[name])
        if name in _TYPES and path.library != "math":
            return TypeValue(_TYPES[name])
        return path

    def picked(self, body: Body, node: ast.expr, index: ast.Subscript, holder: ArrayValue) -> Value:
        """Return what an index gives that is written as something else, and write it as an index."""
        return Index(body, index, holder, at=node).read()

    def updated(
        self, body: Body, node: ast.Call, array: ast.Name, index: ast.expr, op: ast.operator | None
    ) -> Value:
        """Return what JAX's `x.at[i].set(v)` gives, and write it as a choice."""
        if len(node.args) != 1 or node.keywords:
            raise LeftToCriticError
        target = ast.copy_location(ast.Subscript(array, index, ast.Store()), node)
        stored: ast.stmt = (
            ast.Assign([target], node.args[0]) if op is None else ast.AugAssign(target, op, node.args[0])
        )
        holder = body.array(array)
        made, text = ItemWrite(
            body, ast.copy_location(stored, node), target, array.id, holder, node.args[0]
        ).made()
        body.write(node, f"({text})")
        return replace(made, buffer=0)

    def drop(self, node: ast.stmt, note: str) -> None:
        """Leave a statement out."""
        start, end = self.edits.span(node)
        first, last = self.edits.line_of(start), self.edits.line_of(max(start, end - 1))
        whole = self.edits.line_span(first)[0], self.edits.line_span(last)[1]
        before = self.source[whole[0] : start].strip()
        after = self.source[end : whole[1]].strip()
        if before or (after and not after.startswith("#")) or id(node) in self._only:
            self.edits.replace((start, end), "pass", note)
        else:
            self.edits.replace(whole, "", note)

    # --- the module ---

    def _module_statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)) or is_docstring(node):
            return
        if isinstance(node, ast.If) and "__name__" in shown(node.test):
            self.drop(node, "What runs only as a script is left out.")
            return
        if isinstance(node, ast.ClassDef) and node.name not in self._names:
            self.drop(node, f"The class `{node.name}` is not used and left out.")
            return
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                drop_decorator(self, decorator)
            self.constants[node.name] = read_record(self, node)
            return
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            raise LeftToCriticError(node)
        body = Body(self, dict(self.constants), set(self.constants))
        run(body, [node])
        for name, value_node in named_values(node):
            if name in body.names and name != MEMORY_NAME:
                self.settle_constant(body, value_node, body.names[name])
        for name, value in body.names.items():
            self.constants[name] = value if isinstance(value, RecordValue) else owned(value, name)
            self.foreign.update(dict.fromkeys(buffers_of(value), name))
        if any(name == MEMORY_NAME for name, _ in named_values(node)):
            self.edits.clear(self.edits.span(node))

    def settle_constant(self, body: Body, node: ast.expr, value: Value) -> None:
        """Write a constant's numbers out where it is made in a way that constants of a module are not."""
        tree = expression_of(body.text(node))
        if tree is None or not isinstance(value, ArrayValue) or value.number is None:
            return
        if any(isinstance(part, _NOT_IN_CONSTANTS) for part in ast.walk(tree)):
            text = numbers_text(value.number, value.dtype)
            body.write(node, f"np.array({text})" if value.rows else text)

    def own_name(self, name: str) -> str:
        """Return a name, or one like it where the file has it already."""
        if name in self._names:
            return self.new_name(name)
        self._names.add(name)
        return name

    def _parameter(self, body: Body, entry: ast.FunctionDef, name: str) -> None:
        if name == MEMORY_ARGUMENT:
            body.names[name] = self._memory()
        elif name in self.signals:
            self.buffers += 1
            shape = tuple(self.signals[name])
            body.names[name] = ArrayValue(shape, self.dtypes.get(name, "f"), buffer=self.buffers)
            self.foreign[self.buffers] = name
        else:
            defaults = dict(zip(reversed(entry.args.args), reversed(entry.args.defaults), strict=False))
            found = [default for argument, default in defaults.items() if argument.arg == name]
            if not found:
                raise LeftToCriticError(entry)
            body.names[name] = owned(body.value(found[0]), f"the default of {name}")
        body.defined.add(name)
        held = body.names[name]
        if isinstance(held, ArrayValue) and not held.rows and not self.batched and self.library == "numpy":
            body.names[name] = replace(held, buffer=0)

    def _memory(self) -> TableValue:
        expression = memory_assignment(self.tree)
        initial = literal(expression) if expression is not None else None
        if not isinstance(initial, dict):
            raise LeftToCriticError
        made: dict[str, Value] = {}
        for name, value in initial.items():
            rows: list[int] = []
            while isinstance(value, list):
                rows.append(len(value))
                value = value[0] if value else 0.0
            made[str(name)] = ArrayValue(tuple(rows))
        return TableValue(made)

    def _check_results(self, entry: ast.FunctionDef, body: Body) -> None:
        for node, value in body.returned:
            items = value.items if isinstance(value, ItemsValue) and value.known else ()
            if len(items) < 2 or not isinstance(items[0], ArrayValue) or not isinstance(items[1], TableValue):
                raise LeftToCriticError
            self._check_number(node, "the reward", items[0])
            for name, component in items[1].items.items():
                if not isinstance(component, ArrayValue):
                    raise LeftToCriticError
                self._check_number(node, f"the component '{name}'", component)
        if not body.returned:
            raise LeftToCriticError
        del entry

    def _check_number(self, node: ast.Return, what: str, value: ArrayValue) -> None:
        if value.rows or value.before or value.picked:
            told = f"`{shown(node)}`: {what} has {len(value.rows)} axes beside the worlds."
            fix = "Reduce the last axis, e.g. np.sum(x, axis=-1), or pick a column, x[:, 0]."
            refuse(node, told, "One number for each world is needed.", fix, rule="natural-shape")


def with_dim(call: ast.Call) -> ast.Call:
    """Return a call with dim=-1."""
    return ast.Call(call.func, call.args, [*call.keywords, ast.keyword("dim", ast.Constant(-1))])


def _blocks(tree: ast.Module) -> list[list[ast.stmt]]:
    made = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                made.append(block)
    return made
