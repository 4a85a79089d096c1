"""Branches on a number that differs from world to world, as choices for all worlds at once.

Both sides run for every world; what a side assigns is kept only where its condition holds. Lane by lane that
is what the author's `if` does, for a reward has no effects.
"""

from __future__ import annotations

import ast
import re

from eureka_agent.rewards.natural.body import Body
from eureka_agent.rewards.natural.conditions import chosen, where_condition
from eureka_agent.rewards.natural.editing import Edits, mark
from eureka_agent.rewards.natural.in_place import where_predicate
from eureka_agent.rewards.natural.refusal import LeftToCriticError, refuse
from eureka_agent.rewards.natural.values import ArrayValue, TextValue, joined_value
from eureka_agent.rewards.rules_returns import always_returns
from eureka_agent.rewards.tree import shown


def read_if(body: Body, node: ast.If) -> None:
    """Read an `if` with all its branches."""
    if (holds := _settled(body, node)) is not None:
        _take_side(body, node, node.body if holds else node.orelse)
        return
    test = body.array(node.test)
    if not test.worlds:
        _constant_if(body, node)
        return
    if body.batched:
        what = f"`if {shown(node.test)}` depends on an array with a value for each world."
        fix = "Write np.where(condition, a, b)."
        refuse(node, what, "Python cannot choose one branch.", fix, rule="natural-unbatched")
    if _as_choice(body, node):
        return
    _Branches(body, node, test).read()


def _settled(body: Body, node: ast.If) -> bool | None:
    """Return whether a test holds that the text settles: of texts, or one that guards a `raise`."""
    test = node.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.NotEq)):
        sides = [body.value(side) for side in (test.left, test.comparators[0])]
        texts = [side.text for side in sides if isinstance(side, TextValue)]
        if len(texts) == 2 and None not in texts:
            return (texts[0] == texts[1]) == isinstance(test.ops[0], ast.Eq)
    if not any(isinstance(n, ast.Raise) for side in (node.body, node.orelse) for n in side):
        return None
    value = body.value(test)
    number = value.number if isinstance(value, ArrayValue) and not value.worlds else None
    return bool(number) if isinstance(number, (bool, int, float)) else None


def _take_side(body: Body, node: ast.If, side: list[ast.stmt]) -> None:
    """Write the one side of a settled branch in its place."""
    note = f"`if {shown(node.test, 40)}` is settled by the text."
    if not side:
        body.program.drop(node, note)
        return
    body.program.run(body, side)
    text = "\n".join(block_lines(body, node, side))
    body.program.edits.replace(body.span(node), re.sub(r"^(\0\d+\0)*[ \t]*", "", text), note)


def _constant_if(body: Body, node: ast.If) -> None:
    """Both sides stay as they are; afterwards a name holds what either gives it."""
    names, defined = dict(body.names), set(body.defined)
    body.program.run(body, node.body)
    first, first_defined = body.names, body.defined
    body.names, body.defined = dict(names), set(defined)
    body.program.run(body, node.orelse)
    for name, value in first.items():
        other = body.names.get(name, value)
        made = joined_value(value, other)
        if made is None:
            what = f"`{name}` has another shape in the other branch."
            refuse(node, what, "It must be the same.", "Use one shape.", rule="natural-shape")
        body.names[name] = made
    body.defined = first_defined & body.defined


def _as_choice(body: Body, node: ast.If) -> bool:
    """Write a chain of branches that all give one name its value as one nested `np.where`."""
    tests, values, target = _chain(node)
    if not target or any(target in _names_in(test) for test in tests[1:]):
        return False
    conditions = [body.condition(test, body.array(test)) for test in tests]
    held = [body.value(value) for value in values]
    if not all(isinstance(value, ArrayValue) for value in held):
        return False
    arrays = [value for value in held if isinstance(value, ArrayValue)]
    made = arrays[-1]
    for value, each in zip(reversed(arrays[:-1]), reversed(values[:-1]), strict=True):
        made = chosen(body, node, [(each, value), (values[-1], made)])
    rank = len(made.rows)
    text = body.text(values[-1])
    for condition, value in zip(reversed(conditions), reversed(values[:-1]), strict=True):
        text = f"np.where({where_condition(condition, rank)}, {body.text(value)}, {text})"
    old = body.names.get(target)
    if body.predicate and old is not None:
        if not isinstance(old, ArrayValue) or old.rows != made.rows:
            raise LeftToCriticError
        text = where_predicate(body, text, target, rank)
        made = joined_value(made, old)
    assert made is not None
    note = f"`if {shown(node.test, 40)}` became np.where."
    body.program.edits.replace(body.span(node), f"{target} = {text}", note)
    body.names[target] = made
    body.defined.add(target)
    return True


def _chain(node: ast.If) -> tuple[list[ast.expr], list[ast.expr], str]:
    """Return tests, values (one more than tests) and the name, or no name where it is no such chain."""
    tests, values, targets = [], [], set()
    branch: ast.stmt = node
    while isinstance(branch, ast.If):
        tests.append(branch.test)
        if len(branch.body) != 1 or len(branch.orelse) != 1:
            return [], [], ""
        targets.add(_assigned(branch.body[0], values))
        branch = branch.orelse[0]
    targets.add(_assigned(branch, values))
    name = targets.pop() if len(targets) == 1 else ""
    return tests, values, name


