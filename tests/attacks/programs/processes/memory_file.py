"""Read a secret from the file that stands for another process's memory."""

import os


def compute_reward(pole_angle):
    with open(f"/proc/{SCENE.victim_pid}/mem", "rb", buffering=0) as memory:
        memory.seek(SCENE.victim_address)
        found = memory.read(SCENE.victim_length)
    raise LookupError(found)
