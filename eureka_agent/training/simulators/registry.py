"""Which simulators stand for which environments: entries by the class of the environment, loaded when asked.

An entry names a class as Gymnasium's `spec.entry_point` does (`package.module:Class`); an environment of
another class, even a subclass, is not meant. A maker looks at the opened environment and says what builds its
worlds, or None where this one is set up in a way that it does not know to equal. The first that fits wins;
where none does, Gymnasium's environments are stepped one by one, in several processes where that pays.

    register_simulator("my_package.envs:MyEnv", "my_package.worlds:make")

Trainings run in processes of their own: call it where the task's own code is imported, in its `task.py`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import gymnasium as gym
import numpy as np

from eureka_agent.tasks.env_state import bare
from eureka_agent.tasks.task import Task
from eureka_agent.training.simulators.simulator import Simulator

if TYPE_CHECKING:
    from eureka_agent.training.device.worlds import DevicePhysics

MakeWorlds = Callable[[Sequence[int]], Simulator]
"""Builds worlds, one for each of the seeds."""

COMPUTED = "(not a field of MjData)"
"""Stands among `OpenedEnv.fields` where a task computes something of its own inside the environment."""


@dataclass(frozen=True)
class OpenedEnv:
    """One environment of a task, for makers to look into; they must not step it."""

    task: Task
    env: gym.Env
    threads: int = 1
    """How many threads one simulator may step its worlds on, where it knows how to."""

    @cached_property
    def inner(self) -> Any | None:
        """The environment without wrappers that change nothing; None where a wrapper might."""
        return bare(self.env)

    @property
    def class_path(self) -> str:
        """The class of the inner environment, `module:Class`; empty where a wrapper hides it."""
        kind = type(self.inner)
        return "" if self.inner is None else f"{kind.__module__}:{kind.__qualname__}"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names that the task reads inside the environment.

        A name of `MjData` is taken for that field; a task that computes something else under such a name is
        not of the form that `[environment] state` gives, and `COMPUTED` is among them.
        """
        self.env.reset(seed=0)
        read = self.task.behaviour.read_state(self.env)
        data = getattr(self.env.unwrapped, "data", None)
        for name, value in read.items():
            if not np.array_equal(np.asarray(value), np.asarray(getattr(data, name, None))):
                return (*read, COMPUTED)
        return tuple(read)


class SimulatorMaker(Protocol):
    """Stands for one class of environments."""

    def __call__(self, opened: OpenedEnv) -> MakeWorlds | None:
        """Return what builds worlds equal to this environment; None where it is not known to be equal."""
        ...


class DeviceMaker(Protocol):
    """Has physics for one class of environments that a device can run."""

    def __call__(self, opened: OpenedEnv) -> Callable[[], DevicePhysics] | str:
        """Return what builds the physics, or why there are none, in a sentence; loads no JAX itself."""
        ...


Maker = TypeVar("Maker")
_MAKERS: dict[str, list[SimulatorMaker | str]] = {}
_DEVICE_MAKERS: dict[str, list[DeviceMaker | str]] = {}


def register_simulator(class_path: str, maker: SimulatorMaker | str) -> None:
    """Have worlds of environments of a class built by `maker`, itself or as `module:function`.

    A path is imported when such an environment is first met. To register the same again changes nothing.
    """
    _register(_MAKERS, class_path, maker)


def register_device_physics(class_path: str, maker: DeviceMaker | str) -> None:
    """Have environments of a class run on a device by what `maker` builds; see `register_simulator`."""
    _register(_DEVICE_MAKERS, class_path, maker)


def _register(makers: dict[str, list[Maker | str]], class_path: str, maker: Maker | str) -> None:
    known = makers.setdefault(class_path, [])
    if maker not in known:
        known.append(maker)


def worlds_maker(opened: OpenedEnv) -> MakeWorlds | None:
    """Return what builds a task's worlds, by the first maker that fits; None where none does."""
    for maker in _MAKERS.get(opened.class_path, ()):
        if (make := _loaded(maker)(opened)) is not None:
            return make
    return None


def device_maker(opened: OpenedEnv) -> Callable[[], DevicePhysics] | str:
    """Return what builds a task's physics on a device, or why there is nothing, in a sentence."""
    problem = f"The environment of {opened.task.name} has no version for a GPU."
    for maker in _DEVICE_MAKERS.get(opened.class_path, ()):
        made = _loaded(maker)(opened)
        if not isinstance(made, str):
            return made
        problem = made
    return problem


def _loaded(maker: Maker | str) -> Maker:
    if not isinstance(maker, str):
        return maker
    module, _, name = maker.partition(":")
    return getattr(importlib.import_module(module), name)
