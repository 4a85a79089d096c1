import numpy as np


def compute_reward(ee_pos, cube_pos, goal_height, gripper_openness, joint_vel):
    # Initialize reward
    reward = 0.0

    # Compute distance between end effector and cube A
    distance = np.linalg.norm(ee_pos - cube_pos)

    # Stage 1: reach the cube
    reaching_reward = 1 - np.tanh(5.0 * distance)
    reward += reaching_reward

    # Stage 2: grasp the cube
    is_grasped = distance < 0.2 and gripper_openness < 0.5
    grasp_reward = 0.0
    if is_grasped:
        grasp_reward = 0.25
        reward += grasp_reward

        # Stage 3: lift the cube
        height_diff = max(0.0, goal_height - cube_pos[2])
        lift_reward = 1.0 - min(height_diff / goal_height, 1.0)
        reward += lift_reward
    else:
        lift_reward = 0.0

    # Regularization of the robot's motion
    velocity_penalty = 0.01 * np.sum(np.abs(joint_vel))
    reward -= velocity_penalty

    return reward, {"reach": reaching_reward, "grasp": grasp_reward, "lift": lift_reward, "velocity": -velocity_penalty}
