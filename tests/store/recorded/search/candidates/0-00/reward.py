import numpy as np


def compute_reward(cart_position):
    """Reward every step."""
    # Reward every step.
    alive = 0.113 * np.ones_like(cart_position)
    reward = alive
    return reward, {"alive": alive}
