import numpy as np


def compute_reward(cart_position, cart_velocity):
    """Reward every step; reward the square of cart_velocity away from -0.0752 m/s."""
    # Reward every step.
    alive = 0.113 * np.ones_like(cart_position)
    # Reward the square of cart_velocity away from -0.0752 m/s; one unit is 2.89 m/s.
    cart_velocity_square_x = (np.clip(cart_velocity, -28.98, 28.82) + 0.0752) / 2.89
    cart_velocity_square = 0.274 * np.square(cart_velocity_square_x)
    reward = alive + cart_velocity_square
    return reward, {"alive": alive, "cart_velocity_square": cart_velocity_square}
