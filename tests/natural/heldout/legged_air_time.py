import torch


def compute_reward(feet_air_time, contact_forces, prev_contact_z, commands, dof_pos, default_dof_pos):
    # Reward long steps; contacts of the last step are or-ed because PhysX reports them unreliably
    contact = contact_forces[:, :, 2] > 1.
    contact_filt = torch.logical_or(contact, prev_contact_z > 1.)
    first_contact = (feet_air_time > 0.) * contact_filt
    rew_airTime = torch.sum((feet_air_time - 0.5) * first_contact, dim=1)
    rew_airTime *= torch.norm(commands[:, :2], dim=1) > 0.1  # no reward for zero command

    # Penalize feet hitting vertical surfaces
    stumble = torch.any(
        torch.norm(contact_forces[:, :, :2], dim=2) > 5 * torch.abs(contact_forces[:, :, 2]), dim=1
    ).float()

    # Penalize motion at zero commands
    stand_still = torch.sum(torch.abs(dof_pos - default_dof_pos), dim=1) * (torch.norm(commands[:, :2], dim=1) < 0.1)
    # penalize high contact forces
    feet_force = torch.sum((torch.norm(contact_forces, dim=-1) - 4.).clip(min=0.), dim=1)

    total = rew_airTime - 0.5 * stumble - 0.1 * stand_still - 0.01 * feet_force
    return total, {"air_time": rew_airTime, "stumble": -0.5 * stumble, "stand_still": -0.1 * stand_still, "force": -0.01 * feet_force}
