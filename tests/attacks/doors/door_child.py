"""A program of its own: imports reward files as plain Python does, tells what they did and what they pay.

It reads a request from its input and answers in the last line of its output. It runs in a container, as what
it imports may do anything.
"""

from __future__ import annotations

import builtins
import importlib.util
import inspect
import json
import math
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import RewardError
from eureka_agent.rewards.loader import load_reward

ROWS, CALLS, FEW = 6000, 1100, 8
"""Rows and calls beyond what the programs count to."""
RTOL, ATOL = 1e-4, 1e-4
_TELLING = (
    "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "tempfile.", "pty.", "urllib.", "ftplib.", "http.",
    "webbrowser.", "signal.", "resource.", "code.", "cpython.", "pickle.", "marshal.", "syslog.",
)  # fmt: skip
_LIBRARIES = ("numpy", "math")

_happened: list[str] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what a module that is imported has no business with."""
    if event.startswith(_TELLING) or (event == "open" and _writes(*arguments[1:])):
        _happened.append(f"{event}{arguments!r:.100}")
    elif event in ("compile", "exec"):
        _happened.append(event)
    elif event == "import" and str(arguments[0]).split(".")[0] not in _LIBRARIES:
        _happened.append(f"import {arguments[0]}")


def _writes(mode: Any, flags: Any) -> bool:
    return (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or bool(flags and flags & 0b11)


@contextmanager
def _heard_imports(name: str) -> Iterator[None]:
    """Note imports that a module asks for, also of what is imported already."""
    before = builtins.__import__

    def hear(asked: str, *rest: Any, **named: Any) -> Any:
        scope = rest[0] if rest else named.get("globals")
        if scope and scope.get("__name__") == name and asked.split(".")[0] not in _LIBRARIES:
            _happened.append(f"import {asked}")
        return before(asked, *rest, **named)

    builtins.__import__ = hear
    try:
        yield
    finally:
        builtins.__import__ = before


def _state() -> dict[str, int]:
    """Return what a module could replace for everybody."""
    places = (builtins, np, np.linalg, math)
    return {f"{place.__name__}.{name}": id(value) for place in places for name, value in vars(place).items()}


def imported(path: Path, number: int) -> tuple[types.ModuleType | None, list[str], str]:
    """Import a file; return the module, what importing it did, and what it raised."""
    name, before, error = f"reward_{number}", _state(), ""
    _happened.clear()
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module: types.ModuleType | None = importlib.util.module_from_spec(spec)
    with _heard_imports(name):
        try:
            spec.loader.exec_module(module)
        except BaseException as raised:  # noqa: BLE001 - a hostile file may raise anything
            module, error = None, f"{type(raised).__name__}: {raised}"[:200]
    effects = [event for event in _happened if event not in ("compile", "exec")]
    effects += [f"{event} more than once" for event in ("compile", "exec") if _happened.count(event) > 1]
    effects += [f"{name} was changed" for name, value in _state().items() if before.get(name) != value]
    return module, effects, error


def _signals(module: types.ModuleType, shapes: dict[str, list[int]]) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    names = [name for name in inspect.signature(module.compute_reward).parameters if name != "memory"]
    return {n: generator.normal(0.0, 0.3, (ROWS, *shapes[n])).astype(np.float32) for n in names}


def _paid(reward: Any, signals: dict[str, np.ndarray], rows: Any, memory: dict[str, Any]) -> np.ndarray:
    given = {name: array[rows] for name, array in signals.items()}
    count = len(next(iter(given.values())))
    more = {
        name: np.tile(np.float32(value), (count,) + (1,) * np.ndim(value)) for name, value in memory.items()
    }
    made = reward(**given, memory=more) if memory else reward(**given)
    return np.broadcast_to(np.asarray(made[0], np.float64), (count,))


def impurities(module: types.ModuleType, text: str, shapes: dict[str, list[int]]) -> list[str]:
    """Return how a plain file pays the same rows differently from itself or from the loaded reward."""
    signals, memory = _signals(module, shapes), dict(getattr(module, "MEMORY", {}))
    order = np.random.default_rng(1).permutation(ROWS)
    first = _paid(module.compute_reward, signals, slice(FEW), memory)
    whole = _paid(module.compute_reward, signals, slice(None), memory)
    mixed = _paid(module.compute_reward, signals, order, memory)
    found = [] if _same(first, whole[:FEW]) else ["pays otherwise among more rows"]
    found += [] if _same(whole[order], mixed) else ["pays otherwise in another order"]
    for _ in range(CALLS):
        _paid(module.compute_reward, signals, slice(FEW), memory)
    last = _paid(module.compute_reward, signals, slice(FEW), memory)
    found += [] if _same(first, last) else ["pays otherwise after many calls"]
    return found + _as_loaded(text, signals, memory, whole)


def _as_loaded(
    text: str, signals: dict[str, np.ndarray], memory: dict[str, Any], whole: np.ndarray
) -> list[str]:
    try:
        reward = load_reward(text, strict=True)
        loaded = reward(signals, reward.initial_memory(ROWS) if memory else None).reward
    except RewardError:
        return ["does not load"]
    return [] if _same(whole, np.asarray(loaded)) else ["pays otherwise when loaded"]


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=RTOL, atol=ATOL))


def _told(path: Path, number: int, shapes: dict[str, list[int]]) -> dict[str, Any]:
    module, effects, error = imported(path, number)
    odd: list[str] = []
    if module is not None and shapes:
        try:
            odd = impurities(module, path.read_bytes().decode(), shapes)
        except Exception as raised:  # noqa: BLE001
            error = f"{type(raised).__name__}: {raised}"[:200]
    return {"effects": effects, "error": error, "impure": odd}


def main() -> None:
    """Answer one request: `files` by name, and the `shapes` of signals where rewards are asked, too."""
    request = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    np.exp(np.zeros(3))
    sys.addaudithook(_hear)
    files = request["files"].items()
    answer = {name: _told(Path(path), n, request["shapes"]) for n, (name, path) in enumerate(files)}
    sys.stdout.write(f"\n{json.dumps(answer)}\n")


if __name__ == "__main__":
    main()
