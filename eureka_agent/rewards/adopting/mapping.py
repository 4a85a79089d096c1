"""Which signal of a task a name of a found reward means: by its words, its shape, and the documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eureka_agent.tasks.task import Signal

_SAME = {
    "vel": "velocity", "vels": "velocity", "linvel": "linear velocity", "angvel": "angular velocity",
    "lin": "linear", "ang": "angular", "pos": "position", "rot": "orientation", "quat": "orientation",
    "quaternion": "orientation", "dof": "joint", "joints": "joint", "torques": "torque", "actions": "action",
    "last": "prev", "previous": "prev", "commands": "command", "contacts": "contact", "forces": "force",
    "acc": "acceleration", "qvel": "joint velocity", "qpos": "joint position", "theta": "angle", "x": "x",
    "tcp": "fingertip", "ee": "fingertip", "tip": "fingertip", "obs": "observation", "ctrl": "action",
}  # fmt: skip
_EMPTY = frozenset({"buf", "tensor", "curr", "current", "the", "of", "data", "self", "env", "in"})


@dataclass(frozen=True)
class Read:
    """A name that a found reward reads."""

    name: str
    place: str
    """Where it was read from in the found file."""
    elements: int = 0
    """How many elements its last axis has at least, by the indices that are used; 0 where none is."""


def reads_of(tree: ast.Module, places: Mapping[str, str]) -> list[Read]:
    """Return what the arguments of a reward are, with what the indices that are used say of their size."""
    return [Read(name, place, _elements(tree, name)) for name, place in places.items()]


def _elements(tree: ast.Module, name: str) -> int:
    most = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name:
            last = (
                node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            )
            bound = last.upper if isinstance(last, ast.Slice) else last
            if isinstance(bound, ast.Constant) and type(bound.value) is int:
                most = max(most, bound.value + (not isinstance(last, ast.Slice)))
    return most


def sure_signal(read: Read, signals: Sequence[Signal]) -> Signal | None:
    """Return the one signal of the same name, in the words that this field uses for the same thing."""
    exact = [signal for signal in signals if signal.name == read.name]
    same = exact or [s for s in signals if _words(s.name) == _words(read.name) and _words(read.name)]
    fitting = [signal for signal in same if _fits(read, signal)]
    return fitting[0] if len(fitting) == 1 else None


def candidates(read: Read, signals: Sequence[Signal], most: int = 5) -> list[str]:
    """Return names of signals that may be meant, the likeliest first."""
    scored = {signal.name: _likeness(read, signal) for signal in signals if _fits(read, signal)}
    return sorted(scored, key=lambda name: -scored[name])[:most]


def _fits(read: Read, signal: Signal) -> bool:
    return read.elements == 0 or (bool(signal.shape) and signal.shape[-1] >= read.elements)


def _likeness(read: Read, signal: Signal) -> float:
    asked, named = _words(read.name), _words(signal.name)
    documented = _words(signal.meaning)
    shared = len(asked & named) / max(len(asked | named), 1)
    in_meaning = len(asked & documented) / max(len(asked), 1)
    wrong_time = ("prev" in asked) != ("prev" in named)
    return shared + 0.5 * in_meaning - wrong_time


def _words(text: str) -> frozenset[str]:
    parts: list[str] = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    return frozenset(" ".join(_SAME.get(part, part) for part in parts if part not in _EMPTY).split())
