"""Code in the portable subset on another array library: the same functions, with another meaning of `np`.

What a task measures is written once, for NumPy. On a device the same source is traced: its functions are
built again with globals in which `np` is that device's library, and with them every function of the same
kind that they call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

import numpy as np

from eureka_agent.tasks.folder import FolderBehaviour
from eureka_agent.tasks.task import Behaviour, Task

Function = TypeVar("Function", bound=Callable[..., Any])


class Portable:
    """Rebuilds functions for one array library; one object's functions share their modules' globals."""

    def __init__(self, library: ModuleType) -> None:
        self._library = library
        self._globals: dict[int, dict[str, Any]] = {}

    def function(self, function: Function) -> Function:
        """Return a function, closure or method that computes with the library; any other value as it is."""
        if isinstance(function, MethodType):
            return MethodType(self.function(function.__func__), function.__self__)  # pyright: ignore[reportReturnType]
        if not isinstance(function, FunctionType) or function.__globals__.get("np") is not np:
            return function  # pyright: ignore[reportReturnType]
        made = FunctionType(
            function.__code__,
            self._names(function.__globals__),
            function.__name__,
            function.__defaults__,
            tuple(CellType(self.function(cell.cell_contents)) for cell in function.__closure__ or ()),
        )
        made.__kwdefaults__ = function.__kwdefaults__
        return made  # pyright: ignore[reportReturnType]

    def behaviour(self, behaviour: Behaviour) -> Behaviour:
        """Return a task's behaviour whose signals are measured with the library."""
        if isinstance(behaviour, FolderBehaviour):
            return replace(behaviour, modules=tuple(self._module(module) for module in behaviour.modules))
        return _Measured(behaviour, self)

    def task(self, task: Task) -> Task:
        """Return a task whose signals and per-step fitness are computed with the library."""
        fitness = task.fitness_step
        return replace(
            task,
            behaviour=self.behaviour(task.behaviour),
            fitness_step=None if fitness is None else self.function(fitness),
        )

    def _module(self, module: ModuleType) -> ModuleType:
        made = ModuleType(module.__name__)
        made.__dict__.update(self._names(module.__dict__))
        return made

    def _names(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Return a module's globals with `np` exchanged, in it and in its functions."""
        known = self._globals.get(id(names))
        if known is not None:
            return known
        made = self._globals[id(names)] = dict(
            names
        )  # known before its functions are, which may call each other
        for name, value in names.items():
            made[name] = self._library if value is np else self.function(value)
        return made


class _Measured:
    """A behaviour that is an object of its own, with its methods rebuilt."""

    def __init__(self, behaviour: Behaviour, portable: Portable) -> None:
        self.read_state = behaviour.read_state
        self.initial_signals = portable.function(behaviour.initial_signals)
        self.signals = portable.function(behaviour.signals)
