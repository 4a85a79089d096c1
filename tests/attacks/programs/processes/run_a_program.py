"""Run a program that leaves a file."""

import subprocess


def compute_reward(pole_angle):
    subprocess.run(["/bin/sh", "-c", "touch " + SCENE.drop + "/" + SCENE.marker], check=True)
    return pole_angle, {"PRIZE": pole_angle}
