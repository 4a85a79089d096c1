"""A backward slice of an environment's `step`: what decides its state, observation and ending only."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from eureka_agent.tasks.docsections import MENTIONS_REWARD

OBSERVATION, REWARD, TERMINATED, TRUNCATED = 0, 1, 2, 3
"""Places in what Gymnasium's `step` returns."""

_SHOWN = {OBSERVATION: "observation", TERMINATED: "terminated", TRUNCATED: "truncated"}
_SIDE_SHOWS = ("render", "close", "log", "viewer", "screen", "clock")


def mentions_reward(node: ast.AST) -> bool:
    """Tell whether any name, attribute, argument or string below a node speaks of rewards."""
    for inner in ast.walk(node):
        words = [getattr(inner, field, None) for field in ("id", "attr", "arg", "name")]
        if isinstance(inner, ast.Constant):
            words.append(inner.value)
        if any(isinstance(word, str) and MENTIONS_REWARD.search(word) for word in words):
            return True
    return False


def names_in(node: ast.AST) -> set[str]:
    """Return the variables a node reads or writes: `x`, and `self.x` for attributes of self."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == "self"
        ):
            found.add(f"self.{inner.attr}")
        elif isinstance(inner, ast.Name):
            found.add(inner.id)
    return found - {"self"}


def returned(function: ast.FunctionDef, place: int) -> list[ast.expr]:
    """Return the expressions at one place of the five-tuples that a `step` returns."""
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 5:
            found.append(node.value.elts[place])
    return found


def reward_variables(step: ast.FunctionDef) -> set[str]:
    """Return the names that hold the reward: `return obs, -costs, ...` makes `costs` one of them."""
    names: set[str] = set()
    for expression in returned(step, REWARD):
        while isinstance(expression, ast.UnaryOp):
            expression = expression.operand
        if isinstance(expression, ast.Call) and len(expression.args) == 1:
            expression = expression.args[0]
        names |= names_in(expression) if isinstance(expression, (ast.Name, ast.Attribute)) else set()
    return names


class Slicer:
    """Keeps the statements on which some variables depend, and never one that speaks of rewards."""

    def __init__(self, wanted: Iterable[str], refused: Iterable[str] = ()) -> None:
        self.refused = set(refused)
        self.wanted = set(wanted) - self.refused

    def slice(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Return the statements kept, going round until no more variables turn out to matter."""
        while True:
            before = set(self.wanted)
            kept = self._pass(body)
            if self.wanted == before:
                return kept

    def _pass(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        kept = [result for statement in reversed(body) if (result := self._one(statement)) is not None]
        return kept[::-1]

    def _one(self, statement: ast.stmt) -> ast.stmt | None:
        if isinstance(statement, (ast.If, ast.For, ast.While, ast.With)):
            return self._compound(statement)
        if mentions_reward(statement) or not self._matters(statement):
            return None
        self.want(statement)
        return statement

    def _compound(self, statement: ast.stmt) -> ast.stmt | None:
        body = self._pass(getattr(statement, "body", []))
        orelse = self._pass(getattr(statement, "orelse", []))
        head = [getattr(statement, part) for part in ("test", "iter", "target") if hasattr(statement, part)]
        if not (body or orelse) or any(mentions_reward(part) or self.refuses(part) for part in head):
            return None
        for part in head:
            self.want(part)
        fields = {name: getattr(statement, name) for name in statement._fields}
        fields |= {"body": body or [ast.Pass()]} | ({"orelse": orelse} if "orelse" in fields else {})
        return ast.copy_location(type(statement)(**fields), statement)

    def refuses(self, node: ast.AST) -> bool:
        """Tell whether a node reads or writes a refused variable."""
        return bool(names_in(node) & self.refused)

    def want(self, node: ast.AST) -> None:
        """Take a node's variables into those that matter."""
        self.wanted |= names_in(node) - self.refused

    def _matters(self, statement: ast.stmt) -> bool:
        targets = _targets(statement)
        if targets:
            defined = set().union(*(_defined(target) for target in targets))
            value = getattr(statement, "value", None)
            tainted = value is not None and self.refuses(value)
            return bool(defined & self.wanted) and not tainted
        return (
            isinstance(statement, ast.Expr) and _changes_self(statement.value) and not self.refuses(statement)
        )


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return list(statement.targets)
    return [statement.target] if isinstance(statement, (ast.AugAssign, ast.AnnAssign)) else []


def _defined(target: ast.expr) -> set[str]:
    """Return the variables an assignment to `target` changes: `ns` for `ns[0] = ...`."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return set().union(*(_defined(inner) for inner in target.elts))
    while isinstance(target, (ast.Subscript, ast.Starred)):
        target = target.value
    return names_in(target)


def _changes_self(call: ast.expr) -> bool:
    """Tell whether a bare call may change the state: `self.do_simulation(...)`, not `self.render()`."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr.lower()
    owner = call.func.value
    return (
        isinstance(owner, ast.Name) and owner.id == "self" and not any(word in name for word in _SIDE_SHOWS)
    )


def step_slice(step: ast.FunctionDef, state: Iterable[str]) -> list[ast.stmt]:
    """Return what of a `step` decides the observation, the ending and the attributes in `state`.

    The slice ends in `observation = …`, `terminated = …`, `truncated = …` instead of a return.
    """
    refused = reward_variables(step)
    tail: list[ast.stmt] = []
    slicer = Slicer({"self.state", *state}, refused)
    for place, name in _SHOWN.items():
        for expression in returned(step, place)[:1]:
            if mentions_reward(expression) or slicer.refuses(expression):
                continue
            slicer.want(expression)
            if not (isinstance(expression, ast.Name) and expression.id == name):
                tail.append(_assignment(name, expression))
    return [*slicer.slice(step.body), *tail]


def reward_slice(step: ast.FunctionDef, shown: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return what of a `step` feeds only the reward: for those who ask to show it to the designer."""
    expressions = returned(step, REWARD)
    if not expressions:
        return []
    wanted = set().union(*(names_in(expression) for expression in expressions))
    already = {ast.unparse(statement) for statement in shown}
    kept = []
    for statement in reversed(step.body):
        defined = set().union(*(_defined(t) for inner in ast.walk(statement) if isinstance(inner, ast.stmt)
                                for t in _targets(inner)))  # fmt: skip
        if defined & wanted and ast.unparse(statement) not in already:
            wanted |= names_in(statement)
            kept.append(statement)
    named = isinstance(expressions[0], ast.Name) and expressions[0].id == "reward"
    return kept[::-1] if named else [*kept[::-1], _assignment("reward", expressions[0])]


def _assignment(name: str, value: ast.expr) -> ast.stmt:
    return ast.fix_missing_locations(ast.Assign(targets=[ast.Name(name, ast.Store())], value=value, lineno=0))
