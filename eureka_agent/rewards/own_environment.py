"""Whether an environment can be the one that a task's reward was designed for."""

from __future__ import annotations

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec

from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Task


def check_environment(task: Task, spec: EnvSpec | None, observed: gym.Space, acted: gym.Space) -> None:
    """Raise TaskError where an environment of another name has other spaces than the task's own.

    One of the same name may be wrapped in anything, and one of another name with equal spaces may be a
    variant: both are taken.
    """
    if spec is None or _name(spec.id) == _name(task.env_id):
        return
    own = task.make_env()
    try:
        spaces = ((observed, own.observation_space), (acted, own.action_space))
        differ = [(given, known) for given, known in spaces if _form(given) != _form(known)]
    finally:
        own.close()
    if differ:
        given, known = differ[0]
        raise TaskError(
            f"{spec.id} is not the environment of the task '{task.name}', {task.env_id}: it has {given}, "
            f"the task's own {known}.",
            allowed=f"{task.env_id}, in any wrappers, or an environment with equal spaces",
            fix="Give the environment that the reward was designed for, or the task that belongs to yours.",
        )


def _name(env_id: str) -> str:
    """Return an id without its module and version: `ale:Pong-v5` becomes `Pong`."""
    return env_id.rpartition(":")[2].rpartition("-v")[0] or env_id


def _form(space: gym.Space) -> tuple[type, tuple[int, ...] | None, int | None]:
    return type(space), space.shape, getattr(space, "n", None)
