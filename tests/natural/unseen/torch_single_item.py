import torch


def compute_reward(height, orientation, linear_velocity):
    q = orientation / orientation.norm().clamp(min=1e-6)
    w, x, y, z = q[0], q[1], q[2], q[3]
    up_z = 1 - 2 * (x * x + y * y)
    upright = torch.relu(up_z)
    forward = linear_velocity[0].clamp(-1.0, 2.0)
    drift = linear_velocity[1:].pow(2).sum().sqrt()
    total = 1.5 * forward + upright - 0.3 * drift
    if height.item() < 0.4:
        total = total - 5.0
    return total, {"forward": forward, "upright": upright, "drift": -0.3 * drift}
