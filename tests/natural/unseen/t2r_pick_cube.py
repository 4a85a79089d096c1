import numpy as np


def compute_reward(ee_position, cube_position, goal_position, gripper_openness, is_grasped, action):
    # Initialize reward
    reward = 0.0

    # Stage 1: reach the cube
    dist_to_cube = np.linalg.norm(ee_position - cube_position)
    reaching_reward = 1 - np.tanh(5.0 * dist_to_cube)
    reward += reaching_reward

    # Stage 2: grasp
    grasp_reward = 0.0
    goal_reward = 0.0
    if is_grasped:
        grasp_reward = 1.0
        reward += grasp_reward
        # Stage 3: move to goal
        dist_to_goal = np.linalg.norm(cube_position - goal_position)
        goal_reward = 2.0 * (1 - np.tanh(5.0 * dist_to_goal))
        reward += goal_reward
    else:
        # encourage opening the gripper
        reward += 0.1 * gripper_openness

    # Regularization of the robot's action
    reg = -0.01 * np.sum(action**2)
    reward += reg
    return reward, {"reach": reaching_reward, "grasp": grasp_reward, "goal": goal_reward, "reg": reg}
