import numpy as np
from typing import Dict, Tuple


def compute_reward(
    x_velocity: np.ndarray,
    pitch: np.ndarray,
    foot_height: np.ndarray,
    action: np.ndarray,
    prev_action: np.ndarray,
) -> Tuple[np.ndarray, Dict[str, np.ndarray]]:
    """
    Reward a cheetah for running fast without tumbling.

    Args:
        x_velocity: forward speed, (num_envs,)
        pitch: torso angle in radians, (num_envs,)

    Returns:
        the reward and its parts
    """
    # --- Hyperparameters -------------------------------------------------
    target_speed = 8.0
    pitch_temperature = 0.5

    # --- Forward progress --------------------------------------------------
    forward = np.minimum(x_velocity, target_speed) / target_speed

    # --- Posture -----------------------------------------------------------
    posture = np.exp(-(pitch**2) / pitch_temperature)
    flipped = np.abs(pitch) > 1.5

    # --- Smoothness and energy --------------------------------------------
    energy = np.mean(action**2, axis=-1)
    smooth = np.mean(np.abs(action - prev_action), axis=-1)
    both_up = np.logical_and.reduce([foot_height[:, 0] > 0.25, foot_height[:, 1] > 0.25])

    reward = np.zeros_like(x_velocity)
    reward += 1.0 * forward
    reward += 0.2 * posture
    reward -= 0.05 * energy
    reward -= 0.05 * smooth
    reward[flipped] -= 1.0
    reward += 0.1 * both_up

    components = {
        "forward": forward,
        "posture": 0.2 * posture,
        "energy": -0.05 * energy,
        "smooth": -0.05 * smooth,
    }
    components["flight"] = 0.1 * both_up
    return reward, components
