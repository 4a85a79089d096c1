import jax.numpy as jp


def compute_reward(cart_pos, pole_cos, angvel, action):
    upright = (pole_cos + 1) / 2
    centered = jp.exp(-jp.abs(cart_pos))
    centered = (1 + centered) / 2
    small_control = (4 + (1 - action[0] ** 2)) / 5
    small_velocity = (1 + jp.where(jp.abs(angvel) < 2.0, 1.0, 0.0)) / 2
    r = upright * small_control * small_velocity * centered
    return r, {"upright": upright, "centered": centered, "control": small_control, "velocity": small_velocity}
