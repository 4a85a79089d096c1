import torch
from typing import Dict, Tuple


def compute_reward(
    hand_pos: torch.Tensor, handle_pos: torch.Tensor, drawer_pos: torch.Tensor, drawer_vel: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    device = hand_pos.device
    distance_weight = torch.tensor(0.5, device=device)
    open_weight = torch.tensor(4.0, device=device)

    distance = torch.norm(hand_pos - handle_pos, dim=1)
    distance_reward = torch.exp(-distance / 0.2)
    # normalised opening, with more for the last part
    opening = drawer_pos / 0.39
    opening_reward = opening ** 2 + torch.sigmoid(20.0 * (opening - 0.7))
    speed_reward = torch.relu(drawer_vel) * (distance < 0.5).float()

    total_reward = distance_weight * distance_reward
    total_reward += open_weight * opening_reward
    total_reward += 0.5 * speed_reward

    reward_components = {}
    reward_components["distance_reward"] = distance_weight * distance_reward
    reward_components["opening_reward"] = open_weight * opening_reward
    reward_components["speed_reward"] = 0.5 * speed_reward
    return total_reward, reward_components
