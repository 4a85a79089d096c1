"""Humanoid: the torso's motion, joints, feet, centre of mass, and what strains them; distance as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import heading, limit_proximity, to_world, up_vector

DT_S = 0.015
RANGES_DEG = np.array(
    [
        [-45, 45], [-75, 30], [-35, 35],
        [-25, 5], [-60, 35], [-110, 20], [-160, -2],
        [-25, 5], [-60, 35], [-110, 20], [-160, -2],
        [-85, 60], [-85, 60], [-90, 50],
        [-60, 85], [-60, 85], [-90, 50],
    ]
)  # fmt: skip
"""Stops of the 17 joints, in the order of `joint_angles`."""
RIGHT_FOOT, LEFT_FOOT = 8, 11
"""Numbers of the model's geoms, both spheres."""
FOOT_RADIUS_M = 0.075
TORSO_BODY = 1
"""The root of the body; its subtree is all of it."""


def _measured(state, action, velocity):
    qpos, qvel, force = state["qpos"], state["qvel"], state["qfrc_constraint"]
    right, left = state["geom_xpos"][:, RIGHT_FOOT], state["geom_xpos"][:, LEFT_FOOT]
    low, high = np.radians(RANGES_DEG[:, 0]), np.radians(RANGES_DEG[:, 1])
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
        "right_foot_position": right,
        "left_foot_position": left,
        "right_foot_height": right[:, 2] - FOOT_RADIUS_M,
        "left_foot_height": left[:, 2] - FOOT_RADIUS_M,
        "com_position": state["subtree_com"][:, TORSO_BODY],
        "torque": state["qfrc_actuator"][:, 6:],
        "impact": np.linalg.norm(force[:, :3], axis=-1),
        "joint_limit_proximity": limit_proximity(qpos[:, 7:], low, high),
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros_like(state["qpos"][:, 7:]), state["qvel"][:, :2])


def signals(before, action, after):
    return _measured(after, action, (after["qpos"][:, :2] - before["qpos"][:, :2]) / DT_S)


def fitness_step(signals):
    """Distance of the step along x, in m."""
    return signals["x_velocity"] * DT_S


def events(signals):
    return {
        "the torso came too low": signals["height"] <= 1.0,
        "the torso came too high": signals["height"] >= 2.0,
    }
