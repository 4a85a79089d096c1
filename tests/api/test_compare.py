"""`compare` from names and files to a page, with real trainings that learn nothing."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import fake_envs
import pytest
import rendered_envs
from page_reading import Page
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.api.several import told_apart
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, RewardError, TaskError
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.registry import find_task

STEPS = 256
FILE = """import numpy as np


def compute_reward(pole_angle, cart_position):
    up = 1.0 - np.abs(pole_angle)
    middle = -0.5 * np.square(cart_position)
    return up + middle, {"up": up, "middle": middle}
"""
FOUND = """class Cart:
    def _reward(self):
        return 1.0 - abs(self.{name})
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reward.py"
    path.write_text(FILE)
    return path


def test_a_comparison_is_told_written_and_not_trained_again(file: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"task": "cartpole", "env_steps": STEPS, "runs": tmp_path / "runs", "seeds": 2}
    report = eureka_agent.compare("reference", file, "sparse", **options)
    assert (report.trainings, report.held) == (6, 0)
    first, mine, sparse = report.view.rewards
    assert [one.letter for one in report.view.rewards] == ["A", "B", "C"]
    assert first.difference is None
    assert mine.difference is not None
    assert mine.difference.n == 2
    assert [part.component for part in mine.contributions] == ["up", "middle"]
    assert "-" in mine.code_change
    assert (sparse.code, sparse.code_change, sparse.contributions) == ("", "", ())
    assert [player.name for player in report.view.players] == ["random play", "A", "B", "C"]
    assert sparse.with_fitness == pytest.approx(1.0), "the fitness of cartpole is what sparse pays"
    assert sparse.paid[0] == pytest.approx(report.view.players[0].fitness)
    agreed = report.view.agreement("A", "B")
    assert agreed is not None
    assert agreed.steps is not None
    told = json.loads((report.folder / "compare.json").read_text())
    assert told == json.loads(json.dumps(report.to_json()))
    page = Page(report.page.read_text())
    for said in ("cartpole: 3 rewards compared", "reward.py", mine.sentence, "off_centre"):
        assert said in page.text
    again = eureka_agent.compare("reference", file, "sparse", "hack:fast_cart", **options)
    assert (again.trainings, again.held) == (2, 6)
    assert again.folder == report.folder
    assert [one.fitness for one in again.view.rewards[:3]] == [one.fitness for one in report.view.rewards]


