import numpy as np


def compute_reward(hand_pos, handle_pos, door_angle):
    def reach():
        return -np.linalg.norm(hand_pos - handle_pos)

    def opened():
        return max(0.0, min(1.0, -door_angle / 1.2))

    reach_rew = reach()
    door_rew = 10 * opened()
    success_bonus = 5.0 if opened() > 0.9 else 0.0
    return reach_rew + door_rew + success_bonus, {
        "reach": reach_rew,
        "door": door_rew,
        "success": success_bonus,
    }
