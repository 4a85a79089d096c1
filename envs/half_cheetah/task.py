"""Half cheetah: the torso's motion in the plane, legs, feet, and what strains the body; speed as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import capsule_bottom, limit_proximity

DT_S = 0.05
START_HEIGHT_M = 0.7
JOINT_LOW = np.array([-0.52, -0.785, -0.4, -1.0, -1.2, -0.5])
JOINT_HIGH = np.array([1.05, 0.785, 0.785, 0.7, 0.87, 0.5])
TORSO, HEAD, BACK_FOOT, FRONT_FOOT = 1, 2, 5, 8
"""Numbers of the model's geoms; all are capsules of this radius."""
RADIUS_M = 0.046


def _measured(state, action, x_velocity):
    qpos, qvel, force = state["qpos"], state["qvel"], state["qfrc_constraint"]
    places, turns = state["geom_xpos"], state["geom_xmat"]
    torso = capsule_bottom(places, turns, TORSO, half_length=0.5, radius=RADIUS_M)
    head = capsule_bottom(places, turns, HEAD, half_length=0.15, radius=RADIUS_M)
    return {
        "x_position": qpos[:, 0],
        "x_velocity": x_velocity,
        "height": qpos[:, 1] + START_HEIGHT_M,
        "z_velocity": qvel[:, 1],
        "pitch": qpos[:, 2],
        "pitch_velocity": qvel[:, 2],
        "upright": np.cos(qpos[:, 2]),
        "joint_angles": qpos[:, 3:],
        "joint_velocities": qvel[:, 3:],
        "back_foot_height": capsule_bottom(places, turns, BACK_FOOT, half_length=0.094, radius=RADIUS_M),
        "front_foot_height": capsule_bottom(places, turns, FRONT_FOOT, half_length=0.07, radius=RADIUS_M),
        "body_clearance": np.minimum(torso, head),
        "torque": state["qfrc_actuator"][:, 3:],
        "impact": np.hypot(force[:, 0], force[:, 1]),
        "joint_limit_proximity": limit_proximity(qpos[:, 3:], JOINT_LOW, JOINT_HIGH),
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros_like(state["qpos"][:, 3:]), state["qvel"][:, 0])


def signals(before, action, after):
    return _measured(after, action, (after["qpos"][:, 0] - before["qpos"][:, 0]) / DT_S)


def fitness_step(signals):
    """Forward velocity; on its back only going backwards counts."""
    velocity = signals["x_velocity"]
    return np.where(signals["upright"] > 0.0, velocity, np.minimum(velocity, 0.0))


def events(signals):
    return {
        "it is upside down": signals["upright"] < 0.0,
        "torso or head is on the ground": signals["body_clearance"] < 0.01,
    }
