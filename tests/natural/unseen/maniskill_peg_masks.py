import torch


def compute_reward(peg_head, peg_pos, hole_pos, tcp_pos, is_grasped):
    gripper_to_peg_dist = torch.linalg.norm(tcp_pos - peg_pos, dim=1)
    reaching_reward = 1 - torch.tanh(4.0 * gripper_to_peg_dist)
    grasped = is_grasped.bool()
    reward = reaching_reward + grasped

    head_yz = torch.linalg.norm((peg_head - hole_pos)[:, 1:], dim=1)
    body_yz = torch.linalg.norm((peg_pos - hole_pos)[:, 1:], dim=1)
    pre_insertion = 3 * (1 - torch.tanh(0.5 * (head_yz + body_yz) + 4.5 * torch.maximum(head_yz, body_yz)))
    reward += pre_insertion * grasped
    aligned = (head_yz < 0.08) & (body_yz < 0.08)
    insertion = torch.zeros_like(reward)
    insertion[aligned & grasped] = 5 * (
        1 - torch.tanh(5.0 * torch.linalg.norm(peg_head - hole_pos, dim=1)[aligned & grasped])
    )
    reward += insertion
    return reward / 10.0, {"reach": reaching_reward, "pre": pre_insertion, "insert": insertion}
