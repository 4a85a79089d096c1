"""The heading tells the phase: out while it faces out, round once far enough, back while it faces back."""

import numpy as np


def compute_reward(x_position, x_velocity, heading, prev_heading, action):
    """Swim out, turn round, swim back."""
    facing_out = np.cos(heading) > 0.0
    far = x_position > 1.6
    going_out = np.where(facing_out & (x_position < 2.0), x_velocity, 0.0)
    turning = 50.0 * np.where(far, np.cos(prev_heading) - np.cos(heading), 0.0)
    going_back = np.where(facing_out | (x_position < -0.5), 0.0, -2.0 * x_velocity)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    reward = going_out + turning + going_back + effort
    parts = {"going_out": going_out, "turning": turning, "going_back": going_back, "effort": effort}
    return reward, parts
