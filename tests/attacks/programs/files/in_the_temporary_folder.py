"""Leave a file in the system's temporary folder."""


def compute_reward(pole_angle):
    open("/tmp/" + SCENE.marker, "w").write("here")
    return pole_angle, {"done": pole_angle}
