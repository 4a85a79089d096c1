"""Reacher: fingertip, target and joints, and what strains them; the final distance as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import limit_proximity

DT_S = 0.02
UPPER_ARM_M, FOREARM_M = 0.1, 0.11
ELBOW_LIMIT_RAD = 3.0
LAST_STEPS = 20


def _fingertip(qpos):
    """Return x and y of the fingertip `(n, 2)`."""
    shoulder = qpos[:, 0:1]
    elbow = shoulder + qpos[:, 1:2]
    x = UPPER_ARM_M * np.cos(shoulder) + FOREARM_M * np.cos(elbow)
    y = UPPER_ARM_M * np.sin(shoulder) + FOREARM_M * np.sin(elbow)
    return np.concatenate([x, y], axis=-1)


def _measured(state, action, velocity):
    qpos, force = state["qpos"], state["qfrc_constraint"]
    fingertip, target = _fingertip(qpos), qpos[:, 2:4]
    return {
        "fingertip_position": fingertip,
        "target_position": target,
        "to_target": target - fingertip,
        "distance": np.linalg.norm(target - fingertip, axis=-1),
        "fingertip_velocity": velocity,
        "joint_angles": qpos[:, :2],
        "joint_velocities": state["qvel"][:, :2],
        "torque": state["qfrc_actuator"][:, :2],
        "impact": np.abs(force[:, 1]),
        "joint_limit_proximity": limit_proximity(qpos[:, 1:2], -ELBOW_LIMIT_RAD, ELBOW_LIMIT_RAD),
        "action": action,
    }


def initial_signals(state):
    none = np.zeros_like(state["qpos"][:, :2])
    return _measured(state, none, none)


def signals(before, action, after):
    return _measured(after, action, (_fingertip(after["qpos"]) - _fingertip(before["qpos"])) / DT_S)


def fitness_episode(signals):
    """Mean distance over the last steps: passing by is not enough."""
    return float(np.mean(signals["distance"][-LAST_STEPS:]))


def events(signals):
    return {
        "the fingertip is at the target": signals["distance"] < 0.02,
        "the elbow is at its stop": signals["joint_limit_proximity"][:, 0] >= 1.0,
    }
