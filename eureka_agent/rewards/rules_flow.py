"""How arrays flow through a reward: no branching on them, no writing into them, no mixing of worlds.

A forward pass follows what each name holds (see `kinds`), through helper functions too: each is followed
once for every combination of argument kinds it is called with.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from eureka_agent.rewards.kinds import (
    ANY,
    ARRAY,
    SCALAR,
    Kind,
    Names,
    constant,
    dictionary,
    join,
    joined,
)
from eureka_agent.rewards.rules_imports import foreign_modules
from eureka_agent.rewards.rules_module import recursive_functions
from eureka_agent.rewards.rules_report import Report
from eureka_agent.rewards.rules_returns import check_returns
from eureka_agent.rewards.rules_values import Values
from eureka_agent.rewards.rules_writing import branch_as_where, has_alias, masked_assignment, report_augmented
from eureka_agent.rewards.source import ENTRY, MEMORY_ARGUMENT, literal, memory_assignment, named_values
from eureka_agent.rewards.tree import functions_of, parameters_of, shown

MAX_STEPS = 100_000


class TooComplexError(Exception):
    """Following the arrays took more steps than any reasonable reward needs."""


class Flow:
    """Everything known about one module while its arrays are followed."""

    def __init__(self, tree: ast.Module, report: Report) -> None:
        self.report = report
        self.functions = functions_of(tree)
        self.recursive = recursive_functions(self.functions)
        self.foreign = foreign_modules(tree)
        self.memory_keys = _memory_keys(tree)
        self.returned: dict[tuple[str, tuple[Kind, ...]], Kind] = {}
        self.steps = 0
        self.constants: Names = {}
        for node in tree.body:
            for name, value in named_values(node) if isinstance(node, (ast.Assign, ast.AnnAssign)) else ():
                self.constants[name] = constant(FunctionBody(self, {}, self.constants).kind(value))

    def check(self) -> None:
        """Follow `compute_reward` and everything it calls.

        Raises:
            TooComplexError: the step limit was reached.
        """
        entry = self.functions[ENTRY]
        names = parameters_of(entry)
        kinds = tuple(self._parameter(name) for name in names)
        body = FunctionBody(self, dict(zip(names, kinds, strict=True)), self.constants)
        body.run(entry.body)
        check_returns(entry, body.returns, self.memory_keys, self.report)

    def _parameter(self, name: str) -> Kind:
        return dictionary([ARRAY], self.memory_keys) if name == MEMORY_ARGUMENT else ARRAY

    def call(self, name: str, kinds: tuple[Kind, ...]) -> Kind:
        """Return what a helper returns for arguments of these kinds."""
        if name in self.recursive:
            return ANY
        key = (name, kinds)
        if key not in self.returned:
            self.returned[key] = ANY
            function = self.functions[name]
            body = FunctionBody(self, dict(zip(parameters_of(function), kinds, strict=False)), self.constants)
            body.run(function.body)
            self.returned[key] = joined([kind for _, kind in body.returns]) or ANY
        return self.returned[key]

    def error(self, rule: str, node: ast.AST, what: str, why: str, fix: str) -> None:
        """Report one error."""
        self.report.add(rule, node, what, why, fix)

    def tick(self) -> None:
        """Count one step."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooComplexError


def _memory_keys(tree: ast.Module) -> frozenset[str] | None:
    expression = memory_assignment(tree)
    value = literal(expression) if expression is not None else None
    return frozenset(k for k in value if isinstance(k, str)) if isinstance(value, dict) else None


class FunctionBody(Values):
    """One function's statements, followed in order with what every name holds."""

    def __init__(self, flow: Flow, names: Names, constants: Names) -> None:
        super().__init__(flow, names, constants)
        self.returns: list[tuple[ast.Return, Kind]] = []
        self.body: list[ast.stmt] = []
        """All statements, once they are followed."""
        self._statements: dict[type[ast.AST], Callable] = {
            ast.Assign: self._assign, ast.AnnAssign: self._annotated, ast.AugAssign: self._augmented,
            ast.If: self._if, ast.For: self._for, ast.Return: self._return,
        }  # fmt: skip

    def run(self, body: list[ast.stmt]) -> None:
        """Follow statements in order."""
        self.body = self.body or body
        for node in body:
            self.flow.tick()
            self._statements.get(type(node), self._other)(node)

    def _other(self, node: ast.stmt) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.kind(child)

    def _assign(self, node: ast.Assign) -> None:
        kind = self.kind(node.value)
        if self._writes_where_a_condition_holds(node, kind):
            return
        for target in node.targets:
            self.store(target, kind)

    def _writes_where_a_condition_holds(self, node: ast.Assign, value: Kind) -> bool:
        """Report `x[condition] = number`, and say whether it was one; the rest is told by `store`."""
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript) or self._has_alias(target):
            return False
        if not self.kind(target.value).worlds:
            return False
        instead = masked_assignment(target, self.kind(target.slice), value, node.value)
        if instead is not None:
            what = f"`{shown(target)} = …` writes in place."
            why = "Arrays are never written: JAX refuses it, and signals are shared."
            self.flow.report.rewrite("in-place", node, what, why, instead)
        return instead is not None

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.store(node.target, self.kind(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        value, target = self.kind(node.value), node.target
        holder = self.kind(target.value) if isinstance(target, ast.Subscript) else ANY
        old = holder if holder.worlds else self.kind(target)
        if old.holds_worlds or value.worlds or old.tag in ("const", "sequence"):
            held = holder.worlds and isinstance(target, ast.Subscript)
            key = self.kind(target.slice) if held and isinstance(target, ast.Subscript) else SCALAR
            report_augmented(node, old, self._has_alias(target), key, value, self.flow.report)
        elif isinstance(node.target, ast.Subscript):
            self.store(node.target, join(old, value))
        if isinstance(node.target, ast.Name):
            self.names[node.target.id] = join(old, value)

    def _if(self, node: ast.If) -> None:
        self.refuse_branch(node, node.test, "`if`", branch_as_where(node, self.names))
        before = dict(self.names)
        self.run(node.body)
        after = self.names
        self.names = before
        self.run(node.orelse)
        self.names = _merged(after, self.names)

    def _has_alias(self, target: ast.expr) -> bool:
        held = target.value if isinstance(target, ast.Subscript) else target
        return isinstance(held, ast.Name) and has_alias(held.id, self.body)

    def _for(self, node: ast.For) -> None:
        item = self.iterated(node.iter)
        before = dict(self.names)
        for _ in range(2):  # the second pass sees what the first one left in the names
            self.store(node.target, item)
            self.run(node.body)
        self.names = _merged(before, self.names)
        self.run(node.orelse)

    def _return(self, node: ast.Return) -> None:
        self.returns.append((node, self.kind(node.value) if node.value else SCALAR))


def _merged(a: Names, b: Names) -> Names:
    return {
        name: join(a[name], b[name]) if name in a and name in b else a.get(name, b.get(name, ANY))
        for name in a | b
    }
