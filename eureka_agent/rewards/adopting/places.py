"""What a found function reads of its environment: `self.base_lin_vel`, `asset.data.joint_pos`, …"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from eureka_agent.rewards.tree import shown

_OF_ARRAYS = """
T abs all amax amin any argmax argmin astype at bool clamp clamp_ clip clone copy cos cpu cumsum detach device
diff dim dot double dtype exp expand fill_ flatten float gather ge gt half int item le log long lt masked_fill
max mean median min mul ndim neg norm numel numpy permute pow prod ravel repeat reshape round shape sigmoid
sign sin size sqrt square squeeze std sub sum tanh to tolist transpose type unsqueeze values var view zero_
"""

OF_ARRAYS = frozenset(_OF_ARRAYS.split())
"""Attributes of an array: `self.torques.pow(2)` reads `torques`."""

GETTERS = ("get_", "compute_")


class NotCarriedError(Exception):
    """Something of a found reward that has no place in a portable one; the message is a clause."""

    def __init__(self, why: str, node: ast.AST | None = None) -> None:
        line = getattr(node, "lineno", None)
        super().__init__(f"{f'line {line}: ' if line else ''}{why}")


@dataclass(frozen=True)
class Surroundings:
    """What the names of a function stand for, as far as they are not values."""

    roots: frozenset[str]
    """Names of the environment itself: `self`, `env`."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Parameters that are given a text, such as a command's name."""
    entities: Mapping[str, bool] = field(default_factory=dict)
    """Parameters that say which joints or bodies are meant; True where that is all of them."""
    methods: frozenset[str] = frozenset()
    """Methods of the same class, which are called and not read."""
    functions: frozenset[str] = frozenset()
    """Functions of the same file."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Local names of a part of the environment, with its place."""
    term: str = ""
    """The term that the function is of; tells its own settings from those of others."""

    def place(self, node: ast.AST) -> str | None:
        """Return the dotted place that an expression reads, "" for the environment itself, or None."""
        match node:
            case ast.Name(id=name):
                return "" if name in self.roots else self.aliases.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self.entities:
                return f"{self.term}.{name}.{attribute}" if self.term else f"{name}.{attribute}"
            case ast.Attribute(value=value, attr=attribute):
                base = self.place(value)
                own = base is None or (base and attribute in OF_ARRAYS) or self.is_method(node)
                return None if own else f"{base}.{attribute}" if base else attribute
            case ast.Subscript(value=value, slice=index):
                base, part = self.place(value), self.word(index)
                return (f"{base}[{part}]" if base else part) if base is not None and part else None
            case ast.Call(func=ast.Attribute() as function, args=arguments, keywords=[]):
                given = [argument for argument in arguments if self.place(argument) != ""]
                base, parts = self.place(function), [self.word(argument) for argument in given]
                return f"{base}({', '.join(parts)})" if base and all(parts) else None
        return None

    def word(self, node: ast.expr) -> str:
        """Return the text that an index or argument is, or "" where it is none."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Tuple(elts=[_, *_] as parts):
                words = [self.word(part) for part in parts]
                return ", ".join(words) if all(words) else ""
            case ast.Name(id=name):
                return self.texts.get(name, "")
            case ast.Attribute(value=ast.Name(id=name), attr="name") if name in self.entities:
                return self.texts.get(f"{name}.name", name)
        return ""

    def is_method(self, node: ast.AST) -> bool:
        """Whether this is a method of the same class."""
        return (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in self.roots
            and node.attr in self.methods
        )

    def helper(self, call: ast.Call) -> str:
        """Return the method or function of the file that a call hands the environment to, or ""."""
        if self.is_method(call.func):
            return call.func.attr  # pyright: ignore[reportAttributeAccessIssue]
        if isinstance(call.func, ast.Name) and call.func.id in self.functions:
            handed = [*call.args, *(keyword.value for keyword in call.keywords)]
            return call.func.id if any(self.place(argument) == "" for argument in handed) else ""
        return ""

    def everything(self, node: ast.AST) -> bool:
        """Whether this is an index of all joints or bodies."""
        return (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and self.entities.get(node.value.id, False)
            and node.attr.endswith("_ids")
        )


def environments(function: ast.FunctionDef) -> frozenset[str]:
    """Return parameters of which a function reads only parts that no array has: `physics.…`, `info["…"]`."""
    parts = {id(n.value): n for n in ast.walk(function) if isinstance(n, (ast.Attribute, ast.Subscript))}
    handed = {id(a) for n in ast.walk(function) if isinstance(n, ast.Call) for a in n.args}
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    found = set()
    for argument in given:
        uses = [n for n in names if n.id == argument.arg]
        read = [n for n in uses if id(n) in parts and _no_array(parts[id(n)])]
        if read and all(id(n) in handed or n in read for n in uses):
            found.add(argument.arg)
    return frozenset(found)


def _no_array(node: ast.Attribute | ast.Subscript) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr not in OF_ARRAYS
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def short_names(
    keys: Sequence[str], taken: Mapping[str, Collection[str]], given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return an identifier for each place: its last word, with more before it where two would be the same.

    Names in `taken`, by place, are of other things where it is read; those in `given` are of other places.
    """
    names, words = dict(given or {}), {key: _words(key) for key in keys}
    for key in keys:
        endings = ["_".join(words[key][-k:]) for k in range(1, len(words[key]) + 1)]
        others = {"_".join(words[other][-k:]) for other in keys if other != key for k in range(1, 4)}
        name = next((ending for ending in endings if ending not in others), endings[-1])
        name = re.sub(r"\W", "_", name)
        clash = name in taken.get(key, ()) or name in names.values() or not name.isidentifier()
        names[key] = f"env_{name}" if clash else name
    return names


def last_word(key: str) -> str:
    """Return what a place is called where no other one has that name."""
    return _words(key)[-1]


def _words(key: str) -> list[str]:
    text = key.replace("(", ".").replace("[", ".").replace(")", "").replace("]", "").replace(", ", ".")
    parts = [part.strip("_") for part in text.split(".") if part.strip("_")]
    if key.endswith(")") and parts:  # get_command("base_velocity") is a command before it is one of a name
        called = key[: key.rindex("(")].rsplit(".", 1)[-1].strip("_")
        return [*parts[: parts.index(called)], *parts[parts.index(called) + 1 :], _without_getter(called)]
    return parts


def _without_getter(name: str) -> str:
    for prefix in GETTERS:
        name = name.removeprefix(prefix)
    return name


def unusable(node: ast.AST) -> NotCarriedError:
    """Return the error for a use of the environment that is no read."""
    return NotCarriedError(f"`{shown(node)}` hands the environment itself on", node)
