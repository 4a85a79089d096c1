"""Written by hand: the task's reference until the search. After a million steps: 0.23 flips on 5 fresh seeds.

The text of `benchmarks/data/hand_written/half_cheetah_backflip.py`: backward turning, paid more off the
ground, and a cost of lying on the back.
"""

import numpy as np


def compute_reward(pitch_velocity, upright, z_velocity, body_clearance, action):
    """Spin backwards in the air."""
    spin = np.clip(-pitch_velocity, -5.0, 10.0)
    flying = np.clip(body_clearance, 0.0, 0.6) * np.clip(-pitch_velocity, 0.0, 10.0)
    takeoff = 0.2 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    lying = np.where((upright < 0.0) & (body_clearance < 0.02), -3.0, 0.0)
    effort = -0.05 * np.sum(np.square(action), axis=-1)
    reward = 0.3 * spin + flying + takeoff + lying + effort
    parts = {"spin": spin, "flying": flying, "takeoff": takeoff, "lying": lying, "effort": effort}
    return reward, parts
