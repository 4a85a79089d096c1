import torch


def get_euler_rp(q):
    q = q / q.norm(dim=-1, keepdim=True)
    qx, qy, qz, qw = q[:, 0], q[:, 1], q[:, 2], q[:, 3]
    roll = torch.atan2(2.0 * (qw * qx + qy * qz), 1.0 - 2.0 * (qx * qx + qy * qy))
    sinp = 2.0 * (qw * qy - qz * qx)
    pitch = torch.where(torch.abs(sinp) >= 0.99, torch.sign(sinp) * torch.pi / 2.0, torch.asin(sinp.clamp(-0.99, 0.99)))
    return roll, pitch


def compute_reward(base_quat, base_height, foot_pos, energy):
    roll, pitch = get_euler_rp(base_quat)
    r = torch.exp(-3.0 * (roll.abs() + pitch.abs()))
    h = torch.exp(-((base_height - 0.6) ** 2) / 0.05)

    # feet neither too near nor too far from each other
    foot_dist = torch.norm(foot_pos[:, 0, :2] - foot_pos[:, 1, :2], dim=1)
    fd, max_df = 0.2, 0.5
    d_min = torch.clamp(foot_dist - fd, -0.5, 0.)
    d_max = torch.clamp(foot_dist - max_df, 0, 0.5)
    feet = (torch.exp(-torch.abs(d_min) * 100) + torch.exp(-torch.abs(d_max) * 100)) / 2

    cost = energy.pow(2).mean(dim=-1)
    total = r + h
    total = total + 0.3 * feet
    total -= 0.05 * cost
    return total, dict(orientation=r, height=h, feet=0.3 * feet, energy=-0.05 * cost)
