import numpy as np


def compute_reward(ee_pos, cube_pos, qvel, action, is_grasped):
    # Define reward weights
    w_dist, w_grasp, w_lift, w_act = 0.3, 0.2, 0.4, 0.1
    reward = 0.0
    components = {}

    # Stage 1: approach
    tcp_to_obj = np.linalg.norm(ee_pos - cube_pos, axis=-1)
    reaching = 1 - np.tanh(5 * tcp_to_obj)
    reward += w_dist * reaching
    components["reaching"] = w_dist * reaching

    # Stage 2: grasp
    grasped = is_grasped > 0.5
    if grasped:
        reward += w_grasp
    components["grasp"] = w_grasp if grasped else 0.0

    # Stage 3: lift
    lift = min(cube_pos[2] / 0.2, 1.0) if grasped else 0.0
    reward += w_lift * lift
    components["lift"] = w_lift * lift

    # Regularisation
    act_pen = np.square(action).mean()
    reward -= w_act * act_pen
    components["action"] = -w_act * act_pen
    return reward, components
