"""What is seen while a file is imported: audit events, imports, prints, and changes to libraries."""

from __future__ import annotations

import builtins
import contextlib
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

NAME = "reward"
FILENAME = "reward.py"
_IMPORTABLE = frozenset({"numpy", "math"})

_WATCHED: dict[str, Mapping[str, Any]] = {
    "builtins": vars(builtins),
    "numpy": vars(np),
    "numpy.linalg": vars(np.linalg),
    "math": vars(math),
    "modules": sys.modules,
    "environment": os.environ,
}


class Watch:
    """Notes effects while it is `on`; there is one in a process, for audit hooks stay for good."""

    def __init__(self) -> None:
        self._on = False
        self._own_run = False
        self._effects: set[str] = set()
        self._import: Callable[..., Any] = builtins.__import__
        builtins.__import__ = self._imported
        sys.stdout = sys.stderr = self  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
        sys.addaudithook(self._audited)
        self._before = {name: dict(values) for name, values in _WATCHED.items()}

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """Watch what happens inside."""
        self._on, self._own_run = True, False
        try:
            yield
        finally:
            self._on = False

    def effects(self) -> list[str]:
        """Return what was seen since the last time, changes to libraries among it."""
        for name, values in _WATCHED.items():
            if not _same(values, self._before[name]):
                self._effects.add(f"changed {name}")
        found = sorted(self._effects)
        self._effects = set()
        return found

    def write(self, text: str) -> None:
        """Stand in for the standard output."""
        if self._on:
            self._effects.add("print")

    def flush(self) -> None:
        """Do nothing: what is written here goes nowhere."""

    def _imported(self, name: str, *args: Any, **more: Any) -> Any:
        if self._on and name not in _IMPORTABLE:
            self._effects.add(f"import of {name[:40]}")
        return self._import(name, *args, **more)

    def _audited(self, event: str, args: tuple[Any, ...]) -> None:
        if self._on and not self._is_own_run(event, args):
            self._effects.add(f"audit event {event}")

    def _is_own_run(self, event: str, args: tuple[Any, ...]) -> bool:
        """Say whether this is the one execution of the file itself.

        A script is compiled by the run; where it is no Python, the file is opened again to show the line.
        """
        if event in ("compile", "open"):
            return FILENAME in args[:2] and not (event == "compile" and args[0])
        first = event == "exec" and not self._own_run and args[0].co_filename == FILENAME
        self._own_run = self._own_run or first
        return first


def _same(values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    if isinstance(values, os._Environ):  # it makes new texts at every reading
        return dict(values) == before
    return values.keys() == before.keys() and all(values[name] is before[name] for name in before)
