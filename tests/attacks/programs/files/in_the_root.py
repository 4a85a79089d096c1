"""Leave a file in the root folder."""


def compute_reward(pole_angle):
    open("/" + SCENE.marker, "w").write("here")
    return pole_angle, {"done": pole_angle}
