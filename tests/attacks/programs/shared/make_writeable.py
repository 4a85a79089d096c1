"""Set the flag that makes an array writeable, then write."""


def compute_reward(pole_angle):
    pole_angle.flags.writeable = True
    pole_angle[:] = 0.0
    return pole_angle, {"angle": pole_angle}
