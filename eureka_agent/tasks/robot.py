"""What a MuJoCo model says of its robot: masses, lengths, limits, and where positive angles take a part."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np

_HINGE, _CAPSULE = 3, 3
"""`mjtJoint.mjJNT_HINGE` and `mjtGeom.mjGEOM_CAPSULE`."""
_JOINT, _BODY = 3, 1
"""`mjtObj` of joints and bodies, whose names are asked."""
_TURNED = 0.2
"""rad: how far a joint is turned to see where it takes what hangs on it."""
_COUNTS = 0.5
"""A direction is named if it is at least this share of the largest."""
_LEAST_SHIFT = 3e-3
"""m: a smaller shift is a turn about the part's own axis."""
_DIRECTIONS = (("forward (+x)", "backward (-x)"), ("left (+y)", "right (-y)"), ("up", "down"))
_MOST_JOINTS = 24
_HEADER = (
    "| joint | part that it moves | mass (kg) | length (m) | range (rad) | a positive angle takes that part, "
    "and what hangs on it |\n| --- | --- | --- | --- | --- | --- |"
)


def robot_text(env: gym.Env) -> str:
    """Return a table of the driven hinge joints of a MuJoCo environment; empty where there are none.

    Directions are those from the model's initial posture with everything before the joint held still.
    """
    inner = env.unwrapped
    mujoco, model = sys.modules.get("mujoco"), getattr(inner, "model", None)
    if mujoco is None or not isinstance(model, mujoco.MjModel):
        return ""
    rows = list(_rows(mujoco, model))
    return "\n".join([_HEADER, *rows]) if 0 < len(rows) <= _MOST_JOINTS else ""


def _rows(mujoco: Any, model: Any) -> Iterator[str]:
    driven = set(np.asarray(model.actuator_trnid)[:, 0].tolist())
    for joint in range(model.njnt):
        if model.jnt_type[joint] != _HINGE or joint not in driven:
            continue
        body = int(model.jnt_bodyid[joint])
        low, high = np.asarray(model.jnt_range)[joint]
        cells = (
            mujoco.mj_id2name(model, _JOINT, joint) or f"joint {joint}",
            mujoco.mj_id2name(model, _BODY, body) or f"body {body}",
            f"{model.body_mass[body]:.3g}",
            _length(model, body),
            f"{low:.2f} to {high:.2f}" if model.jnt_limited[joint] else "unlimited",
            _direction(_shift(mujoco, model, joint, body)),
        )
        yield "| " + " | ".join(cells) + " |"


def _length(model: Any, body: int) -> str:
    """Return the length of a part's longest capsule, without its round ends."""
    own = (np.asarray(model.geom_bodyid) == body) & (np.asarray(model.geom_type) == _CAPSULE)
    sizes = np.asarray(model.geom_size)[own, 1]
    return f"{2 * sizes.max():.2f}" if sizes.size else ""


def _shift(mujoco: Any, model: Any, joint: int, body: int) -> np.ndarray:
    """Return where the centre of mass of all that hangs on a joint goes if it is turned; m, `(3,)`."""
    data = mujoco.MjData(model)
    centres = []
    for angle in (0.0, _TURNED):
        mujoco.mj_resetData(model, data)
        data.qpos[model.jnt_qposadr[joint]] += angle
        mujoco.mj_forward(model, data)
        centres.append(np.array(data.subtree_com[body]))
    return centres[1] - centres[0]


def _direction(shift: np.ndarray) -> str:
    size = np.abs(shift)
    if size.max() < _LEAST_SHIFT:
        return "nowhere: it turns about its own axis"
    named = [
        words[0] if moved > 0 else words[1]
        for words, moved in zip(_DIRECTIONS, shift, strict=True)
        if abs(moved) >= _COUNTS * size.max()
    ]
    return ", ".join(named)
