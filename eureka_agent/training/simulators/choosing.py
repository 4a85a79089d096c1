"""Which simulator a task gets: the fastest that is known to equal its environment."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from eureka_agent.errors import TaskError
from eureka_agent.tasks.mujoco_state import STEPPED_FIELDS
from eureka_agent.tasks.task import Task
from eureka_agent.training.simulators.batched import BatchedWorlds
from eureka_agent.training.simulators.classic import CLASSIC
from eureka_agent.training.simulators.gym_worlds import GymWorldsMaker
from eureka_agent.training.simulators.mjx import MjxPhysics
from eureka_agent.training.simulators.mujoco_bodies import BODIES
from eureka_agent.training.simulators.registry import (
    MakeWorlds,
    OpenedEnv,
    device_maker,
    register_device_physics,
    register_simulator,
    worlds_maker,
)
from eureka_agent.training.simulators.simulator import Simulator

if TYPE_CHECKING:
    from eureka_agent.training.device.worlds import DevicePhysics


class SimulatorFactory:
    """Makes simulators of one task; what they share (a model, say) is loaded once.

    `threads` is how many threads one simulator may step its worlds on, where it knows how to, and `processes`
    in how many processes Gymnasium's environments may be stepped. Results depend on neither.
    """

    def __init__(self, task: Task, *, threads: int = 1, processes: int = 1) -> None:
        self.task = task
        self.threads, self.processes = threads, processes
        opened = OpenedEnv(task, task.make_env(), threads)
        self.action_space = opened.env.action_space
        self._make = worlds_maker(opened)
        self._gym = None if self._make else GymWorldsMaker(task, opened.env, processes=processes)

    @property
    def batched(self) -> bool:
        """Whether the task has a batched simulator, or steps Gymnasium's environments one by one."""
        return self._make is not None

    def make(self, seeds: Sequence[int], *, here: bool = False) -> Simulator:
        """Return worlds with these seeds, stepped `here` if they must be; raises TaskError without seeds."""
        if not seeds:
            raise TaskError("A simulator with zero worlds was asked for.", allowed="one world or more")
        if self._gym is not None:
            return self._gym(seeds, here=here)
        assert self._make is not None
        return self._make(seeds)


def classic_worlds(opened: OpenedEnv) -> MakeWorlds | None:
    """Stand for Gymnasium's classic control, where the task reads nothing but observations."""
    task, env, kind = opened.task, opened.inner, CLASSIC[opened.class_path]
    if task.info or opened.fields or not kind.fits(env):
        return None
    return lambda seeds: BatchedWorlds(task, kind(env, len(seeds)), seeds)


def mujoco_worlds(opened: OpenedEnv) -> MakeWorlds | None:
    """Stand for Gymnasium's MuJoCo bodies, where the task reads what `mujoco.batch` shows."""
    task, env, body = opened.task, opened.inner, BODIES[opened.class_path]
    if importlib.util.find_spec("mujoco.batch") is None or not body.fits(env):
        return None
    # Any other field might show another simulation's value.
    if not set(opened.fields) <= STEPPED_FIELDS or not set(task.info.values()) <= set(body.info):
        return None
    from eureka_agent.training.simulators.mujoco_batch import MujocoPhysics

    def make(seeds: Sequence[int]) -> Simulator:
        physics = MujocoPhysics(
            env, body, len(seeds), fields=opened.fields, info=task.info, threads=opened.threads
        )
        return BatchedWorlds(task, physics, seeds)

    return make


def mjx_physics(opened: OpenedEnv) -> Callable[[], MjxPhysics] | str:
    """Have Gymnasium's MuJoCo bodies on MJX, where the task reads what it computes."""
    task, env, body = opened.task, opened.inner, BODIES[opened.class_path]
    if not body.fits(env):
        return f"The environment of {task.name} has no version for a GPU."
    unknown = sorted(set(opened.fields) - STEPPED_FIELDS) + sorted(set(task.info.values()) - set(body.info))
    if unknown:
        return f"{task.name} reads {', '.join(unknown)}, which MJX does not compute."
    return lambda: MjxPhysics(env, body, fields=opened.fields, info=task.info)


for _path in CLASSIC:
    register_simulator(_path, classic_worlds)
for _path in BODIES:
    register_simulator(_path, mujoco_worlds)
    register_device_physics(_path, mjx_physics)

DEVICE_TASKS = (
    "Gymnasium's HalfCheetah, Hopper, Walker2d, Swimmer, Ant, Humanoid and Reacher (v5, contact forces left "
    "out), with signals from fields that MJX computes"
)


def device_physics(task: Task) -> DevicePhysics:
    """Return physics of a task's environment that a device can run; raises TaskError where there are none."""
    opened = OpenedEnv(task, task.make_env())
    make = device_maker(opened)
    if isinstance(make, str):
        opened.env.close()
        raise TaskError(make, allowed=DEVICE_TASKS, fix="Train it with --device cpu.")
    return make()


def no_device_physics(task: Task) -> str:
    """Return why a device cannot run a task's environment, in a sentence; empty if it can. Loads no JAX."""
    opened = OpenedEnv(task, task.make_env())
    make = device_maker(opened)
    opened.env.close()
    return make if isinstance(make, str) else ""
