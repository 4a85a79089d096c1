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
import numpy as np
from gymnasium.utils import RecordConstructorArgs

from eureka_agent.errors import TaskError, did_you_mean
from eureka_agent.tasks.observe import numeric_info
from eureka_agent.tasks.task import Array

HARMLESS = ("compiler attribute 'settotalmass' is deprecated",)
"""Beginnings of warnings about Gymnasium's own models, which nobody here can act on."""


STEPPED_FIELDS = frozenset({
    "time", "qpos", "qvel", "act", "ctrl", "qacc", "xpos", "xquat", "xmat", "xipos", "ximat", "xanchor",
    "xaxis", "geom_xpos", "geom_xmat", "site_xpos", "site_xmat", "subtree_com", "cinert", "cvel", "cdof",
    "ten_length", "ten_velocity", "actuator_length", "actuator_velocity", "actuator_force", "qfrc_actuator",
    "qfrc_passive", "qfrc_bias", "qfrc_constraint", "qfrc_smooth", "sensordata",
})  # fmt: skip
"""Fields of `MjData` of a fixed shape that every step and every forward computes."""


_LEFT_BEHIND = tuple(sorted(STEPPED_FIELDS - {"time"} | {"cacc", "cfrc_int", "cfrc_ext"}))
"""Those, and what Gymnasium computes of contacts after a step."""


class SimulatorWarning(UserWarning):
    """A warning of MuJoCo, e.g. that a simulation became unstable."""


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


def mujoco_data(env: gym.Env) -> Any:
    """Return the `MjData` of an environment, or None where it has none."""
    mujoco: Any = sys.modules.get("mujoco")
    data = getattr(env.unwrapped, "data", None)
    return data if mujoco is not None and isinstance(data, mujoco.MjData) else None


def read_fields(env: gym.Env, names: Sequence[str]) -> Mapping[str, Array]:
    """Return fields of `MjData` by name: live views in MuJoCo's shapes, `(...)`, and units."""
    data = env.unwrapped.data if names else None  # pyright: ignore[reportAttributeAccessIssue]
    return {name: getattr(data, name) for name in names}


def read_physics(env: gym.Env) -> dict[str, Array]:
    """Return what the next step of a MuJoCo environment depends on, in the shapes of `MjData`.

    The integration state, `(size,)`, is all that MuJoCo needs. Fields computed by the last step lag it by one
    substep; an environment may read them before its next step, and they cannot be recomputed.
    """
    inner: Any = env.unwrapped
    mujoco: Any = sys.modules["mujoco"]
    spec = int(mujoco.mjtState.mjSTATE_INTEGRATION)
    integration = np.empty(mujoco.mj_stateSize(inner.model, spec))
    mujoco.mj_getState(inner.model, inner.data, integration, spec)
    return {name: getattr(inner.data, name) for name in _LEFT_BEHIND} | {"integration": integration}


def write_physics(env: gym.Env, physics: Mapping[str, Array]) -> None:
    """Put a MuJoCo environment into a state from `read_physics`, in the same shapes."""
    inner: Any = env.unwrapped
    mujoco: Any = sys.modules["mujoco"]
    mujoco.mj_setState(
        inner.model, inner.data, physics["integration"], int(mujoco.mjtState.mjSTATE_INTEGRATION)
    )
    for name in _LEFT_BEHIND:
        getattr(inner.data, name)[...] = physics[name]
    inner.data.warning.number[:] = 0  # who warned has ended its episode


def check_fields(env: gym.Env, names: Sequence[str], label: str) -> None:
    """Raise TaskError unless every name is an array of this environment's `MjData`."""
    data = mujoco_data(env)
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


class EndWhenUnstable(gym.Wrapper, RecordConstructorArgs):
    """Ends the episode at any simulator warning: MuJoCo resets an unstable world silently."""

    def __init__(self, env: gym.Env) -> None:
        RecordConstructorArgs.__init__(self)
        gym.Wrapper.__init__(self, env)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step; `terminated` if MuJoCo counted a warning since the last reset."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        data = self.env.unwrapped.data  # pyright: ignore[reportAttributeAccessIssue]
        unstable = bool(data.warning.number.any())
        return observation, reward, terminated or unstable, truncated, info


def watched(env: gym.Env) -> gym.Env:
    """Return a MuJoCo environment that ends unstable episodes, any other one as it is."""
    return env if mujoco_data(env) is None else EndWhenUnstable(env)
