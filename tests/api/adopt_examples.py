"""Rewards as they stand in repositories: a function, methods, lists of terms."""

FUNCTION = '''"""A running robot."""
import os
import torch
from robots.utils import *

os.environ["ADOPTED"] = "executed"


class Runner(VecTask):
    def compute_reward(self, actions):
        self.rew_buf[:], self.reset_buf[:] = compute_runner_reward(self.vel_buf, self.reset_buf, self.actions)


@torch.jit.script
def compute_runner_reward(
    vel_buf,
    reset_buf,
    progress_buf,
    actions,
    up_proj,
    up_weight,  # of standing upright
    action_cost=0.5
):
    # type: (Tensor, Tensor, Tensor, Tensor, Tensor, float, float) -> Tuple[Tensor, Tensor]
    forward = vel_buf[:, 0]
    up = torch.where(up_proj > 0.93, up_weight, 0.0)
    effort = torch.sum(actions ** 2, dim=-1)  # squared
    total_reward = forward + up - action_cost * effort

    # reset agents
    reset = torch.where(vel_buf[:, 2] < -1, torch.ones_like(reset_buf), reset_buf)
    reset = torch.where(progress_buf >= 999, torch.ones_like(reset_buf), reset)
    return total_reward, reset
'''

METHOD = """import numpy as np
from gymnasium.envs.mujoco import MujocoEnv


class Crawler(MujocoEnv):
    forward_weight = 1.5

    def __init__(self, ctrl_cost_weight: float = 0.5, **kwargs):
        self._ctrl_cost_weight = ctrl_cost_weight
        self._healthy_z_range = (0.2, 1.0)
        super().__init__(**kwargs)

    def control_cost(self, action):
        return self._ctrl_cost_weight * np.sum(np.square(action))

    @property
    def is_upside_down(self):
        return self.data.xmat[1, 8] < 0

    def _get_rew(self, x_velocity, action):
        z = self.data.qpos[2]
        min_z, max_z = self._healthy_z_range
        forward = self.forward_weight * x_velocity
        healthy = 1.0 if min_z < z < max_z else 0.0
        cost = self.control_cost(action)
        self.last_cost = cost
        print("paid", forward)
        reward = forward + healthy - cost
        return reward, bool(healthy), {}
"""

CONTROL_SUITE = '''from dm_control.utils import rewards
import numpy as np

_SPEED = 2.0


class Move(base.Task):
    def get_reward(self, physics):
        """Move, quietly."""
        moving = np.clip(physics.horizontal_velocity() / _SPEED, 0, 1)
        upright = physics.named.data.xmat["torso", "zz"]
        return moving * upright - self._effort(physics, 0.1)

    def _effort(self, physics, scale):
        return scale * np.abs(physics.control()).mean()
'''

TERMS = '''from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import isaaclab.envs.mdp as mdp
from isaaclab.assets import Articulation
from isaaclab.managers import RewardTermCfg as RewTerm, SceneEntityCfg


def track_lin_vel(
    env: ManagerBasedRLEnv, std: float, command_name: str, asset_cfg: SceneEntityCfg = SceneEntityCfg("robot")
) -> torch.Tensor:
    """Reward tracking of the commanded velocity."""
    # extract the used quantities
    asset: Articulation = env.scene[asset_cfg.name]
    command = env.command_manager.get_command(command_name)
    error = torch.sum(torch.square(command[:, :2] - asset.data.root_lin_vel_b[:, :2]), dim=1)
    return torch.exp(-error / std**2)


def joint_deviation(env, asset_cfg: SceneEntityCfg = SceneEntityCfg("robot")):
    data = env.scene[asset_cfg.name].data
    angle = data.joint_pos[:, asset_cfg.joint_ids] - data.default_joint_pos[:, asset_cfg.joint_ids]
    return torch.sum(torch.abs(angle), dim=1)


def action_rate(env):
    return torch.sum(torch.square(env.action_manager.action - env.action_manager.prev_action), dim=1)


def uneven(env, sensor_cfg: SceneEntityCfg):
    return quat_box_minus(env.scene.sensors[sensor_cfg.name].data.quat, 0.0)


class RewardsCfg:
    track = RewTerm(func=track_lin_vel, weight=1.5, params={"command_name": "base", "std": math.sqrt(0.25)})
    flat = RewTerm(func=mdp.flat_orientation_l2, weight=-1.0)
    hips = RewTerm(
        func=joint_deviation, weight=-0.1, params={"asset_cfg": SceneEntityCfg("robot", joint_names=["hip"])}
    )
    joints = RewTerm(func=joint_deviation, weight=-0.2)
    rate = RewTerm(func=action_rate, weight=-0.01)
    bumps = RewTerm(func=uneven, weight=-1.0, params={"sensor_cfg": SceneEntityCfg("scanner")})
    unused = RewTerm(func=action_rate, weight=0.0)
'''

DICTIONARY = """import torch
from mjlab.managers import RewardTermCfg


def upright(env):
    return -env.projected_gravity[:, 2]


def torque_l2(env, limit: float = 1.0):
    return torch.sum(torch.square(env.torques / limit), dim=1)


def rewards():
    return {
        "upright": RewardTermCfg(func=upright, weight=1.0),
        "torques": RewardTermCfg(func=torque_l2, weight=-1e-3, params={"limit": 2.0}),
    }
"""

SCALES = """import torch


class RobotCfg:
    class rewards:
        tracking_sigma = 0.25

        class scales:
            tracking_lin_vel = 1.0
            torques = -0.0001
            stand_still = 0.0
            feet_air_time = 1.0


class Robot(BaseTask):
    def compute_reward(self):
        self.rew_buf[:] = 0.
        for i in range(len(self.reward_functions)):
            self.rew_buf += self.reward_functions[i]() * self.reward_scales[self.reward_names[i]]

    def _reward_tracking_lin_vel(self):
        # Tracking of linear velocity commands (x axis)
        error = torch.square(self.commands[:, 0] - self.base_lin_vel[:, 0])
        return torch.exp(-error / self.cfg.rewards.tracking_sigma)

    def _reward_torques(self):
        return torch.sum(torch.square(self.torques), dim=1)

    def _reward_stand_still(self):
        return torch.sum(torch.abs(self.dof_pos), dim=1)
"""
