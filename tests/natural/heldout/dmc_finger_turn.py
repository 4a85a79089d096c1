import numpy as np


def compute_reward(touch, tip_position, target_position, hinge_velocity):
    """Turn the spinner and keep its tip at the target."""
    to_target = target_position - tip_position
    dist_to_target = np.linalg.norm(to_target) - 0.1
    turned = float(dist_to_target <= 0)
    spinning = float(hinge_velocity <= -15.0)
    pressed = np.log1p(touch)
    contact = np.minimum(pressed.max(), 1.0)
    reward = 0.5 * turned + 0.3 * spinning + 0.2 * contact
    return reward, {"turn": 0.5 * turned, "spin": 0.3 * spinning, "touch": 0.2 * contact}
