"""What prompts tell of a robot, against what its simulator does."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from eureka_agent.tasks.robot import robot_text


def row(text: str, joint: str) -> list[str]:
    (found,) = [line for line in text.splitlines() if line.startswith(f"| {joint} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_each_driven_joint_has_its_part_mass_length_and_range() -> None:
    text = robot_text(gym.make("Hopper-v5"))
    assert row(text, "leg_joint")[1:5] == ["leg", "2.78", "0.50", "-2.62 to 0.00"]
    assert "rootx" not in text


@pytest.mark.parametrize(
    ("env_id", "joint", "geom", "told"),
    [
        ("Hopper-v5", "thigh_joint", "foot_geom", "forward (+x)"),
        ("HalfCheetah-v5", "bthigh", "bfoot", "backward (-x)"),
        ("Reacher-v5", "joint0", "fingertip", "left (+y)"),
    ],
)
def test_the_direction_told_is_where_the_simulator_takes_the_end_of_it(
    env_id: str, joint: str, geom: str, told: str
) -> None:
    mujoco: Any = pytest.importorskip("mujoco")

    env: Any = gym.make(env_id).unwrapped
    assert row(robot_text(env), joint)[5] == told
    model = env.model
    data, places = mujoco.MjData(model), []
    for angle in (0.0, 0.2):
        mujoco.mj_resetData(model, data)
        data.qpos[model.joint(joint).qposadr[0]] += angle
        mujoco.mj_forward(model, data)
        places.append(data.geom(geom).xpos.copy())
    moved = places[1] - places[0]
    axis = "xyz".index(told[-2])
    assert np.sign(moved[axis]) == (1.0 if told[-3] == "+" else -1.0)


def test_turning_about_its_own_axis_moves_nothing() -> None:
    assert row(robot_text(gym.make("Humanoid-v5")), "right_hip_z")[5].startswith("nowhere")


def test_an_environment_without_a_robot_has_no_table() -> None:
    assert robot_text(gym.make("CartPole-v1")) == ""
