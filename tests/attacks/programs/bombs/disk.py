"""Fill the disk."""


def compute_reward(pole_angle):
    with open(SCENE.drop + "/" + SCENE.marker, "wb") as file:
        for _ in range(300):
            file.write(bytes(2**20))
    return pole_angle, {"done": pole_angle}
