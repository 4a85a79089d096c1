import torch
import torch.nn.functional as F


def compute_reward(left, right, object_pos, grip):
    fingers = torch.stack([left, right], dim=1)
    dists = torch.norm(fingers - object_pos[:, None, :], dim=-1)
    closest, _ = dists.min(dim=1)
    furthest = dists.max(dim=-1).values
    both = torch.cat([left, right], dim=-1)
    effort = both.pow(2).sum(-1).sqrt()
    inside = torch.sigmoid(10.0 * (0.5 - furthest))
    level = F.softplus(-torch.abs(left[:, 2] - right[:, 2]))
    r = inside + grip * torch.exp(-closest) - 0.05 * effort + level
    return r, {"inside": inside, "closest": -closest, "furthest": -furthest, "effort": -0.05 * effort, "level": level}
