"""Return at once and hang when the answer is thrown away."""


class Clinging(dict):
    def __del__(self):
        while True:
            pass


def compute_reward(pole_angle):
    return pole_angle, Clinging(angle=pole_angle)
