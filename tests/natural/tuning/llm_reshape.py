import torch


def compute_reward(flat, scalar):
    pairs = flat.view(-1, 3, 2)
    lengths = torch.linalg.norm(pairs, dim=-1)
    both = torch.cat((lengths, scalar.unsqueeze(-1)), dim=1)
    total = both.sum(dim=1)
    half = flat.reshape(flat.shape[0], -1)[:, :3].mean(-1)
    return total + half, {"total": total, "half": half, "n": lengths.size(1) * torch.ones_like(total)}
