import torch


def compute_reward(qpos, qvel, goal):
    error = (qpos[:3] - goal).norm()
    smooth = qvel.abs().max()
    spread = qpos.std()
    reward = torch.exp(-error) - 0.01 * smooth - 0.1 * spread
    if error < 0.5:
        reward = reward + 1.0
    return reward, {"error": -error, "smooth": -0.01 * smooth.item(), "spread": -0.1 * spread}
