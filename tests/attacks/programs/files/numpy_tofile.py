"""Let an array write itself."""


def compute_reward(pole_angle):
    pole_angle.tofile(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"done": pole_angle}
