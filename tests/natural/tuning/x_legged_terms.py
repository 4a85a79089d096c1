import torch


def _reward_tracking(vel, cmd):
    return torch.exp(-torch.sum(torch.square(cmd[:, :2] - vel[:, :2]), dim=1) / 0.25)


def _reward_action_rate(action, last):
    return torch.sum(torch.square(last - action), dim=1)


def _reward_torques(torque):
    return torch.sum(torch.square(torque), dim=1)


def _reward_feet(feet):
    contact = feet[:, :, 2] > 1.
    single = torch.sum(1. * contact, dim=1) == 2
    return 1. * single


scales = {"tracking": 1.0, "action_rate": -0.01, "torques": -2e-4, "feet": 0.3}


def compute_reward(vel, cmd, action, last, torque, feet):
    rew_buf = torch.zeros(vel.shape[0], dtype=torch.float, device=vel.device)
    terms = {
        "tracking": _reward_tracking(vel, cmd),
        "action_rate": _reward_action_rate(action, last),
        "torques": _reward_torques(torque),
        "feet": _reward_feet(feet),
    }
    episode = {}
    for name in terms.keys():
        rew = terms[name] * scales[name]
        rew_buf += rew
        episode[name] = rew
    rew_buf[:] = torch.clip(rew_buf[:], min=-5.)
    return rew_buf, episode
