from typing import Dict, Tuple

import torch


def compute_reward(
    ee: torch.Tensor, peg: torch.Tensor, hole: torch.Tensor, peg_axis: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    grasp_temp, insert_temp, align_temp = 6.0, 12.0, 3.0
    grasp_dist = torch.norm(ee - peg, p=2, dim=1, keepdim=True)
    grasp_reward = torch.exp(-grasp_temp * grasp_dist).squeeze(1)
    insert_dist = torch.sqrt(torch.sum((peg - hole) ** 2, dim=1) + 1e-8)
    insert_reward = torch.exp(-insert_temp * insert_dist)
    down = torch.tensor([0.0, 0.0, -1.0]).expand_as(peg_axis)
    align = torch.bmm(peg_axis.unsqueeze(1), down.unsqueeze(2)).view(-1)
    align_reward = torch.exp(align_temp * (align - 1.0))
    success = torch.logical_and(insert_dist < 0.2, align > 0.5)
    bonus = 5.0 * success.type(torch.float32)
    total = 0.5 * grasp_reward + 2.0 * insert_reward + align_reward + bonus
    return total, {
        "grasp_reward": grasp_reward,
        "insert_reward": insert_reward,
        "align_reward": align_reward,
        "bonus": bonus,
    }
