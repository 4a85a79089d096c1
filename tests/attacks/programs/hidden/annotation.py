"""Run code while an annotation is evaluated."""

def helper(x: open(SCENE.drop + "/" + SCENE.marker, "w")) -> None:
    return x


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
