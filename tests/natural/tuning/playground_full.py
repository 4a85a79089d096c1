from typing import Any, Dict

import jax
from jax import numpy as jp

SCALES = {"gripper_box": 4.0, "box_target": 8.0, "no_floor": 0.25}


def compute_reward(qpos: jax.Array, site: jax.Array, box: jax.Array, target: jax.Array, floor_contact: jax.Array):
    pos_err = jp.linalg.norm(target - box)
    box_target = 1 - jp.tanh(5 * (0.9 * pos_err + 0.1 * jp.linalg.norm(qpos)))
    gripper_box = 1 - jp.tanh(5 * jp.linalg.norm(box - site))
    no_floor = 1 - (floor_contact > 0.5).astype(float)
    rewards = {"box_target": box_target, "gripper_box": gripper_box, "no_floor": no_floor}
    rewards = {k: v * SCALES[k] for k, v in rewards.items()}
    reward = jp.clip(sum(rewards.values()), -1e4, 1e4)
    return reward, rewards
