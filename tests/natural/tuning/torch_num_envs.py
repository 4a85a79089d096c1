import torch


def compute_reward(pos, vel):
    num_envs, dims = pos.shape
    device = pos.device
    batch = pos.size(0)
    reward = torch.zeros((num_envs,), dtype=torch.float32, device=device)
    bonus = torch.ones(batch, device=device, dtype=pos.dtype) * 0.5
    up = torch.tensor([0.0, 0.0, 1.0], device=device).repeat((num_envs, 1))
    reward += (vel * up).sum(dim=-1) / dims
    reward = torch.where(pos[:, 2] > 0, reward + bonus, reward)
    return reward, {"reward": reward}
