"""Evaluate a text."""

def compute_reward(pole_angle):
    eval("open(SCENE.drop + '/' + SCENE.marker, 'w')")
    return pole_angle, {"angle": pole_angle}
