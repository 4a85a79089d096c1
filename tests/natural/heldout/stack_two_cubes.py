import torch


def compute_reward(cubeA_pos, cubeB_pos, eef_pos, cubeA_size, cubeB_size):
    scales = {"r_dist": 0.1, "r_lift": 1.5, "r_align": 2.0, "r_stack": 16.0}

    target_height = cubeB_size + cubeA_size / 2.0

    # distance from hand to the cubeA
    d = torch.norm(cubeA_pos - eef_pos, dim=-1)
    dist_reward = 1 - torch.tanh(10.0 * d)

    # reward for lifting cubeA
    cubeA_height = cubeA_pos[:, 2] - cubeA_size / 2
    cubeA_lifted = (cubeA_height) > 0.04
    lift_reward = cubeA_lifted

    # how closely aligned cubeA is to cubeB (only provided if cubeA is lifted)
    offset = torch.zeros_like(cubeA_pos)
    offset[:, 2] = (cubeA_size + cubeB_size) / 2
    d_ab = torch.norm(cubeB_pos + offset - cubeA_pos, dim=-1)
    align_reward = (1 - torch.tanh(10.0 * d_ab)) * cubeA_lifted

    dist_reward = torch.max(dist_reward, align_reward)

    aligned = torch.norm(cubeA_pos[:, :2] - cubeB_pos[:, :2], dim=-1) < 0.12
    on_top = torch.abs(cubeA_height - target_height) < 0.1
    stack_reward = aligned & on_top

    # compose rewards: the stack reward, or else everything before
    rewards = torch.where(
        stack_reward,
        scales["r_stack"] * stack_reward,
        scales["r_dist"] * dist_reward + scales["r_lift"] * lift_reward + scales["r_align"] * align_reward,
    )
    return rewards, {"dist": dist_reward, "lift": lift_reward.float(), "align": align_reward, "stack": stack_reward.float()}
