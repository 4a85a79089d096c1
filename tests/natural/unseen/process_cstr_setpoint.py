import numpy as np

TEMP_MAX = 345.0


def compute_reward(concentration, temperature, coolant, prev_coolant, setpoint):
    error = concentration - setpoint
    tracking = -(error**2) * 1e2
    tracking_l1 = -abs(error)
    move = -0.01 * (coolant - prev_coolant) ** 2
    violation = 0.0
    if temperature > TEMP_MAX:
        violation = -np.log1p(temperature - TEMP_MAX)
    r = tracking + tracking_l1 + move + violation
    assert np.isfinite(r), "reward is not finite"
    return r, {"tracking": tracking, "move": move, "violation": violation}
