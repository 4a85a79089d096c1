"""`adopt`: what stands in repositories becomes a reward of a task; the found file is read and never run."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adopt_examples import CONTROL_SUITE, DICTIONARY, FUNCTION, METHOD, SCALES, TERMS
from typer.testing import CliRunner

from eureka_agent import adopt, load_reward
from eureka_agent.api.adopt import Adopted
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, RewardError
from eureka_agent.rewards import RewardOutput, check_source
from eureka_agent.tasks.registry import find_task

VELOCITY = "x_velocity,y_velocity,z_velocity"


def found(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "found.py"
    path.write_text(text)
    return path


def taken(tmp_path: Path, text: str, **options) -> Adopted:
    return adopt(found(tmp_path, text), "ant", **options)


def signals() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    task = find_task("ant")
    return {s.name: rng.normal(size=(7, *s.shape)).astype(np.float32) for s in task.all_signals}


def paid(adopted: Adopted) -> tuple[dict[str, np.ndarray], RewardOutput]:
    """Return signals and what the adopted reward pays for them; it passes the static rules."""
    given = signals()
    assert [f for f in check_source(adopted.text, given) if f.severity == "error"] == []
    return given, load_reward(adopted.text, strict=True)(given)


def test_a_function_loses_what_only_served_resets(tmp_path: Path) -> None:
    adopted = taken(
        tmp_path, FUNCTION, mapped={"vel_buf": VELOCITY, "up_proj": "upright"}, constants={"up_weight": "0.1"}
    )
    assert adopted.kind == "function"
    assert adopted.reads == {"vel_buf": VELOCITY, "actions": "action", "up_proj": "upright"}
    assert adopted.constants == {"up_weight": "0.1", "action_cost": "0.5"}
    assert adopted.left_out == ("what it returns beside: reset", "what the reward does not need: reset")
    s, output = paid(adopted)
    up = np.where(s["upright"] > 0.93, 0.1, 0.0)
    effort = np.sum(s["action"] ** 2, axis=-1)
    np.testing.assert_allclose(output.reward, s["x_velocity"] + up - 0.5 * effort, rtol=1e-5)
    assert list(output.components) == ["forward", "up", "action_cost"]
    assert "# squared" in adopted.text


def test_the_found_file_is_never_run(tmp_path: Path) -> None:
    taken(
        tmp_path, FUNCTION, mapped={"vel_buf": VELOCITY, "up_proj": "upright"}, constants={"up_weight": "1"}
    )
    assert "ADOPTED" not in os.environ


def test_a_method_brings_its_helpers_and_the_settings_of_its_class(tmp_path: Path) -> None:
    adopted = taken(tmp_path, METHOD, mapped={"qpos": "x_position,y_position,height"})
    assert (adopted.kind, adopted.batched) == ("method", False)
    assert adopted.constants == {
        "healthy_z_range": "(0.2, 1.0)", "forward_weight": "1.5", "ctrl_cost_weight": "0.5",
    }  # fmt: skip
    s, output = paid(adopted)
    healthy = np.where((s["height"] > 0.2) & (s["height"] < 1.0), 1.0, 0.0)
    cost = 0.5 * np.sum(np.square(s["action"]), axis=-1)
    np.testing.assert_allclose(output.reward, 1.5 * s["x_velocity"] + healthy - cost, rtol=1e-5)
    np.testing.assert_allclose(output.components["cost"], -cost, rtol=1e-5)
    assert any("print" in part for part in adopted.left_out)
    assert any("last_cost" in part for part in adopted.left_out)


def test_a_method_that_is_handed_the_environment_reads_its_parts(tmp_path: Path) -> None:
    adopted = taken(tmp_path, CONTROL_SUITE, mapped={
        "horizontal_velocity": "x_velocity", "named.data.xmat[torso, zz]": "upright", "control": "action",
    })  # fmt: skip
    s, output = paid(adopted)
    moving = np.clip(s["x_velocity"] / 2.0, 0, 1) * s["upright"]
    np.testing.assert_allclose(
        output.reward, moving - 0.1 * np.mean(np.abs(s["action"]), axis=-1), rtol=1e-4, atol=1e-6
    )


def test_a_list_of_terms_is_added_up_and_says_which_are_missing(tmp_path: Path) -> None:
    adopted = taken(
        tmp_path, TERMS, constants={"joint_ids": "[0, 2]"},
        mapped={"command": "1.0,0,0", "root_lin_vel_b": VELOCITY, "joint_pos": "joint_angles",
                "default_joint_pos": "prev_joint_angles"},
    )  # fmt: skip
    assert (adopted.kind, adopted.batched) == ("terms", True)
    s, output = paid(adopted)
    error = np.square(1.0 - s["x_velocity"]) + np.square(s["y_velocity"])
    apart = np.abs(s["joint_angles"] - s["prev_joint_angles"])
    expected = {
        "track": 1.5 * np.exp(-error / 0.25),
        "hips": -0.1 * np.sum(apart[:, [0, 2]], axis=1),
        "joints": -0.2 * np.sum(apart, axis=1),
        "rate": -0.01 * np.sum(np.square(s["action"] - s["prev_action"]), axis=1),
    }
    assert list(output.components) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(output.components[name], values, rtol=1e-4)
    np.testing.assert_allclose(output.reward, sum(expected.values()), rtol=1e-4)
    told = "\n".join(adopted.left_out)
    for part in ("term flat", "mdp.flat_orientation_l2", "term bumps", "quat_box_minus", "term unused"):
        assert part in told


def test_a_dictionary_of_terms_gives_each_its_own_settings(tmp_path: Path) -> None:
    adopted = taken(tmp_path, DICTIONARY, mapped={"projected_gravity": "0,0,upright"})
    s, output = paid(adopted)
    np.testing.assert_allclose(output.components["upright"], -s["upright"], rtol=1e-5)
    cost = -1e-3 * np.sum(np.square(s["torque"] / 2.0), axis=1)
    np.testing.assert_allclose(output.components["torques"], cost, rtol=1e-5)


def test_methods_with_scales_are_terms(tmp_path: Path) -> None:
    adopted = taken(tmp_path, SCALES, mapped={"commands": "1,0,0", "base_lin_vel": VELOCITY})
    assert adopted.constants == {"tracking_sigma": "0.25"}
    s, output = paid(adopted)
    track = np.exp(-np.square(1.0 - s["x_velocity"]) / 0.25)
    np.testing.assert_allclose(output.components["tracking_lin_vel"], track, rtol=1e-4)
    np.testing.assert_allclose(
        output.reward, track - 1e-4 * np.sum(np.square(s["torque"]), axis=1), rtol=1e-4
    )
    assert any("feet_air_time" in part for part in adopted.left_out)


def test_the_file_is_written_once_with_what_became_of_the_names(tmp_path: Path) -> None:
    target = tmp_path / "reward.py"
    options: dict[str, Any] = {"mapped": {"commands": "1,0,0", "base_lin_vel": VELOCITY}, "output": target}
    adopted = taken(tmp_path, SCALES, **options)
    assert adopted.path == target
    text = " ".join(target.read_text().split())
    assert "commands as 1,0,0" in text
    assert "tracking_sigma = 0.25" in text
    assert "term stand_still: its weight is 0" in text
    assert "# Tracking of linear velocity commands (x axis)" in text
    with pytest.raises(ConfigError, match="exists already"):
        taken(tmp_path, SCALES, **options)


def test_a_name_without_a_meaning_is_an_error_that_names_the_likeliest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        taken(tmp_path, SCALES, mapped={"commands": "1,0,0"})
    assert "base_lin_vel; the likeliest: " in caught.value.what
    assert "x_velocity" in caught.value.what
    assert "--map base_lin_vel=" in caught.value.fix


def test_a_scalar_is_not_proposed_for_what_is_indexed(tmp_path: Path) -> None:
    asked = []

    def choose(read, likely):
        asked.append((read.name, likely))
        return {"commands": "1,0,0", "base_lin_vel": VELOCITY}.get(read.name)

    text = SCALES.replace("self.base_lin_vel[:, 0]", "self.base_lin_vel[:, 2]")
    taken(tmp_path, text, choose=choose)
    assert [name for name, _ in asked] == ["commands", "base_lin_vel"]
    shapes = {signal.name: signal.shape for signal in find_task("ant").all_signals}
    assert all(shapes[name] and shapes[name][-1] >= 3 for name in asked[1][1])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mapped": {"base_lin_vell": "x_velocity"}}, "Did you mean 'base_lin_vel'"),
        ({"mapped": {"base_lin_vel": "obs[0:3]", "commands": "1,0"}}, "no signal of the task"),
        ({"mapped": {"base_lin_vel": "torque[9]", "commands": "1,0"}}, "has shape (8,)"),
        ({"mapped": {"base_lin_vel": "torque,1", "commands": "1,0"}}, "put together"),
        ({"mapped": {"base_lin_vel": VELOCITY, "commands": "1,0"}, "constants": {"tracking_sigma": "f()"}},
         "setting 'tracking_sigma'"),
        ({"mapped": {"base_lin_vel": VELOCITY, "commands": "1,0"}, "constants": {"tracking_sigma": "'x'"}},
         "setting 'tracking_sigma'"),
        ({"function": "Robot._reward_hops"}, "no function"),
    ],
)  # fmt: skip
def test_what_was_said_wrongly_is_told(tmp_path: Path, options: dict, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        taken(tmp_path, SCALES, **options)
    assert says in caught.value.what


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def reward(x) return x", "no Python"),
        ("import foo\n\ndef reward(action):\n    return foo.norm(action)\n", "foo"),
        ("class A:\n    def reward(self):\n        return score(self)\n", "score"),
        ("def reward(action):\n    action[0] = 1\n    return action[:, 0]\n", "portable"),
    ],
)
def test_what_cannot_come_along_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RewardError) as caught:
        taken(tmp_path, text)
    assert says in caught.value.what


def test_the_page_on_adopting_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "robot.py").write_text(SCALES)
    page = (Path(__file__).parents[2] / "docs" / "adopting.md").read_text().split("\n## ")[0]
    lines = [line[4:] for line in page.split("\n") if line.startswith("    ")]
    done = CliRunner().invoke(app, shlex.split(lines[0])[1:])
    assert done.exit_code == 0, done.output
    assert [line for line in lines[2:] if line not in done.output] == []


HOSTILE = """
def up(env):
    return env.parts["a b\\n"]


