"""Never return."""


def compute_reward(pole_angle):
    while True:
        pass
