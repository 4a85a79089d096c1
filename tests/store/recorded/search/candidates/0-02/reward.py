import numpy as np


def compute_reward(cart_velocity, pole_angular_velocity, prev_pole_angular_velocity):
    """Reward the square of cart_velocity away from -0.0752 m/s; reward a high pole_angular_velocity; …"""
    # Reward the square of cart_velocity away from -0.0752 m/s; one unit is 0.879 m/s.
    cart_velocity_square_x = (np.clip(cart_velocity, -8.865, 8.715) + 0.0752) / 0.879
    cart_velocity_square = 0.731 * np.square(cart_velocity_square_x)
    # Reward a high pole_angular_velocity; one unit is 1.71 rad/s.
    pole_angular_velocity_high_x = np.clip(pole_angular_velocity, -17.1, 17.1) / 1.71
    pole_angular_velocity_high = 0.209 * pole_angular_velocity_high_x
    # Reward pole_angular_velocity coming closer to 0.0 rad/s; one unit is 0.178 rad/s.
    pole_angular_velocity_approach_x = np.clip(pole_angular_velocity, -1.78, 1.78) / 0.178
    prev_pole_angular_velocity_approach_x = np.clip(prev_pole_angular_velocity, -1.78, 1.78) / 0.178
    pole_angular_velocity_approach = 0.458 * (np.abs(prev_pole_angular_velocity_approach_x) - np.abs(pole_angular_velocity_approach_x))
    reward = cart_velocity_square + pole_angular_velocity_high + pole_angular_velocity_approach
    return reward, {"cart_velocity_square": cart_velocity_square, "pole_angular_velocity_high": pole_angular_velocity_high, "pole_angular_velocity_approach": pole_angular_velocity_approach}
