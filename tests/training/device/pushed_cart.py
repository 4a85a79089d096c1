"""A small MJX task with discrete actions: a cart on a rail, pushed left, not at all, or right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium as gym
import mujoco
import numpy as np
from gymnasium import spaces
from point_mass import Behaviour, point_task

from eureka_agent.tasks.task import Signal, Task
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.simulators.mjx import Bodies, DevicePhysicsStep, MjxPhysics
from eureka_agent.training.simulators.mujoco_bodies import MujocoBody

FAR_M = 1.5
RAIL = """
<mujoco>
  <option timestep="0.05" integrator="Euler"/>
  <worldbody>
    <body>
      <joint name="rail" type="slide" axis="1 0 0" damping="0.5"/>
      <geom type="sphere" size="0.1" mass="1" contype="0" conaffinity="0"/>
    </body>
  </worldbody>
  <actuator><motor joint="rail" gear="3"/></actuator>
</mujoco>
"""


def _draw(env: Any, generator: Any) -> Any:
    return env.init_qpos + generator.uniform(low=-1.0, high=1.0, size=1), env.init_qvel


def _observe(env: Any, data: Any) -> Any:
    return np.concatenate([data["qpos"], data["qvel"]], axis=1)


def _position(env: Any, data: Any) -> Any:
    return data["qpos"][:, 0]


def _outcome(env: Any, before: Any, actions: Any, data: Any) -> Any:
    x = _position(env, data)
    return -np.square(x), np.abs(x) > FAR_M


class Rail:
    """What `MjxPhysics` reads of an environment; it takes forces."""

    def __init__(self) -> None:
        self.model = mujoco.MjModel.from_xml_string(RAIL)  # pyright: ignore[reportAttributeAccessIssue]
        self.frame_skip, self.init_qpos, self.init_qvel = 2, np.zeros(1), np.zeros(1)
        self.observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
        self.action_space = spaces.Box(-1.0, 1.0, (1,), np.float32)

    @property
    def dt(self) -> float:
        return self.model.opt.timestep * self.frame_skip


class PushedCart:
    """A `DevicePhysics`: the middle of the rail is the goal; an episode ends where the rail does."""

    observation_space: gym.Space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space: gym.Space = spaces.Discrete(3, start=-1)

    def __init__(self) -> None:
        body = MujocoBody(_draw, _observe, _position, _outcome)
        self._rail = MjxPhysics(Rail(), body, fields=(), info={})

    def reset(self, keys: Any) -> tuple[Bodies, dict[str, Any]]:
        return self._rail.reset(keys)

    def step(self, bodies: Bodies, actions: Any) -> DevicePhysicsStep:
        return self._rail.step(bodies, actions[:, None].astype(np.float32))


def cart_task(**settings: Any) -> Task:
    signals = (Signal("x", ()), Signal("v", ()), Signal("action", (3,)))
    return replace(point_task(**settings), name="pushed_cart", signals=signals, behaviour=Behaviour(3))


def cart_worlds(task: Task) -> DeviceWorlds:
    return DeviceWorlds(task, PushedCart())
