"""Make objects whose clean-up makes more objects."""


class Hydra:
    def __del__(self):
        Hydra(), Hydra()


def compute_reward(pole_angle):
    for _ in range(1000):
        Hydra()
    return pole_angle, {"heads": pole_angle}
