"""Which simulator a task gets: the fastest that is known to equal its environment."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import wrappers

from eureka_agent.errors import TaskError
from eureka_agent.tasks.guard import Guard
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.training.simulators import classic
from eureka_agent.training.simulators.batched import BatchedWorlds, Physics
from eureka_agent.training.simulators.mjx import FIELDS, MjxPhysics
from eureka_agent.training.simulators.mujoco_bodies import BODIES
from eureka_agent.training.simulators.simulator import Simulator

_HARMLESS = (Guard, wrappers.TimeLimit, wrappers.OrderEnforcing, wrappers.PassiveEnvChecker)
_WATCHING = "eureka_agent.tasks.mujoco_state:EndWhenUnstable"
"""Ends an episode at a warning of MuJoCo, as the batched simulator does by itself."""
_CLASSIC: dict[str, type[classic._Classic]] = {
    "gymnasium.envs.classic_control.cartpole:CartPoleEnv": classic.CartPole,
    "gymnasium.envs.classic_control.pendulum:PendulumEnv": classic.Pendulum,
    "gymnasium.envs.classic_control.continuous_mountain_car:Continuous_MountainCarEnv": classic.MountainCar,
    "gymnasium.envs.classic_control.acrobot:AcrobotEnv": classic.Acrobot,
}
_UNKNOWN = "(not a field of MjData)"
MakePhysics = Callable[[int], Physics]


class SimulatorFactory:
    """Makes simulators of one task; what they share (a model, say) is loaded once.

    `threads` is how many threads one simulator may step its worlds on, where it knows how to.
    """

    def __init__(self, task: Task, *, threads: int = 1) -> None:
        self.task = task
        self.threads = threads
        self._physics = batched_physics(task, threads=threads)

    @property
    def batched(self) -> bool:
        """Whether the task has a batched simulator of its own, or steps Gymnasium's environments in turn."""
        return self._physics is not None

    def make(self, seeds: Sequence[int]) -> Simulator:
        """Return worlds with these seeds; raises TaskError where there are none."""
        if not seeds:
            raise TaskError("A simulator with zero worlds was asked for.", allowed="one world or more")
        if self._physics is None:
            return GymWorlds(self.task, len(seeds), seeds)
        return BatchedWorlds(self.task, self._physics(len(seeds)), seeds)


def batched_physics(task: Task, *, threads: int = 1) -> MakePhysics | None:
    """Return what builds batched physics equal to the task's environment; None where none is known."""
    env = task.make_env()
    inner = _bare(env)
    make = None if inner is None else _classic(task, env, inner) or _mujoco(task, env, inner, threads)
    if make is None:
        env.close()
    return make


def _classic(task: Task, env: gym.Env, inner: Any) -> MakePhysics | None:
    found = _CLASSIC.get(_name(inner))
    if found is None or task.info or _fields_read(task, env) or not found.fits(inner):
        return None
    return lambda num_envs: found(inner, num_envs)


def _mujoco(task: Task, env: gym.Env, inner: Any, threads: int) -> MakePhysics | None:
    body = BODIES.get(_name(inner))
    if body is None or importlib.util.find_spec("mujoco.batch") is None or not body.fits(inner):
        return None
    fields = _fields_read(task, env)
    from eureka_agent.training.simulators.mujoco_batch import MujocoPhysics, computed

    if not computed(fields) or not set(task.info.values()) <= set(body.info):
        return None
    return lambda num_envs: MujocoPhysics(
        inner, body, num_envs, fields=fields, info=task.info, threads=threads
    )


def device_physics(task: Task) -> MjxPhysics:
    """Return physics of a task's environment that a device can run; raises TaskError where there are none."""
    env: Any = task.make_env()
    if problem := no_device_physics(task, env):
        env.close()
        raise TaskError(problem, allowed=DEVICE_TASKS, fix="Train it with --device cpu.")
    inner = _bare(env)
    fields = _fields_read(task, env)
    return MjxPhysics(inner, BODIES[_name(inner)], fields=fields, info=task.info)


DEVICE_TASKS = (
    "Gymnasium's HalfCheetah, Hopper, Walker2d, Swimmer, Ant, Humanoid and Reacher (v5, contact forces left "
    "out), with signals from fields that MJX computes"
)


def no_device_physics(task: Task, env: gym.Env | None = None) -> str:
    """Return why a device cannot run a task's environment, in a sentence; empty if it can. Loads no JAX."""
    env = env or task.make_env()
    inner = _bare(env)
    body = None if inner is None else BODIES.get(_name(inner))
    if body is None or not body.fits(inner):
        return f"The environment of {task.name} has no version for a GPU."
    unknown = sorted(set(_fields_read(task, env)) - FIELDS) + sorted(set(task.info.values()) - set(body.info))
    if unknown:
        return f"{task.name} reads {', '.join(unknown)}, which MJX does not compute."
    return ""


def _bare(env: gym.Env) -> Any | None:
    """Return the environment inside wrappers that change nothing, or None if one of them might."""
    while isinstance(env, gym.Wrapper):
        if type(env) not in _HARMLESS and _name(env) != _WATCHING:
            return None
        env = env.env
    return env


def _name(env: Any) -> str:
    return f"{type(env).__module__}:{type(env).__qualname__}"


def _fields_read(task: Task, env: gym.Env) -> tuple[str, ...]:
    """Return the names that the task reads inside the environment.

    A name of `MjData` is taken for that field; a task that computes something else under such a name is not
    of the form that `[environment] state` gives.
    """
    env.reset(seed=0)
    read = task.behaviour.read_state(env)
    data = getattr(env.unwrapped, "data", None)
    for name, value in read.items():
        if not np.array_equal(np.asarray(value), np.asarray(getattr(data, name, None))):
            return (*read, _UNKNOWN)
    return tuple(read)
