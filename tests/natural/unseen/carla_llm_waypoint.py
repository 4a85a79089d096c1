import numpy as np
from typing import Dict, Tuple


def compute_reward(
    velocity: np.ndarray,
    waypoint_dir: np.ndarray,
    dist_to_center: float,
    throttle: float,
    brake: float,
    light_state: int,
) -> Tuple[float, Dict[str, float]]:
    """Reward following the lane at a target speed, obeying the traffic lights."""
    RED, YELLOW = 0, 1
    target_speed = 8.0
    direction = waypoint_dir / (np.linalg.norm(waypoint_dir) + 1e-6)
    progress = float(velocity @ direction)

    if light_state == RED:
        speed_reward = -np.linalg.norm(velocity) / target_speed
    elif light_state == YELLOW:
        speed_reward = 0.5 * min(progress / target_speed, 1.0)
    else:
        speed_reward = min(progress / target_speed, 1.0)

    center_reward = max(0.0, 1.0 - dist_to_center / 2.0)
    comfort = -0.2 * throttle * brake
    components = {"speed": float(speed_reward), "center": float(center_reward), "comfort": float(comfort)}
    return float(sum(components.values())), components
