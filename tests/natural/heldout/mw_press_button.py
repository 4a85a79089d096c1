import numpy as np


def gaussian(x, value_at_1):
    scale = np.sqrt(-2 * np.log(value_at_1))
    return np.exp(-0.5 * (x * scale) ** 2)


def compute_reward(tcp, button, button_travel, tcp_open):
    obj_to_target = abs(button_travel - 0.1)
    tcp_to_obj = np.linalg.norm(button - tcp)
    tcp_closed = 1 - tcp_open

    near_button = gaussian(tcp_to_obj / 0.2, 0.1)
    button_pressed = max(0.0, 1.0 - obj_to_target / 0.1)
    near_xy, near_z = np.abs(button[:2] - tcp[:2]), np.abs(button[-1] - tcp[-1])

    reward = 2 * (tcp_closed * near_button)
    if tcp_to_obj <= 0.2:
        reward += 8 * button_pressed
    if np.all(near_xy < 0.1) and near_z < 0.1:
        reward += 0.5
    return reward, {"near": 2 * tcp_closed * near_button, "pressed": 8 * button_pressed}
