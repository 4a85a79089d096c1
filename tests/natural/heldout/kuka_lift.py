import torch
import torch.nn.functional as F


def compute_reward(fingertip_pos, object_pos, goal_pos, closest_dist, dof_vel):
    delta = fingertip_pos - object_pos.unsqueeze(1)
    curr = delta.norm(dim=-1)                       # (num_envs, 4)
    nearest, _ = torch.min(curr, dim=-1)
    furthest = torch.max(curr, dim=-1).values

    lifted = object_pos[:, 2] > 0.15
    lifting_rew = 20.0 * torch.clip(object_pos[:, 2] + 0.5, 0, 0.5) * ~lifted
    keypoint_dist = F.pairwise_distance(object_pos, goal_pos, eps=0.0)
    keypoint_rew = F.relu(closest_dist - keypoint_dist) * lifted.float() * 200.0
    grip_rew = F.softplus(-8.0 * furthest) + 1.0 / (1.0 + nearest)
    arm, hand = dof_vel[:, :7], dof_vel[:, 7:]
    action_penalties = -0.003 * arm.abs().sum(dim=-1) - 0.0003 * hand.abs().sum(dim=-1)

    reward = lifting_rew + keypoint_rew + grip_rew + action_penalties
    return reward, {"lift": lifting_rew, "keypoint": keypoint_rew, "grip": grip_rew, "penalty": action_penalties}
