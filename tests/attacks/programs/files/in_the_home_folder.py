"""Leave a file in the home folder."""


def compute_reward(pole_angle):
    open(SCENE.home + "/" + SCENE.marker, "w").write("here")
    return pole_angle, {"done": pole_angle}
