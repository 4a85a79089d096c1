"""What a MuJoCo environment shows of its physics, and what MuJoCo says that must not be lost.

A task names the fields of `MjData` it measures from (`[environment] state = ["qpos", "qvel"]`); here they are
read from a Gymnasium environment, and any batched simulator can provide the same names. MuJoCo itself is
never imported here: only environments that need it bring it along.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.observe import numeric_info
from eureka_agent.tasks.task import Array

HARMLESS = ("compiler attribute 'settotalmass' is deprecated",)
"""Beginnings of warnings about Gymnasium's own models, which nobody here can act on."""


class SimulatorWarning(UserWarning):
    """Something MuJoCo warns about, e.g. a simulation that became unstable."""


def route_warnings() -> None:
    """Make MuJoCo's warnings Python's, where it is loaded and nobody else listens to them.

    Otherwise it prints them and leaves a MUJOCO_LOG.TXT in the working folder.
    """
    mujoco: Any = sys.modules.get("mujoco")
    if mujoco is not None and mujoco.get_mju_user_warning() is None:
        mujoco.set_mju_user_warning(_warn)


def _warn(message: str) -> None:
    if not message.startswith(HARMLESS):
        warnings.warn(message, SimulatorWarning, stacklevel=2)


def _data(env: gym.Env) -> Any:
    """Return the `MjData` of an environment, or None where it has none."""
    mujoco: Any = sys.modules.get("mujoco")
    data = getattr(env.unwrapped, "data", None)
    return data if mujoco is not None and isinstance(data, mujoco.MjData) else None


def read_fields(env: gym.Env, names: Sequence[str]) -> Mapping[str, Array]:
    """Return fields of `MjData` by name: live views, without a leading axis."""
    data = env.unwrapped.data if names else None  # pyright: ignore[reportAttributeAccessIssue]
    return {name: getattr(data, name) for name in names}


def check_fields(env: gym.Env, names: Sequence[str], label: str) -> None:
    """Raise TaskError unless every name is an array of this environment's `MjData`."""
    data = _data(env)
    if names and data is None:
        raise TaskError(
            f"{label} shows no MuJoCo data, but its task.toml names environment.state.",
            allowed="environment.state only for environments with a mujoco.MjData at `env.unwrapped.data`",
            fix="Return what is needed from read_state(env) in task.py instead.",
        )
    for name in names:
        if numeric_info(getattr(data, name, None)) is None:
            known = [field for field in dir(data) if not field.startswith("_")]
            raise TaskError(
                f"environment.state: MjData has no array '{name}'.{did_you_mean(name, known)}",
                allowed="arrays of MuJoCo's MjData, e.g. qpos, qvel, geom_xpos, qfrc_constraint",
                fix="Correct the name.",
            )


class EndWhenUnstable(gym.Wrapper):
    """End the episode at any warning of the simulator: MuJoCo restarts an unstable world silently."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step; `terminated` if MuJoCo counted a warning since the last reset."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        data = self.env.unwrapped.data  # pyright: ignore[reportAttributeAccessIssue]
        unstable = bool(data.warning.number.any())
        return observation, reward, terminated or unstable, truncated, info


def watched(env: gym.Env) -> gym.Env:
    """Return a MuJoCo environment that ends unstable episodes, any other one as it is."""
    return env if _data(env) is None else EndWhenUnstable(env)
