import torch


def compute_reward(tcp_pos: torch.Tensor, obj_pos: torch.Tensor, goal_pos: torch.Tensor):
    tcp_push_pos = obj_pos + torch.tensor([-0.02 - 0.005, 0, 0], device=obj_pos.device)
    tcp_to_push_pose_dist = torch.linalg.norm(tcp_push_pos - tcp_pos, axis=1)
    reaching_reward = 1 - torch.tanh(5 * tcp_to_push_pose_dist)
    reward = reaching_reward.clone()

    # compute a placement reward only once the tcp is behind the cube
    reached = tcp_to_push_pose_dist < 0.15
    obj_to_goal_dist = torch.linalg.norm(obj_pos[..., :2] - goal_pos[..., :2], axis=1)
    place_reward = 1 - torch.tanh(5 * obj_to_goal_dist)
    reward += place_reward * reached

    # assign rewards to parallel environments that achieved success to the maximum of 3.
    success = obj_to_goal_dist < 0.1
    reward[success] = 3
    return reward, {"reach": reaching_reward, "place": place_reward * reached}
