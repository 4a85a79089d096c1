"""Append to a file that exists."""


def compute_reward(pole_angle):
    open(SCENE.drop + "/precious.txt", "a").write("more")
    return pole_angle, {"done": pole_angle}
