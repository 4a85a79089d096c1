import torch

FINGERS = ["index", "middle", "ring", "thumb"]


def compute_reward(fingertips, object_pos, contact):
    components = {}
    reward = torch.zeros(object_pos.shape[0])
    for i, finger in enumerate(FINGERS):
        d = torch.norm(fingertips[:, i] - object_pos, dim=-1)
        components[f"{finger}_reach"] = torch.exp(-8 * d)
        reward = reward + components[f"{finger}_reach"]
    components["contact"] = 0.25 * (contact > 1.0).float().sum(-1)
    reward = reward + components["contact"]
    return reward, components