terms = {'x": 1, **{"y': Term(func=up, weight=1.0), "two words": Term(func=up, weight=-0.5)}
"""


def test_words_of_the_found_file_stay_words(tmp_path: Path) -> None:
    adopted = taken(tmp_path, HOSTILE, mapped={"a_b_": "height"})
    assert list(paid(adopted)[1].components) == ['x": 1, **{"y', "two words"]


GETTERS = """import numpy as np


class Pusher:
    def _get_rew(self, action):
        near = -np.linalg.norm(self.get_body_com("object") - self.get_body_com("tips_arm"))
        return (
            near
            - 0.1 * np.square(action).sum()
        )
"""


def test_places_of_one_getter_are_told_apart_and_a_return_may_go_over_lines(tmp_path: Path) -> None:
    mapped = {"object_body_com": "angular_velocity", "tips_arm_body_com": "0,0,height"}
    adopted = taken(tmp_path, GETTERS, mapped=mapped)
    s, output = paid(adopted)
    tip = np.stack([0 * s["height"], 0 * s["height"], s["height"]], axis=-1)
    near = -np.linalg.norm(s["angular_velocity"] - tip, axis=-1)
    np.testing.assert_allclose(output.components["near"], near, rtol=1e-5)
    np.testing.assert_allclose(output.reward, near - 0.1 * np.sum(s["action"] ** 2, axis=-1), rtol=1e-4)


def test_several_functions_are_a_question(tmp_path: Path) -> None:
    text = (
        "def reward_a(action):\n    return action[:, 0]\n\ndef reward_b(action):\n    return action[:, 1]\n"
    )
    with pytest.raises(ConfigError, match="several") as caught:
        taken(tmp_path, text)
    assert caught.value.allowed == "reward_a, reward_b"
    assert "action[:, 1]" in taken(tmp_path, text, function="reward_b").text


def test_the_command_tells_what_it_did(tmp_path: Path) -> None:
    path, target = found(tmp_path, SCALES), tmp_path / "reward.py"
    command = ["adopt", str(path), "--task", "ant", "-o", str(target)]
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, ConfigError)
    assert "commands; the likeliest" in done.exception.what
    done = CliRunner().invoke(app, [*command, "--map", "commands=1,0,0", "--map", f"base_lin_vel={VELOCITY}"])
    assert done.exit_code == 0, done.output
    for line in (
        "reads torques: torque",
        "set tracking_sigma: 0.25",
        "left out: term feet_air_time",
        "Wrote",
    ):
        assert line in done.output
    assert target.exists()
    done = CliRunner().invoke(app, [*command, "--map", "commands"])
    assert isinstance(done.exception, ConfigError)
    assert "--map cannot be 'commands'" in done.exception.what


def test_a_counter_of_steps_is_not_taken_for_the_progress_of_a_training(tmp_path: Path) -> None:
    text = """
import torch

def compute_reward(up_proj, progress_buf):
    return up_proj * torch.clamp(1.0 - progress_buf, min=0.0)
"""
    mapped = {"up_proj": "upright"}
    with pytest.raises(ConfigError, match="progress_buf"):
        taken(tmp_path, text, mapped=mapped)
    adopted = taken(tmp_path, text, mapped={**mapped, "progress_buf": "progress"})
    given = signals() | {"progress": np.full(7, 0.25, np.float32)}
    reward, _, _ = load_reward(adopted.text, strict=True)(given)
    np.testing.assert_allclose(reward, 0.75 * given["upright"], rtol=1e-6)
