import jax.numpy as jp


def compute_reward(box_pos, box_mat, target_pos, target_mat, gripper_pos, floor_contact):
    pos_err = jp.linalg.norm(target_pos - box_pos)
    rot_err = jp.linalg.norm(target_mat.ravel()[:6] - box_mat.ravel()[:6])
    box_target = 1 - jp.tanh(5 * (0.9 * pos_err + 0.1 * rot_err))
    gripper_box = 1 - jp.tanh(5 * jp.linalg.norm(box_pos - gripper_pos))
    no_floor_collision = (1 - floor_contact).astype(float)
    reached_box = 1.0 * (jp.linalg.norm(box_pos - gripper_pos) < 0.2)
    rewards = {
        "gripper_box": gripper_box * 4.0,
        "box_target": box_target * reached_box * 8.0,
        "no_floor_collision": no_floor_collision * 0.25,
    }
    return jp.clip(sum(rewards.values()), -1e4, 1e4), rewards
