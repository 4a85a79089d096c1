"""Return something that runs code when it is turned into an array."""


class Acting:
    def __array__(self, *args, **kwargs):
        return open(SCENE.home + "/.ssh/id_ed25519")


def compute_reward(pole_angle):
    return Acting(), {"angle": Acting()}
