"""Swimmer, a U-turn: centre, heading, joints, and what strains them; out, round and back as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import limit_proximity, wrapped

DT_S = 0.04
LEG_M = 1.5
"""How far out, and how far back."""
ROUND_RAD = 0.75 * np.pi
JOINT_LIMIT_RAD = 1.7453293


def _middles(qpos):
    """Return the middles `(n, 2)` of the front, middle and back link, each 1 m long and of the same mass."""
    first = qpos[:, 2:3]
    second = first + qpos[:, 3:4]
    third = second + qpos[:, 4:5]
    along = [np.concatenate([np.cos(angle), np.sin(angle)], axis=-1) for angle in (first, second, third)]
    front_joint = qpos[:, :2] + 0.5 * along[0]
    back_joint = front_joint - along[1]
    return qpos[:, :2] + along[0], front_joint - 0.5 * along[1], back_joint - 0.5 * along[2]


def _centre(qpos):
    front, middle, back = _middles(qpos)
    return (front + middle + back) / 3.0


def _measured(state, action, velocity):
    qpos, qvel, force = state["qpos"], state["qvel"], state["qfrc_constraint"]
    front, middle, back = _middles(qpos)
    centre = (front + middle + back) / 3.0
    return {
        "x_position": centre[:, 0],
        "y_position": centre[:, 1],
        "x_velocity": velocity[:, 0],
        "y_velocity": velocity[:, 1],
        "heading": np.arctan2(front[:, 1] - back[:, 1], front[:, 0] - back[:, 0]),
        "front_angle": qpos[:, 2],
        "front_angular_velocity": qvel[:, 2],
        "joint_angles": qpos[:, 3:],
        "joint_velocities": qvel[:, 3:],
        "torque": state["qfrc_actuator"][:, 3:],
        "impact": np.max(np.abs(force[:, 3:]), axis=-1),
        "joint_limit_proximity": limit_proximity(qpos[:, 3:], -JOINT_LIMIT_RAD, JOINT_LIMIT_RAD),
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros_like(state["qpos"][:, 3:]), state["qvel"][:, :2])


def signals(before, action, after):
    return _measured(after, action, (_centre(after["qpos"]) - _centre(before["qpos"])) / DT_S)


def fitness_episode(signals):
    """Out, round, back: each from 0 to 1, and none before the one ahead of it is complete."""
    x = signals["x_position"]
    out = x - signals["prev_x_position"][0]
    if not np.any(out >= LEG_M):
        return float(np.clip(np.max(out) / LEG_M, 0.0, 1.0))
    reached = int(np.argmax(out >= LEG_M))
    turned = np.abs(wrapped(signals["heading"] - signals["prev_heading"][0]))
    turned = np.where(np.arange(len(x)) >= reached, turned, 0.0)
    if not np.any(turned >= ROUND_RAD):
        return 1.0 + float(np.max(turned) / ROUND_RAD)
    round_at = int(np.argmax(turned >= ROUND_RAD))
    # Front first: only what is covered while turned round, and never more than was gained in all.
    steps = np.where(turned >= ROUND_RAD, signals["prev_x_position"] - x, 0.0)
    back = np.minimum(np.cumsum(steps[round_at + 1 :]), x[round_at] - x[round_at + 1 :])
    return 2.0 + float(np.clip(np.max(back, initial=0.0) / LEG_M, 0.0, 1.0))


def events(signals):
    return {
        "it is 1.5 m out": signals["x_position"] >= LEG_M,
        "the front points back": np.abs(signals["heading"]) >= ROUND_RAD,
        "a joint is at its stop": np.any(signals["joint_limit_proximity"] >= 1.0, axis=-1),
    }
