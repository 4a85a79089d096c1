"""Hopper: the torso's motion in the plane, the leg, the foot, and what strains them; distance as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import capsule_bottom, limit_proximity

DT_S = 0.008
JOINT_LOW = np.array([-2.6179939, -2.6179939, -0.7853982])
JOINT_HIGH = np.array([0.0, 0.0, 0.7853982])
TORSO, THIGH, FOOT = 1, 2, 4
"""Numbers of the model's geoms, all capsules."""


def _measured(state, action, x_velocity):
    qpos, qvel, force = state["qpos"], state["qvel"], state["qfrc_constraint"]
    places, turns = state["geom_xpos"], state["geom_xmat"]
    torso = capsule_bottom(places, turns, TORSO, half_length=0.2, radius=0.05)
    thigh = capsule_bottom(places, turns, THIGH, half_length=0.225, radius=0.05)
    return {
        "x_position": qpos[:, 0],
        "x_velocity": x_velocity,
        "height": qpos[:, 1],
        "z_velocity": qvel[:, 1],
        "pitch": qpos[:, 2],
        "pitch_velocity": qvel[:, 2],
        "upright": np.cos(qpos[:, 2]),
        "joint_angles": qpos[:, 3:],
        "joint_velocities": qvel[:, 3:],
        "foot_height": capsule_bottom(places, turns, FOOT, half_length=0.195, radius=0.06),
        "body_clearance": np.minimum(torso, thigh),
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
    """Forward distance of the step, in m."""
    return signals["x_velocity"] * DT_S


def events(signals):
    return {
        "the torso came too low": signals["height"] <= 0.7,
        "the torso leaned too far": np.abs(signals["pitch"]) >= 0.2,
    }
