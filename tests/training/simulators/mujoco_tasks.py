"""Small tasks on Gymnasium's MuJoCo environments, with signals from fields of MjData."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent.tasks import building
from eureka_agent.tasks.task import FitnessSpec, Signal, Task, TaskRef, TrainingBudget

Array = np.ndarray


class Fields:
    """Every field as a signal of its own, and the action."""

    def __init__(self, names: tuple[str, ...], actions: int) -> None:
        self.names, self.actions = names, actions

    def read_state(self, env: gym.Env) -> Mapping[str, Array]:
        data: Any = env.unwrapped.data  # pyright: ignore[reportAttributeAccessIssue]
        return {name: getattr(data, name) for name in self.names}

    def initial_signals(self, state: Mapping[str, Array]) -> dict[str, Array]:
        zero = np.zeros((len(state["obs"]), self.actions), np.float32)
        return {name: state[name] for name in (*self.names, "obs")} | {"action": zero}

    def signals(
        self, before: Mapping[str, Array], action: Array, after: Mapping[str, Array]
    ) -> dict[str, Array]:
        return {name: after[name] for name in (*self.names, "obs")} | {"action": action}


def mujoco_task(env_id: str, fields: tuple[str, ...] = ("qpos", "qvel"), **kwargs: Any) -> Task:
    constructor, limit = building.gym_constructor(env_id, kwargs)
    env: Any = constructor()
    shapes = {name: getattr(env.unwrapped.data, name).shape for name in fields}
    shapes |= {"obs": env.observation_space.shape, "action": env.action_space.shape}
    env.close()
    return Task(
        name=env_id,
        description="",
        safety="",
        signals=tuple(Signal(name, shape) for name, shape in shapes.items()),
        fitness=FitnessSpec("the native return", "native_return"),
        budget=TrainingBudget(),
        algorithm={},
        env_id=env_id,
        max_episode_steps=limit or 1000,
        make_env=building.guarded(constructor, env_id, limit or 1000),
        behaviour=Fields(fields, shapes["action"][0]),
        reference="native",
        reference_origin="the environment's own reward",
        hacks={},
        context="",
        ref=TaskRef("gym", env_id),
    )
