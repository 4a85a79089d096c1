import torch


def compute_reward(s, v, m):
    wide = s.unsqueeze(-1).expand(-1, 3)
    rep = s.unsqueeze(1).repeat(1, 3)
    target = v.unsqueeze(1).expand_as(m)
    err = torch.norm(m - target, dim=-1).mean(dim=-1)
    r = (wide * v).sum(-1) - err + (rep * v).sum(-1)
    return r, {"err": -err}
