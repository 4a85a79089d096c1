"""`prune` and `tune` from a file or a run to a reward file, with real trainings that learn nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.cli.app import app
from eureka_agent.errors import ConfigError, RewardError, StoreError
from eureka_agent.rewards.loader import load_reward

STEPS = 256
FILE = """import numpy as np


def compute_reward(pole_angle, cart_position):
    up = 1.0 - np.abs(pole_angle)
    middle = -0.517 * np.square(cart_position)
    reward = up + middle
    return reward, {"up": up, "middle": middle}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of runs with one tiny finished run in it."""
    folder = tmp_path_factory.mktemp("runs")
    eureka_agent.evolve(
        "cartpole", generations=1, samples=2, env_steps=STEPS, confirm_seeds=2, confirm_top=1, runs=folder
    )
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reward.py"
    path.write_text(FILE)
    return path


def test_a_file_is_pruned_and_the_same_command_trains_nothing_again(file: Path, tmp_path: Path) -> None:
    options = {"env_steps": STEPS, "runs": tmp_path / "runs", "seeds": 2, "confirm_seeds": 2}
    report = eureka_agent.prune("cartpole", file, **options)
    assert [worth.component for worth in report.pruning.components] == ["up", "middle"]
    assert all(worth.without is not None for worth in report.pruning.components)
    assert report.trainings >= 2 * 4
    assert report.folder.parent == tmp_path / "runs"
    again = eureka_agent.prune("cartpole", file, **options)
    assert (again.trainings, again.held) == (0, report.trainings)
    assert again.to_json() == report.to_json() | {"trainings": 0, "held": report.trainings}
    assert json.loads((report.folder / "report.json").read_text()) == json.loads(json.dumps(again.to_json()))


def test_what_goes_is_judged_by_what_really_was_trained(file: Path, tmp_path: Path) -> None:
    """A component that pays nothing changes nothing: it goes, if the sparse baseline scores otherwise."""
    idle = FILE.replace("0.517 * np.square(cart_position)", "0.5 * np.maximum(cart_position - 100.0, 0.0)")
    file.write_text(idle)
    report = eureka_agent.prune(
        "cartpole", file, env_steps=2048, seeds=2, confirm_seeds=2, output=tmp_path / "out"
    )
    (up, middle) = report.pruning.components
    assert middle.without is not None
    assert tuple(middle.without.difference)[:3] == (0.0, 0.0, 0.0)
    assert middle.may_go == (report.pruning.margin != 0)
    if report.pruned_reward is not None:
        assert "cart_position" not in report.pruned_reward.read_text().split('"""')[-1]
        assert list(load_reward(report.pruned_reward).source.arguments) == ["pole_angle"]
    assert up.component == "up"


def test_a_run_is_refined_with_its_task_winner_and_steps(runs: Path) -> None:
    shown = eureka_agent.show(runs=runs)
    report = eureka_agent.tune("latest", runs=runs, confirm_seeds=2)
    assert report.reward == f"candidate {shown.best} of {shown.name}"
    settings = json.loads((report.folder / "settings.json").read_text())
    assert (settings["env_steps"], settings["trainer"]) == (STEPS, "population")
    assert [run.name for run in eureka_agent.list_runs(runs)] == [shown.name], "no run came of it"
    assert report.verdict


def test_another_folder_is_not_mixed_with_trainings_of_another_budget(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    tune = {"confirm_seeds": 2, "output": folder}
    eureka_agent.tune("cartpole", file, env_steps=STEPS, **tune)
    with pytest.raises(StoreError, match="another env_steps"):
        eureka_agent.tune("cartpole", file, env_steps=2 * STEPS, **tune)


def test_a_training_that_fails_is_a_verdict_and_an_exit_code(file: Path, tmp_path: Path) -> None:
    file.write_text(FILE.replace("import numpy as np\n", "import numpy as np\n\nLIMIT = 1.0 / 0.0\n"))
    arguments = ["cartpole", str(file), "--env-steps", str(STEPS), "-o", str(tmp_path / "out")]
    for command in ("prune", "tune"):
        done = CliRunner().invoke(app, [command, *arguments[:-1], str(tmp_path / command)])
        assert done.exit_code == 1, done.output
        assert "could not be trained" in done.output


def test_tables_and_documents_tell_the_same(file: Path, tmp_path: Path) -> None:
    arguments = ["cartpole", str(file), "--env-steps", str(STEPS), "--confirm-seeds", "2"]
    shown = CliRunner().invoke(app, ["prune", *arguments, "--seeds", "2", "-o", str(tmp_path / "prune")])
    assert shown.exit_code == 0, shown.output
    told = json.loads((tmp_path / "prune" / "report.json").read_text())
    for words in ("Components of", "up", "middle", "sparse baseline", told["verdict"][:40]):
        assert words in shown.output
    shown = CliRunner().invoke(app, ["tune", *arguments, "-o", str(tmp_path / "tune")])
    assert shown.exit_code == 0, shown.output
    told = json.loads((tmp_path / "tune" / "report.json").read_text())
    assert len(told["points"]) == 12
    for words in ("middle, line 6", "the reward itself", told["verdict"][:40]):
        assert words in shown.output


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def compute_reward(pole_angle):\n    return pole_angle, {}\n", "no components"),
        ("import numpy as np\ndef compute_reward(pole_angle):\n    parts = dict(up=pole_angle)\n"
         "    return pole_angle, parts\n", "cannot be read|dict"),
        ("def compute_reward(speed):\n    return speed, {'speed': speed}\n", "speed"),
    ],
)  # fmt: skip
def test_a_reward_that_cannot_be_pruned_is_an_error_before_anything_is_written(
    text: str, why: str, file: Path, tmp_path: Path
) -> None:
    file.write_text(text)
    with pytest.raises(RewardError, match=why):
        eureka_agent.prune("cartpole", file, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_an_unknown_run_says_what_else_may_be_named(runs: Path) -> None:
    with pytest.raises(StoreError, match="'none' does not exist") as caught:
        eureka_agent.prune("none", runs=runs)
    assert "none reward.py" in caught.value.fix


def test_what_the_task_itself_pays_is_no_code() -> None:
    with pytest.raises(ConfigError, match="'sparse' of cartpole is no code"):
        eureka_agent.tune("cartpole", "sparse")
