"""Fetch a page over HTTP."""

import urllib.request


def compute_reward(pole_angle):
    urllib.request.urlopen(f"http://127.0.0.1:{SCENE.tcp_port}/", timeout=0.2)
    return pole_angle, {"PRIZE": pole_angle}
