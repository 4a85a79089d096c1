import numpy as np


class StackReward:
    table_height = -0.1
    reward_scale = 1.0


def staged_rewards(gripper_site, cubeA_pos, cubeB_pos, grasping, touching):
    # reaching is successful when the gripper site is close to the center of the cube
    dist = np.linalg.norm(gripper_site - cubeA_pos)
    r_reach = (1 - np.tanh(10.0 * dist)) * 0.25
    if grasping:
        r_reach += 0.25

    # lifting is successful when the cube is above the table top by a margin
    cubeA_lifted = cubeA_pos[2] > StackReward.table_height + 0.04
    r_lift = 1.0 if cubeA_lifted else 0.0
    if cubeA_lifted:
        horiz_dist = np.linalg.norm(np.array(cubeA_pos[:2]) - np.array(cubeB_pos[:2]))
        r_lift += 0.5 * (1 - np.tanh(horiz_dist))

    r_stack = 0
    if not grasping and r_lift > 0 and touching:
        r_stack = 2.0
    return r_reach, r_lift, r_stack


def compute_reward(gripper_site, cubeA_pos, cubeB_pos, grasping_cubeA, touching):
    r_reach, r_lift, r_stack = staged_rewards(gripper_site, cubeA_pos, cubeB_pos, grasping_cubeA, touching)
    reward = max(r_reach, r_lift, r_stack)
    reward *= StackReward.reward_scale / 2.0
    return reward, {"reach": r_reach, "lift": r_lift, "stack": float(r_stack)}
