"""Which part of a found file is the reward: a function, a method, or a list of weighted terms."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.rewards.source import ENTRY
from eureka_agent.rewards.tree import functions_of

Kind = Literal["function", "method", "terms"]
TERM_METHOD = "_reward_"
"""How methods are called that are terms of a list, as in legged_gym."""


@dataclass(frozen=True)
class FoundFunction:
    """A function and the class that it is a method of."""

    node: ast.FunctionDef
    owner: ast.ClassDef | None = None

    @property
    def name(self) -> str:
        """As `--function` takes it."""
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name


@dataclass(frozen=True)
class FoundTerm:
    """A term of a list: its function, its weight, and what the list gives it."""

    name: str
    weight: str
    """An expression, as it stands there."""
    function: FoundFunction
    settings: Mapping[str, ast.expr] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundReward:
    """What was found, and what of it cannot come along."""

    kind: Kind
    entry: FoundFunction | None = None
    terms: tuple[FoundTerm, ...] = ()
    left_out: tuple[str, ...] = ()


def find_reward(tree: ast.Module, name: str | None = None) -> FoundReward:
    """Return the reward of a file; ConfigError where there is none or no telling which.

    `name` is a function's, or `Class.method`.
    """
    functions = _all_functions(tree)
    if name is not None:
        return _named(functions, name)
    terms = _term_list(tree, functions) or _term_methods(tree, functions)
    if terms is not None:
        return terms
    own = [f for f in functions if f.owner is None]
    exact = [f for f in functions if f.node.name == ENTRY]
    likely = [f for f in own if _sounds_right(f)] or [f for f in functions if _sounds_right(f)]
    for choice in ([f for f in exact if f.owner is None], _uncalled(likely), exact, own):
        if len(choice) == 1:
            return _as_reward(choice[0])
    raise _undecided(functions, likely)


def _as_reward(function: FoundFunction) -> FoundReward:
    return FoundReward("method" if function.owner else "function", function)


def _all_functions(tree: ast.Module) -> list[FoundFunction]:
    found = [FoundFunction(node) for node in functions_of(tree).values()]
    for owner in _classes(tree):
        found += [FoundFunction(node, owner) for node in owner.body if isinstance(node, ast.FunctionDef)]
    return found


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _sounds_right(function: FoundFunction) -> bool:
    return "rew" in function.node.name.lower()


def _uncalled(functions: Sequence[FoundFunction]) -> list[FoundFunction]:
    """Return those that none of the others calls."""
    called = {
        getattr(call.func, "id", None) or getattr(call.func, "attr", None)
        for function in functions
        for call in ast.walk(function.node)
        if isinstance(call, ast.Call)
    }
    return [function for function in functions if function.node.name not in called]


def _named(functions: Sequence[FoundFunction], name: str) -> FoundReward:
    chosen = [f for f in functions if name in (f.name, f.node.name)]
    if len(chosen) != 1:
        names = [f.name for f in functions]
        problem = f"There is no function '{name}' in it" if not chosen else f"'{name}' stands there twice"
        raise ConfigError(
            f"{problem}.{did_you_mean(name, names)}",
            allowed=", ".join(names) or "a file with a function",
            fix="Give one of these with --function, a method as Class.method.",
        )
    return _as_reward(chosen[0])


def _undecided(functions: Sequence[FoundFunction], likely: Sequence[FoundFunction]) -> ConfigError:
    names = ", ".join(f.name for f in likely or functions)
    what = "It holds several functions that may be the reward." if names else "It holds no function."
    return ConfigError(
        what,
        allowed=names or "a reward function, a method, or a list of weighted terms",
        fix="Say which with --function." if names else "Give the file in which the reward is defined.",
    )


def _term_list(tree: ast.Module, functions: Sequence[FoundFunction]) -> FoundReward | None:
    """Return the terms of a list in the manner of Isaac Lab and mjlab: calls with `func=` and `weight=`."""
    own = {f.node.name: f for f in functions if f.owner is None}
    terms, left_out = [], []
    for name, call in _named_calls(tree):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "func" not in given or "weight" not in given:
            continue
        function = ast.unparse(given["func"])
        known = own.get(function.rsplit(".", 1)[-1])
        if known is None:
            left_out.append(f"term {name}: its function {function} is not in this file")
            continue
        terms.append(FoundTerm(name, ast.unparse(given["weight"]), known, _settings(given.get("params"))))
    if not terms and not left_out:
        return None
    return _as_terms(terms, left_out)


def _named_calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield calls with the name that they are given: by an assignment, or as an entry of a dictionary."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                yield name, call
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                yield name, call
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Call):
                        yield str(key.value), value


def _settings(params: ast.expr | None) -> dict[str, ast.expr]:
    match params:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            return {keyword.arg: keyword.value for keyword in keywords if keyword.arg}
    return {}


def _term_methods(tree: ast.Module, functions: Sequence[FoundFunction]) -> FoundReward | None:
    """Return the terms of a class in the manner of legged_gym: methods, and a class of their scales."""
    methods = {f.node.name.removeprefix(TERM_METHOD): f for f in functions if _is_term_method(f)}
    scales = next((node for node in _classes(tree) if node.name == "scales"), None)
    if not methods or scales is None:
        return None
    terms, left_out = [], []
    for node in scales.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, weight = node.targets[0].id, ast.unparse(node.value)
        if name in methods:
            terms.append(FoundTerm(name, weight, methods[name]))
        else:
            left_out.append(f"term {name}: there is no method {TERM_METHOD}{name} in this file")
    return _as_terms(terms, left_out)


def _is_term_method(function: FoundFunction) -> bool:
    return function.owner is not None and function.node.name.startswith(TERM_METHOD)


def _as_terms(terms: Sequence[FoundTerm], left_out: Sequence[str]) -> FoundReward:
    kept = [term for term in terms if term.weight not in ("0", "0.0", "-0.0")]
    weightless = [f"term {term.name}: its weight is 0" for term in terms if term not in kept]
    return FoundReward("terms", terms=tuple(kept), left_out=(*left_out, *weightless))
