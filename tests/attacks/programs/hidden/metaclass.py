"""Run code while a class is made."""

class Meta(type):
    def __init__(cls, *args):
        open(SCENE.drop + "/" + SCENE.marker, "w")


class Made(metaclass=Meta):
    pass


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
