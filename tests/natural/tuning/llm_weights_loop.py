import torch


def compute_reward(pos, vel):
    terms = {}
    terms["near"] = torch.exp(-pos.norm(dim=-1))
    terms["slow"] = torch.exp(-vel.norm(dim=-1))
    weights = {"near": 2.0, "slow": 0.5}
    total = torch.zeros_like(terms["near"])
    for name, value in terms.items():
        total += weights[name] * value
    return total, terms
