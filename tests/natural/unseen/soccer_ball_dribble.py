import torch


def wrap_to_pi(angles):
    angles = angles % (2 * torch.pi)
    angles = torch.where(angles > torch.pi, angles - 2 * torch.pi, angles)
    return angles


def yaw_from_quat(q):
    x, y, z, w = q.unbind(-1)
    return torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def compute_reward(ball_pos, base_pos, base_quat, ball_vel, command):
    delta = 0.02
    rel = (ball_pos - base_pos)[:, :2]
    bearing = torch.atan2(rel[:, 1], rel[:, 0])
    heading_err = wrap_to_pi(bearing - yaw_from_quat(base_quat))
    face_ball = 0.5 * (1 + torch.cos(heading_err))
    near = torch.exp(-delta * torch.pow(rel, 2).sum(dim=1))
    vel_err = torch.sum((ball_vel[:, :2] - command) ** 2, dim=1)
    dribble = torch.exp(-vel_err / 0.25)
    rew = 4.0 * near + 4.0 * dribble + 0.5 * face_ball
    return rew, {"near": near, "dribble": dribble, "face": face_ball}
