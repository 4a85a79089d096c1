"""`plot`: a reward over what it reads, asked in the sandbox only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from page_reading import Page
from test_play import saved
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, EurekaError, TaskError
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.registry import find_task

MEMORY = """import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(cart_position, prev_cart_position, pole_angle, progress, memory):
    gained = np.abs(cart_position) - np.abs(prev_cart_position)
    lean = -progress * np.abs(pole_angle) * np.abs(cart_position)
    alive = np.ones_like(pole_angle)
    count = memory["steps"] + 0.01
    reward = gained + lean + alive + count
    return reward, {"gained": gained, "lean": lean, "alive": alive, "count": count}, {"steps": count}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reward.py"
    path.write_text(MEMORY)
    return path


def test_each_component_is_drawn_over_what_it_reads(file: Path, tmp_path: Path) -> None:
    report = eureka_agent.plot(file, "cartpole", output=tmp_path / "plot.html")
    found = report.components
    assert list(found) == ["reward", "gained", "lean", "alive", "count"]
    assert set(found["gained"]) == {"cart_position", "cart_position - prev_cart_position"}
    assert set(found["lean"]) == {"pole_angle", "cart_position", "progress"}
    assert (found["alive"], found["count"]) == ((), ())
    assert report.constant == {"alive": 1.0}
    page = Page(report.path.read_text())
    for said in ("What reward.py pays in cartpole", "It is constant: it pays 1", "what the reward remembers",
                 "first step of an episode", "only prev_x moves", "progress at 0.5"):  # fmt: skip
        assert said in page.text


def test_chosen_signals_get_a_contour_and_a_drawing_is_one_file(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    words = ["plot", str(file), "--task", "cartpole", "-o", str(path)]
    done = CliRunner().invoke(app, [*words, "--signals", "pole_angle,progress", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["path"] == str(path)
    assert "lean over pole_angle and progress" in path.read_text()
    assert "gained over pole_angle and progress" not in path.read_text()
    again = CliRunner().invoke(app, words)
    assert isinstance(again.exception, ConfigError)
    assert "exists already" in again.exception.what
    assert CliRunner().invoke(app, [*words, "--force"]).exit_code == 0


def test_a_policy_may_be_what_is_recorded(file: Path, tmp_path: Path) -> None:
    policy = saved(tmp_path, find_task("cartpole"))
    report = eureka_agent.plot(file, "cartpole", output=tmp_path / "plot.html", policy=policy)
    assert f"steps of the policy {policy}" in Page(report.path.read_text()).text


def test_the_default_file_is_named_after_the_reward_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert eureka_agent.plot("hack:fast_cart", "cartpole").path == Path("hack_fast_cart_plot.html")
    assert Path("hack_fast_cart_plot.html").exists()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"signals": "pole_angel,progress"}, ConfigError, "no 'pole_angel'. Did you mean 'pole_angle'"),
        ({"signals": "pole_angle"}, ConfigError, "over two signals, not over pole_angle"),
        ({"signals": "pole_angle,pole_angle"}, ConfigError, "over two signals"),
        ({"output": "plot.png"}, ConfigError, r"Cannot draw plot\.png"),
        ({"reward": "sparse"}, ConfigError, "has no source code"),
        ({"reward": "nowhere.py"}, ConfigError, "Could not read"),
        ({"task": "gym:NoSuch-v0"}, TaskError, "NoSuch"),
    ],
)
def test_bad_input_is_a_sentence(
    options: dict[str, Any], error: type[Exception], words: str, file: Path, tmp_path: Path
) -> None:
    given = {"reward": file, "task": "cartpole", "output": tmp_path / "plot.html", **options}
    with pytest.raises(error, match=words):
        eureka_agent.plot(given.pop("reward"), given.pop("task"), **given)
    assert not (tmp_path / "plot.html").exists()


def test_a_vector_is_named_by_its_elements(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no 'action'. It is a vector"):
        eureka_agent.plot("reference", "half_cheetah_backflip", signals="action,upright",
                          output=tmp_path / "plot.html")  # fmt: skip


def test_a_reward_that_fails_on_recorded_steps_is_an_error(file: Path, tmp_path: Path) -> None:
    file.write_text(
        "import numpy as np\n\n\ndef compute_reward(pole_angle):\n"
        "    lost = np.log(-np.abs(pole_angle) - 1.0)\n    return lost, {'lost': lost}\n"
    )
    with pytest.raises(EurekaError, match="the reward is NaN"):
        eureka_agent.plot(file, "cartpole", output=tmp_path / "plot.html")


def test_beyond_what_was_recorded_a_reward_may_fail_and_is_drawn_within(file: Path, tmp_path: Path) -> None:
    file.write_text(
        "import numpy as np\n\n\ndef compute_reward(pole_angle):\n"
        "    room = np.log(0.3 - pole_angle)\n    return room, {'room': room}\n"
    )
    report = eureka_agent.plot(file, "cartpole", output=tmp_path / "plot.html")
    assert report.components == {"reward": ("pole_angle",)}
    (note,) = report.notes
    assert "pole_angle is drawn from" in note
    assert "NaN" in note


def test_a_signal_progress_of_the_tasks_own_is_a_signal(file: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(bundled_folders("envs")[0] / "cartpole", tmp_path / "leaning")
    for part in (folder / "task.toml", folder / "task.py"):
        part.write_text(part.read_text().replace("pole_angle", "progress"))
    file.write_text(
        "import numpy as np\n\n\ndef compute_reward(progress, cart_position):\n"
        "    lean = -np.abs(progress) * np.abs(cart_position)\n    return lean, {'lean': lean}\n"
    )
    report = eureka_agent.plot(file, str(folder), output=tmp_path / "plot.html")
    assert set(report.components["reward"]) == {"progress", "cart_position"}
    assert report.notes == ()


def test_the_terminal_tells_a_constant_from_what_is_remembered(file: Path, tmp_path: Path) -> None:
    words = ["plot", str(file), "--task", "cartpole", "-o", str(tmp_path / "plot.html")]
    lines = CliRunner().invoke(app, words).output.splitlines()
    (alive,) = [line for line in lines if line.startswith("alive")]
    (count,) = [line for line in lines if line.startswith("count")]
    assert "nothing: always 1" in alive
    assert "what the reward remembers" in count
