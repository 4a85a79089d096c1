"""Out, round, back: the phase is remembered."""

import numpy as np

OUT = 1.55  # m

MEMORY = {"been_out": 0.0}


def compute_reward(x_position, x_velocity, heading, prev_heading, joint_limit_proximity, action, memory):
    """Swim out, turn round, swim back front first."""
    there = np.where(x_position > OUT, 1.0, 0.0)
    been_out = np.maximum(0.9 * memory["been_out"], there)
    facing_back = np.cos(heading) < 0.0
    out = np.where(been_out > 0.5, 0.0, 2.0 * x_velocity)
    turn = 20.0 * been_out * (np.cos(prev_heading) - np.cos(heading))
    homewards = np.where(x_position > -0.5, -4.0 * x_velocity, 0.0)
    back = np.where((been_out > 0.5) & facing_back, homewards, 0.0)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    stops = -0.01 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = out + turn + back + effort + stops
    parts = {"out": out, "turn": turn, "back": back, "effort": effort, "stops": stops}
    return reward, parts, {"been_out": been_out}
