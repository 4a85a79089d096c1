import torch


def compute_reward(rpos, heading, up, vel, effort, throttle_diff):
    # rpos holds the next four points of the path, the first is where to be now
    distance = torch.norm(rpos[:, [0]], dim=-1).squeeze(-1)
    reward_pose = torch.exp(-1.6 * distance)

    tiltage = torch.abs(1 - up[..., 2])
    reward_up = 0.5 / (1.0 + torch.square(tiltage))
    spinnage = torch.square(vel[:, -1])
    reward_spin = 0.5 / (1.0 + torch.square(spinnage))
    reward_effort = 0.1 * torch.exp(-effort)
    reward_action_smoothness = 0.1 * torch.exp(-throttle_diff)

    ahead = torch.diff(rpos, dim=1).mean(dim=1)
    alignment = torch.sum(ahead * heading, dim=-1)
    total = reward_pose + reward_pose * (reward_up + reward_spin) + reward_effort + reward_action_smoothness + 0.05 * alignment
    return total, {
        "pose": reward_pose, "up": reward_up, "spin": reward_spin,
        "effort": reward_effort, "smooth": reward_action_smoothness, "align": 0.05 * alignment}
