"""What a person says that a name means: a signal, elements of one, or several numbers side by side."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.tasks.task import Signal

_PART = re.compile(r"\s*(\w+)\s*(\[[\d\s:,.\-]+\])?\s*")


@dataclass(frozen=True)
class Meant:
    """What a name stands for, and its shape for one world."""

    signals: tuple[str, ...]
    expression: str
    """For a batch, such as `obs[:, 0:3]`."""
    shape: tuple[int, ...]
    dtype: str = "float32"
    said: str = ""
    """As the person gave it."""


def meaning(text: str, signals: Sequence[Signal], name: str) -> Meant:
    """Read what `--map` gives a name: `velocity`, `obs[0:3]` or `x_velocity,0.0,obs[4]`.

    Indices are of one world. Raises ConfigError with the signals that there are.
    """
    parts = re.split(r",(?![^\[]*\])", text)
    if len(parts) == 1:
        return replace(_signal(text, signals, name), said=text.strip())
    if all(_number(part) is not None for part in parts):
        parts = [f"{part} of {_scalar(signals)}" for part in parts]
    meant = [_column(part, signals, name) for part in parts]
    whole = next((m.expression for m in meant if m.signals), "")
    columns = [m.expression if m.signals else f"np.full_like({whole}, {m.expression})" for m in meant]
    named = tuple(dict.fromkeys(signal for m in meant for signal in m.signals))
    return Meant(named, f"np.stack([{', '.join(columns)}], axis=-1)", (len(parts),), said=text.strip())


def _column(text: str, signals: Sequence[Signal], name: str) -> Meant:
    """Return one of several parts: a number, or a signal's single number."""
    number = _number(text)
    if number is not None:
        return Meant((), repr(number), ())
    number, _, like = text.partition(" of ")
    meant = _signal(like or text, signals, name)
    if meant.shape != ():
        raise ConfigError(
            f"'{name}' cannot be put together of '{text.strip()}': it has shape {meant.shape} for one world.",
            allowed="parts with one number each, e.g. x_velocity,obs[3],0.0",
            fix=f"Name elements: --map {name}={meant.signals[0]}[0],…",
        )
    return Meant(meant.signals, f"np.full_like({meant.expression}, {float(number)!r})", ()) if like else meant


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _scalar(signals: Sequence[Signal]) -> str:
    """Return a single number that every world has."""
    signal = min(signals, key=lambda s: len(s.shape))
    return f"{signal.name}[{', '.join('0' for _ in signal.shape)}]" if signal.shape else signal.name


def _signal(text: str, signals: Sequence[Signal], name: str) -> Meant:
    found = _PART.fullmatch(text)
    signal = next((s for s in signals if found and s.name == found[1]), None)
    if found is None or signal is None:
        names = [s.name for s in signals]
        hint = did_you_mean(text, names)
        raise ConfigError(
            f"'{name}' cannot mean '{text.strip()}': that is no signal of the task.{hint}",
            allowed=f"{', '.join(names)}; elements as obs[0:3], several as x_velocity,obs[3],0.0",
            fix=f"Give one of these, --map {name}=<signal>; a setting's number with --set {name}=….",
        )
    if not found[2]:
        return Meant((signal.name,), signal.name, signal.shape, signal.dtype)
    index = found[2][1:-1].strip()
    try:
        shape = np.empty(signal.shape)[_index(index)].shape
    except (SyntaxError, IndexError, ValueError) as error:
        raise ConfigError(
            f"'{name}' cannot mean '{text}': {signal.name} has shape {signal.shape} for one world.",
            allowed="indices of one world, e.g. obs[2] or obs[0:3]",
            fix=f"Correct --map {name}=….",
        ) from error
    return Meant((signal.name,), f"{signal.name}[:, {index}]", shape, signal.dtype)


def _index(text: str) -> tuple[int | slice, ...]:
    """Return an index of numbers and slices, read without executing it."""
    node = ast.parse(f"x[{text}]", mode="eval").body
    assert isinstance(node, ast.Subscript)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return tuple(_part(part) for part in parts)


def _part(node: ast.expr) -> int | slice:
    if isinstance(node, ast.Slice):
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if end is None else int(ast.literal_eval(end)) for end in ends))
    return int(ast.literal_eval(node))
