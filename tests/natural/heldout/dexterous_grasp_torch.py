import torch


def compute_reward(tips, object_points, wrist, lift, finger_forces):
    # every fingertip to its nearest point of the object
    d = torch.norm(tips.unsqueeze(2) - object_points.unsqueeze(1), dim=-1)
    nearest = d.min(dim=2)[0]
    mean_near = nearest.mean(1)
    reach = torch.exp(-10 * mean_near)

    centre = object_points.mean(dim=1)
    wrist_dist = (wrist - centre).norm(dim=-1)

    touching = (finger_forces > 3.0)
    n_touching = touching.sum(dim=1)
    # thumb and at least two others
    hold = touching[:, 0] & (n_touching >= 3)
    typical = finger_forces.median(dim=1).values
    lift_rew = lift.clamp(0, 0.2) * hold.type(torch.float32) * 5
    crush = torch.relu(finger_forces - 5.0).sum(dim=-1)
    reward = reach - wrist_dist + 0.3 * n_touching.float() + lift_rew - 0.2 * crush + 0.01 * typical
    return reward, {"reach": reach, "wrist": -wrist_dist, "touch": 0.3 * n_touching.float(), "lift": lift_rew, "crush": -0.2 * crush, "typical": 0.01 * typical}