def test_the_command_prints_it_and_a_training_that_fails_stops_nobody(file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(FILE.replace("import numpy as np\n", "import numpy as np\n\nLIMIT = 1.0 / 0.0\n"))
    file.write_text(f'"""Written by\nhand.\n\nFor cartpole."""\n{FILE}')
    words = ["compare", str(file), "hack:fast_cart", str(broken), "--task", "cartpole", "--seeds", "1"]
    words += ["--env-steps", str(STEPS), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    for said in ("One seed decides nothing", "failed (", "C cannot be compared with A", "could not be asked",
                 "middle", "Spearman", "A: Written by hand.\n"):  # fmt: skip
        assert said in done.output
    *_, came_to, page = done.output.splitlines()
    assert came_to.startswith(f"Fitness after {STEPS} steps (1 seed), best first: ")
    assert {"reward.py", "hack:fast_cart"} <= set(came_to.split())
    assert page.endswith("compare.html")
    assert (tmp_path / "out" / "compare.json").exists()


def test_where_nothing_compares_with_the_first_the_command_fails(file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(FILE.replace("import numpy as np\n", "import numpy as np\n\nLIMIT = 1.0 / 0.0\n"))
    words = ["compare", str(broken), str(file), "sparse", "--task", "cartpole", "--seeds", "1"]
    done = CliRunner().invoke(app, [*words, "--env-steps", str(STEPS), "-o", str(tmp_path / "out")])
    assert "nothing is compared with it" in done.output
    assert done.exit_code == 1


def test_the_command_that_the_page_names_repeats_it(file: Path, tmp_path: Path) -> None:
    shutil.copytree(bundled_folders("envs")[0] / "cartpole", tmp_path / "tasks" / "poles")
    words = ["compare", str(file), "sparse", "--task", "poles", "--seeds", "1", "--env-steps", str(STEPS)]
    words += ["--envs", str(tmp_path / "tasks"), "--runs", str(tmp_path / "runs"), "--worlds", "8"]
    words += ["--device", "cpu", "--unsafe-isolation", "--json"]
    report = json.loads(CliRunner().invoke(app, words).stdout)
    again = shlex.split(report["command"])
    assert set(words) - {"--json"} <= set(again)
    repeated = json.loads(CliRunner().invoke(app, [*again[1:], "--json"]).stdout)
    assert (repeated["trainings"], repeated["held"]) == (0, 2)
    assert repeated["folder"] == report["folder"]


@pytest.mark.parametrize(
    ("env", "words"),
    [(fake_envs.well_behaved, "--env fake_envs:well_behaved"), (lambda: fake_envs.well_behaved(), "")],
)
def test_the_command_names_an_environment_that_can_be_imported(env: Any, words: str, tmp_path: Path) -> None:
    options: dict[str, Any] = {"seeds": 1, "env_steps": STEPS, "output": tmp_path / "out"}
    report = eureka_agent.compare("native", "sparse", task="counter", env=env, **options)
    assert words in report.view.command
    assert bool(words) == bool(report.view.command)
    told = "repeat it in Python with eureka_agent.compare(env="
    assert (told in Page(report.page.read_text()).text) == (not words)


def test_a_found_reward_is_adopted_and_the_page_says_so(tmp_path: Path) -> None:
    found = tmp_path / "found.py"
    found.write_text(FOUND.format(name="pole_angle"))
    named, notes = told_apart(find_task("cartpole"), ["reference", str(found)])
    assert [one.letter for one in named] == ["A", "B"]
    assert notes == [f"{found} was adopted as `eureka-agent adopt` does: it reads pole_angle as pole_angle."]
    found.write_text(FOUND.format(name="gizmo"))
    with pytest.raises(ConfigError, match=r"found\.py is no reward of cartpole yet") as caught:
        told_apart(find_task("cartpole"), ["reference", str(found)])
    assert "gizmo" in caught.value.what
    assert "eureka-agent adopt" in caught.value.fix


def test_the_same_reward_twice_is_trained_once(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(f"# the same, with a comment\n{FILE}")
    named, notes = told_apart(find_task("cartpole"), [str(file), "reference", str(other)])
    assert [one.name for one in named] == [str(file), "reference"]
    assert notes == [f"{other} is the same reward as {file}, so that it is trained and shown once."]


@pytest.mark.parametrize(
    ("rewards", "words"),
    [
        ((), "There is no reward to compare"),
        (("reference",), "There is only one reward to compare"),
        (("reference", "reference"), "only one reward to compare. reference is the same reward as reference"),
        (("native", "sparse", "reference", "hack:none"), "no hack 'none'"),
        (("reference", "nowhere.py"), r"Could not read nowhere\.py"),
    ],
)
def test_what_cannot_be_compared_is_told_before_anything_is_written(
    rewards: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        eureka_agent.compare(*rewards, task="cartpole", runs=tmp_path / "runs")
    assert caught.value.allowed
    assert not (tmp_path / "runs").exists()


def test_nine_rewards_are_too_many(tmp_path: Path) -> None:
    files = []
    for number in range(9):
        files.append(tmp_path / f"{number}.py")
        files[-1].write_text(FILE.replace("0.5", f"0.{number + 1}"))
    with pytest.raises(ConfigError, match="There are 9 rewards") as caught:
        eureka_agent.compare(*files, task="cartpole")
    assert "2 to 8" in caught.value.allowed


def test_a_file_that_cannot_be_loaded_is_named_with_its_line(file: Path) -> None:
    file.write_text(FILE.replace("cart_position", "cart_positoin"))
    with pytest.raises(RewardError, match=rf"{file}: line 4: .*cart_positoin") as caught:
        eureka_agent.compare("reference", file, task="cartpole")
    assert f"check {file}" in caught.value.fix


def test_a_task_that_cannot_be_recorded_is_told_before_it_is_trained(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"nan|NaN|finite"):
        eureka_agent.compare(
            "native", "sparse", task="counter", env=fake_envs.nan_obs, output=tmp_path / "out"
        )
    assert not list((tmp_path / "out").glob("*/compare-*"))


@pytest.mark.parametrize(
    ("make", "words"), [(rendered_envs.make, ""), (rendered_envs.make_broken, "There is no film of A, B.")]
)
def test_films_are_made_where_it_renders_and_else_it_says_why(make: Any, words: str, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="PyAV, an extra, is not installed")
    options: dict[str, Any] = {"seeds": 1, "film": True, "env_steps": STEPS, "output": tmp_path / "out"}
    report = eureka_agent.compare("native", "sparse", task="steps", env=make, **options)
    if words:
        assert report.films == ()
        assert any(words in note and "libegl1" in note for note in report.view.notes)
        assert report.page.exists()
    else:
        assert [path.stem for path in report.films] == ["film-A", "film-B"]
        assert all(path.stat().st_size for path in report.films)
        page = Page(report.page.read_text())
        assert [attrs.get("href") for tag, attrs in page.tags if tag == "a" and "film-" in str(attrs)] == [
            "film-A.mp4", "film-B.mp4"
        ]  # fmt: skip
        shown = [attrs for tag, attrs in page.tags if tag == "img"]
        assert [str(attrs["src"])[:23] for attrs in shown] == ["data:image/jpeg;base64,"] * 2
        assert "frames of A · native" in str(shown[0]["alt"])
