"""A device task that compiles in a moment: a point pushed along a line, ended when it goes too far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces

from eureka_agent.tasks.task import FitnessSpec, Signal, Task, TaskRef, TrainingBudget
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.simulators.mjx import DevicePhysicsStep

LIMIT, DT_S, FAR_M = 20, 0.1, 1.5


class Point(NamedTuple):
    x: Any
    v: Any


class PointMass:
    """A `DevicePhysics`: the origin is the goal; episodes end beyond `FAR_M` and break beyond `breaks`."""

    observation_space: gym.Space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space: gym.Space = spaces.Box(-1.0, 1.0, (1,), np.float32)

    def __init__(self, breaks: float = np.inf) -> None:
        self.breaks = breaks

    def reset(self, keys: Any) -> tuple[Point, dict[str, Any]]:
        x = jax.vmap(lambda key: jax.random.uniform(key, (), minval=-1.0, maxval=1.0))(keys)
        body = Point(x, jnp.zeros_like(x))
        return body, self._state(body)

    def step(self, bodies: Point, actions: Any) -> DevicePhysicsStep:
        v = bodies.v + DT_S * 3.0 * actions[:, 0]
        body = Point(bodies.x + DT_S * v, v)
        broken = body.x > self.breaks
        body = Point(jnp.where(broken, jnp.nan, body.x), v)
        return DevicePhysicsStep(
            body, self._state(body), -jnp.square(body.x), jnp.abs(body.x) > FAR_M, broken
        )

    def _state(self, body: Point) -> dict[str, Any]:
        return {"obs": jnp.stack([body.x, body.v], axis=-1)}


class Behaviour:
    """Position, velocity and action; written for NumPy, as a task's would be."""

    def __init__(self, actions: int = 1) -> None:
        self.actions = actions

    def read_state(self, env: gym.Env) -> Mapping[str, Any]:
        return {}

    def initial_signals(self, state: Mapping[str, Any]) -> dict[str, Any]:
        return self._measured(state, np.zeros((len(state["obs"]), self.actions), np.float32))

    def signals(self, before: Mapping[str, Any], action: Any, after: Mapping[str, Any]) -> dict[str, Any]:
        return self._measured(after, action)

    def _measured(self, state: Mapping[str, Any], action: Any) -> dict[str, Any]:
        return {"x": state["obs"][:, 0], "v": state["obs"][:, 1], "action": action}


def near(signals: dict[str, Any]) -> Any:
    return np.exp(-np.square(signals["x"]))


def mean_distance(signals: Mapping[str, Any]) -> float:
    return float(np.mean([abs(float(x)) for x in signals["x"]]))


def point_task(reduce: Any = "mean", **settings: Any) -> Task:
    algorithm = {"n_envs": 8, "n_steps": 16, "batch_size": 32, "n_epochs": 2, **settings}
    return Task(
        name="point_mass",
        description="",
        safety="",
        signals=(Signal("x", ()), Signal("v", ()), Signal("action", (1,))),
        fitness=FitnessSpec("nearness", reduce, "minimize" if reduce == "episode" else "maximize"),
        budget=replace(TrainingBudget(), checkpoints=2, eval_episodes=3),
        algorithm={"normalize_observation": True, "hidden_sizes": (16, 16), **algorithm},
        env_id="point_mass",
        max_episode_steps=LIMIT,
        make_env=lambda: gym.make("CartPole-v1"),
        behaviour=Behaviour(),
        reference="native",
        reference_origin="the environment's own reward",
        hacks={},
        context="",
        ref=TaskRef("gym", "point_mass"),
        fitness_step=None if reduce in ("episode", "native_return") else near,
        fitness_episode=mean_distance if reduce == "episode" else None,
    )


def point_worlds(task: Task, breaks: float = np.inf) -> DeviceWorlds:
    return DeviceWorlds(task, PointMass(breaks))
