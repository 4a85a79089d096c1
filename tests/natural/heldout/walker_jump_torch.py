import torch
from torch import Tensor
from typing import Dict, Optional, Tuple


def compute_reward(
    torso_z: Tensor, torso_vz: Tensor, foot_forces: Tensor, joint_torque: Tensor, joint_velocity: Tensor, upright: Tensor
) -> Tuple[Tensor, Dict[str, Tensor]]:
    height_bonus: Tensor = (torso_z - 1.2).clamp_min(0.0)
    takeoff: Tensor = torch.nn.functional.relu(torso_vz)
    in_air = torch.all(foot_forces < 5.0, dim=-1)
    soft_landing = -torch.log1p(foot_forces.amax(dim=-1) / 100.0)
    power = (joint_torque * joint_velocity).abs().sum(dim=-1)
    power_cost = 1e-3 * power
    upright_gate = torch.heaviside(upright - 0.3, torch.zeros(1))

    terms = [2.0 * height_bonus, 0.5 * takeoff, 0.2 * in_air, 0.3 * soft_landing, -power_cost]
    reward = upright_gate * torch.stack(terms, dim=-1).sum(dim=-1)
    return reward, {
        "height": terms[0], "takeoff": terms[1], "air": terms[2], "landing": terms[3], "power": terms[4]}
