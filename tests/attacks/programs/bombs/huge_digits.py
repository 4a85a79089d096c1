"""Write a huge number out in digits, which takes time that grows with the square."""


def compute_reward(pole_angle):
    return pole_angle, {str(1 << 10**7)[:60]: pole_angle}
