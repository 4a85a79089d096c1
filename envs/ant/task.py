"""Ant: position, heading and rotation of the torso, four legs, and what strains them; distance as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import capsule_bottom, heading, limit_proximity, to_world, up_vector

DT_S = 0.05
JOINT_LOW = np.array(
    [-0.5235988, 0.5235988, -0.5235988, -1.2217305, -0.5235988, -1.2217305, -0.5235988, 0.5235988]
)
JOINT_HIGH = np.array(
    [0.5235988, 1.2217305, 0.5235988, -0.5235988, 0.5235988, -0.5235988, 0.5235988, 1.2217305]
)
LOWER_LEGS = (4, 7, 10, 13)
"""Numbers of the model's geoms, all capsules."""


def _measured(state, action, velocity):
    qpos, qvel, force = state["qpos"], state["qvel"], state["qfrc_constraint"]
    places, turns = state["geom_xpos"], state["geom_xmat"]
    feet = [capsule_bottom(places, turns, leg, half_length=0.2828427, radius=0.08) for leg in LOWER_LEGS]
    return {
        "x_position": qpos[:, 0],
        "y_position": qpos[:, 1],
        "x_velocity": velocity[:, 0],
        "y_velocity": velocity[:, 1],
        "height": qpos[:, 2],
        "z_velocity": qvel[:, 2],
        "upright": np.clip(up_vector(qpos[:, 3:7])[:, 2], -1.0, 1.0),
        "heading": heading(qpos[:, 3:7]),
        "angular_velocity": to_world(qpos[:, 3:7], qvel[:, 3:6]),
        "joint_angles": qpos[:, 7:],
        "joint_velocities": qvel[:, 6:],
        "feet_height": np.stack(feet, axis=-1),
        "torque": state["qfrc_actuator"][:, 6:],
        "impact": np.linalg.norm(force[:, :3], axis=-1),
        "joint_limit_proximity": limit_proximity(qpos[:, 7:], JOINT_LOW, JOINT_HIGH),
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros_like(state["qpos"][:, 7:]), state["qvel"][:, :2])


def signals(before, action, after):
    return _measured(after, action, (after["qpos"][:, :2] - before["qpos"][:, :2]) / DT_S)


def fitness_step(signals):
    """Distance of the step along x, in m; upside down only going back counts."""
    distance = signals["x_velocity"] * DT_S
    return np.where(signals["upright"] > 0.0, distance, np.minimum(distance, 0.0))


def events(signals):
    return {
        "the torso came too low": signals["height"] < 0.2,
        "the torso came too high": signals["height"] > 1.0,
    }
