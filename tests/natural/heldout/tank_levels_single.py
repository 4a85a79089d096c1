import numpy as np


def compute_reward(level, setpoint, pump, valve_open):
    err = abs(level - setpoint)
    if err < 0.05:
        track = 1.0
    elif err < 0.2:
        track = 0.5
    elif err < 0.5 and not level > 1.5:
        track = 0.1
    else:
        track = -err

    spill = -2.0 if level > 1.8 and valve_open == 0 else 0.0
    energy = -0.05 * pump**3
    total = round(2.0) * track + spill + energy
    return total, {"track": 2.0 * track, "spill": spill, "energy": energy}
