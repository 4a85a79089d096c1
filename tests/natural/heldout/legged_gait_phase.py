import torch


def compute_reward(phase, foot_contact_force, feet_height, feet_vel, hip_pos):
    offset = 0.5
    leg_phase = torch.cat([(phase % 1.0).unsqueeze(1), ((phase + offset) % 1.0).unsqueeze(1)], dim=-1)

    # contact where the phase says stance, none where it says swing
    res = torch.zeros_like(phase)
    for i in range(2):
        is_stance = leg_phase[:, i] < 0.55
        contact = foot_contact_force[:, i] > 1
        res += ~(contact ^ is_stance)

    # feet at the height of the swing while they are in the air
    pos_error = torch.square(feet_height - 0.08) * ~(foot_contact_force > 1)
    swing_height = torch.sum(pos_error, dim=(1))

    # no sliding of feet in contact
    contact_all = foot_contact_force > 1.
    contact_feet_vel = feet_vel * contact_all.unsqueeze(-1)
    penalize = torch.square(contact_feet_vel[:, :, :3])
    no_slide = torch.sum(penalize, dim=(1, 2))

    hips = torch.sum(torch.square(hip_pos[:, [0, 2]]), dim=1)
    reward = 0.18 * res - 20.0 * swing_height - 0.2 * no_slide - 1.0 * hips
    return reward, {"contact": 0.18 * res, "swing_height": -20.0 * swing_height, "slide": -0.2 * no_slide, "hips": -hips}
