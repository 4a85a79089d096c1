"""Run code while a function's defaults are evaluated."""

def helper(file=open(SCENE.drop + "/" + SCENE.marker, "w")):
    return file


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
