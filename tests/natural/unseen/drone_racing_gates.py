import torch
import torch.nn.functional as F


def compute_reward(pos, prev_pos, gate_pos, gate_normal, bodyrates, collided):
    d_now = (gate_pos - pos).norm(dim=-1)
    d_prev = (gate_pos - prev_pos).norm(dim=-1)
    progress = d_prev - d_now

    heading = F.cosine_similarity(pos - prev_pos, gate_normal, dim=-1)
    n = F.normalize(gate_normal, dim=-1)
    side = torch.einsum("bi,bi->b", pos - gate_pos, n)
    passed = (side > 0) & (d_now < 1.5)

    rate_penalty = 0.001 * bodyrates.norm(dim=-1).pow(2)
    crash = collided.to(torch.float32) * 5.0
    reward = progress + 0.1 * F.relu(heading) - rate_penalty - crash
    reward = reward.masked_fill(passed, 10.0)
    return reward, {"progress": progress, "heading": heading, "rate": -rate_penalty, "crash": -crash}
