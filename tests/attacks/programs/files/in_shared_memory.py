"""Leave a file in the folder of shared memory."""


def compute_reward(pole_angle):
    open("/dev/shm/" + SCENE.marker, "w").write("here")
    return pole_angle, {"done": pole_angle}
