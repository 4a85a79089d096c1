import numpy as np


def compute_reward(cart_position, pole_angle, action):
    """Reward cart_position near 0.0 m; reward a low pole_angle; penalise the effort of acting."""
    # Reward cart_position near 0.0 m; one unit is 2.61 m.
    cart_position_near_x = np.clip(cart_position, -26.1, 26.1) / 2.61
    cart_position_near = 1.76 * np.exp(-np.square(cart_position_near_x) / 1.81)
    # Reward a low pole_angle; one unit is 0.0896 rad.
    pole_angle_low_x = np.clip(pole_angle, -0.896, 0.896) / 0.0896
    pole_angle_low = -0.597 * pole_angle_low_x
    # Penalise the effort of acting; one unit is 1.0.
    effort = -0.0189 * np.sum(np.square(np.clip(action, -10.0, 10.0)), axis=-1)
    reward = cart_position_near + pole_angle_low + effort
    return reward, {"cart_position_near": cart_position_near, "pole_angle_low": pole_angle_low, "effort": effort}
