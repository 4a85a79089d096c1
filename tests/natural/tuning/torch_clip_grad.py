import torch


def compute_reward(cmd, vel, grav, force):
    err = torch.sum(torch.square(cmd - vel), dim=1)
    track = torch.exp(-err / 0.5**2)
    upright = torch.exp(-torch.sum(torch.square(grav[:, :2]), dim=1) / 0.2)
    net = torch.linalg.vector_norm(force, dim=-1)
    contact = net > 10.0
    slip = torch.sum(contact.float() * net.clamp(max=30.0), dim=1) * 0.01
    soft = torch.max(net, dim=1)[0].clip(min=0.0) / 50.0
    reward = torch.stack([track, upright, -slip, -soft], dim=-1).sum(dim=-1)
    return reward, {"track": track, "upright": upright, "slip": -slip, "soft": -soft}
