import torch

WHEEL_RADIUS = 0.08
UNDESIRED = [1, 2, 4]


def compute_reward(pitch, pitch_rate, wheel_vel, cmd_vel, contact_force):
    kernel = lambda err, sigma: torch.exp(-torch.square(err) / sigma)  # noqa: E731
    vel = WHEEL_RADIUS * wheel_vel.mean(dim=1)
    track = kernel(vel - cmd_vel, 0.25)
    upright = kernel(pitch, 0.04)
    smooth = -0.01 * pitch_rate.square()
    bad = (contact_force[:, UNDESIRED] > 30.0).sum(dim=1).clamp(max=2)
    skew = torch.diff(wheel_vel, dim=1).squeeze(1).abs()
    fallen = pitch.abs() > 0.5
    reward = track + 0.5 * upright + smooth - 0.5 * bad - 0.01 * skew
    reward = reward.masked_fill(fallen, -2.0)
    return reward, {"track": track, "upright": 0.5 * upright, "smooth": smooth, "contact": -0.5 * bad, "skew": -0.01 * skew}
