"""Let the library make a temporary file."""

import tempfile


def compute_reward(pole_angle):
    tempfile.NamedTemporaryFile(prefix=SCENE.marker, dir=SCENE.drop, delete=False).write(b"here")
    return pole_angle, {"done": pole_angle}
