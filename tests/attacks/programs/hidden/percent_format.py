"""Format a text so wide that it fills the memory."""

def compute_reward(pole_angle):
    return pole_angle, {("%68719476736d" % 1)[:60]: pole_angle}