def _assigned(node: ast.stmt, values: list[ast.expr]) -> str:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        values.append(node.value)
        return node.targets[0].id
    return ""


def _names_in(node: ast.AST) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


class _Branches:
    """One `if` that becomes a condition and assignments that keep to it."""

    def __init__(self, body: Body, node: ast.If, test: ArrayValue) -> None:
        self.body, self.node, self.edits = body, node, body.program.edits
        self.condition = body.condition(node.test, test)
        self.indent = " " * node.col_offset

    def read(self) -> None:
        """Read both sides, and write them one after the other."""
        body, node, outer = self.body, self.node, self.body.predicate
        defined = set(body.defined)
        inline = (
            len(node.body) == 1 and not node.orelse and isinstance(node.body[0], (ast.Assign, ast.AugAssign))
        )
        skips = isinstance(node.body[-1], ast.Continue) and id(node) in body.turns
        name = "" if inline else body.program.new_name("case")
        holds = name or (f"({self.condition})" if not outer else f"({outer} & ({self.condition}))")
        body.predicate = holds
        body.program.run(body, node.body[:-1] if skips else node.body)
        first = body.defined
        body.defined = set(defined)
        left = skips or always_returns(node.body)
        body.predicate = outer if left and not skips else f"({outer} & ~{name})" if outer else f"~{name}"
        body.program.run(body, node.orelse)
        if skips:
            note = "`continue` became a condition of the lines below it."
            body.program.edits.replace(body.span(node.body[-1]), "pass", note)
            body.unskipped = defined if body.unskipped is None else body.unskipped
        else:
            body.predicate = outer
        body.defined = (
            body.defined if left else first if always_returns(node.orelse) else first & body.defined
        )
        self._write(name, outer)

    def _write(self, name: str, outer: str) -> None:
        colon = self.edits.source.index(":", self.edits.span(self.node.test)[1])
        end = self.edits.line_span(self.edits.line_of(colon))[1]
        same_line = self.node.body[0].lineno == self.edits.line_of(colon)
        trailing = "" if same_line else self.edits.source[colon + 1 : end].strip()
        lines = self._block(self.node.body, colon + 1 if same_line else end, same_line=same_line)
        if name:
            condition = f"{outer} & ({self.condition})" if outer else self.condition
            lines = [f"{mark(self.node.lineno)}{self.indent}{name} = {condition}", *lines]
        if trailing:
            lines = [f"{mark(self.node.lineno)}{self.indent}{trailing}", *lines]
        if self.node.orelse:
            lines += self._else()
        text = "\n".join(lines)
        text = re.sub(r"^(\0\d+\0)*[ \t]*", "", text)
        self.edits.replace(
            self.edits.span(self.node), text, f"`if {shown(self.node.test, 40)}` became np.where."
        )

    def _else(self) -> list[str]:
        start = self.edits.span(self.node.body[-1])[1]
        first = self.node.orelse[0]
        begin = self.edits.span(first)[0]
        gap = self.edits.source[start:begin]
        comments = [
            f"{mark(self.edits.line_of(start) + i)}{self.indent}{line[line.index('#') :]}"
            for i, line in enumerate(gap.split("\n"))
            if "#" in line
        ]
        return [*comments, *self._block(self.node.orelse, begin, same_line=True)]

    def _block(self, statements: list[ast.stmt], start: int, *, same_line: bool) -> list[str]:
        """Return the lines of one side, moved out to where the `if` stands."""
        if same_line:
            start = self.edits.span(statements[0])[0]
        return _lines(self.edits, self.node, statements, start, same_line=same_line)


def block_lines(body: Body, node: ast.stmt, statements: list[ast.stmt]) -> list[str]:
    """Return the lines of a block alone, moved out to where the statement stands that it belongs to."""
    start = body.span(statements[0])[0]
    return _lines(body.program.edits, node, statements, start, same_line=True)


def _lines(
    edits: Edits, node: ast.stmt, statements: list[ast.stmt], start: int, *, same_line: bool
) -> list[str]:
    """Return what stands from `start` to the last statement, moved out to where the `if` stands."""
    indent = " " * node.col_offset
    lines = edits.marked((start, edits.span(statements[-1])[1])).split("\n")
    cut = statements[0].col_offset - node.col_offset
    if same_line and statements[0].lineno == node.lineno:
        cut = 0
    first = f"{mark(edits.line_of(start))}{indent if same_line else ''}{lines[0]}"
    return [first if same_line else _moved(first, cut), *(_moved(line, cut) for line in lines[1:])]


def _moved(line: str, cut: int) -> str:
    match = re.match(r"((?:\0\d+\0)*)(.*)", line, re.DOTALL)
    assert match is not None
    marks, content = match.groups()
    leading = len(content) - len(content.lstrip(" \t"))
    return marks + content[min(cut, leading) :]
