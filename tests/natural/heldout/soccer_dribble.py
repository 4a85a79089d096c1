import torch


def unit(v):
    return torch.nn.functional.normalize(v, p=2.0, dim=-1)


def compute_reward(robot_pos, ball_pos, ball_vel, goal_pos, obstacle_pos):
    to_goal = unit(goal_pos - ball_pos)
    speed_to_goal = torch.einsum("bi,bi->b", ball_vel, to_goal)

    to_ball = torch.linalg.norm(ball_pos - robot_pos, dim=1)
    near_ball = torch.exp(-to_ball)
    # robot behind the ball as seen from the goal
    behind = (unit(ball_pos - robot_pos) * to_goal).sum(-1)

    clearance = torch.linalg.norm(obstacle_pos - robot_pos.unsqueeze(1), dim=-1).amin(dim=1)
    crash = torch.where(clearance < 0.6, 1.0, 0.0)
    scored = torch.norm(goal_pos - ball_pos, dim=-1).lt(0.8)

    reward = 0.5 * speed_to_goal + 0.3 * near_ball
    reward = reward + 0.2 * behind.clamp(min=0)
    reward = torch.where(scored, reward + 10.0, reward) - 2.0 * crash
    return reward, {"speed": 0.5 * speed_to_goal, "near": 0.3 * near_ball, "behind": 0.2 * behind.clamp(min=0), "crash": -2.0 * crash}
