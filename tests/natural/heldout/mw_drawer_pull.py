import numpy as np
import numpy.typing as npt
from typing import Any


def tolerance(x: float, bounds: tuple[float, float], margin: float) -> Any:
    lower, upper = bounds
    d = np.maximum(lower - x, x - upper) / margin
    return np.where(d <= 0, 1.0, np.exp(-0.5 * (d * 2.1459660262893472) ** 2))


def compute_reward(
    handle: npt.NDArray[np.float64],
    gripper: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
    gripper_open: float,
) -> tuple[float, dict[str, float]]:
    handle_error = float(np.linalg.norm(handle - target))
    reward_for_opening = tolerance(handle_error, bounds=(0, 0.02), margin=0.2)

    handle_pos_init = target + np.array([0.0, 0.2, 0.0])
    # Emphasize XY error so that gripper is able to drop down and cage the handle without running into it.
    scale = np.array([3.0, 3.0, 1.0])
    gripper_error = (handle - gripper) * scale
    gripper_error_init = (handle_pos_init - gripper) * scale
    reward_for_caging = tolerance(
        float(np.linalg.norm(gripper_error)),
        bounds=(0, 0.01),
        margin=np.linalg.norm(gripper_error_init) + 0.1,
    )
    reward = reward_for_caging + reward_for_opening
    reward *= 5.0
    if handle_error < 0.1 and gripper_open < 0.8:
        reward += 1.0
    return reward, {"caging": 5.0 * reward_for_caging, "opening": 5.0 * reward_for_opening}
