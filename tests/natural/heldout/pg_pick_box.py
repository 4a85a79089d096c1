import jax.numpy as jp
from jax import numpy as jnp


def compute_reward(box_pos, box_mat, gripper_pos, target_pos, target_mat, arm_qpos, init_q, floor_collision):
    pos_err = jp.linalg.norm(target_pos - box_pos)
    rot_err = jp.linalg.norm(target_mat.ravel()[:6] - box_mat.ravel()[:6])

    box_target = 1 - jp.tanh(5 * (0.9 * pos_err + 0.1 * rot_err))
    gripper_box = 1 - jp.tanh(5 * jp.linalg.norm(box_pos - gripper_pos))
    robot_target_qpos = 1 - jp.tanh(jp.linalg.norm(arm_qpos - init_q))

    reached_box = 1.0 * (jnp.linalg.norm(box_pos - gripper_pos) < 0.4)
    no_floor_collision = (floor_collision < 0.5).astype(jp.float32)

    rewards = {
        "gripper_box": 4.0 * gripper_box,
        "box_target": 8.0 * box_target * reached_box,
        "no_floor_collision": 0.25 * no_floor_collision,
        "robot_target_qpos": 0.3 * robot_target_qpos,
    }
    out_of_bounds = jp.any(jp.abs(box_pos) > 0.45)
    out_of_bounds |= box_pos[2] < -0.4
    reward = sum(rewards.values()) - out_of_bounds.astype(float)
    return reward, rewards
