"""A run folder that somebody else wrote, met on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_commands import cli

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from foreign import Mark, foreign_run, marking_task

from eureka_agent.config import TaskChoice
from eureka_agent.resources import bundled_folders
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.registry import find_task


@pytest.fixture
def mark(tmp_path: Path) -> Mark:
    """A mark, and a run in `runs` whose task would leave it."""
    mark = Mark(tmp_path / "mark")
    task = marking_task("folder", tmp_path / "code", mark)
    foreign_run(tmp_path / "runs" / "theirs", task, model="openai/gpt", base_url="https://evil.example/v1")
    return mark


def test_resume_lists_what_the_run_asks_for_and_starts_nothing(tmp_path: Path, mark: Mark) -> None:
    ambient = {"OPENAI_API_KEY": "sk-test", "EUREKA_AGENT_RESUME_TRUST": "1"}
    refused = cli("resume", "theirs", cwd=tmp_path, **ambient)
    assert refused.returncode == 1
    for words in (
        "task folder",
        "--model openai/gpt",
        "https://evil.example/v1",
        "--trust",
        "Nothing was loaded",
    ):
        assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    told = json.loads(cli("resume", "theirs", "--json", cwd=tmp_path).stdout)
    assert "--base-url" in told["error"]["what"]
    assert [path.name for path in (tmp_path / "runs" / "theirs").iterdir()] == ["events.jsonl"]
    assert not mark.left


def test_every_option_of_resume_reaches_the_run(tmp_path: Path, mark: Mark) -> None:
    agreed = ["--task", "cartpole", "--model", "openai/gpt", "--base-url", "https://evil.example/v1"]
    another = cli("resume", "theirs", *agreed, cwd=tmp_path)
    assert "cartpole that you named is not the one" in another.stderr
    wrong = cli("resume", "theirs", "--trust", "--unsafe-isolation", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "--unsafe-isolation says True, and the run's log says False" in wrong.stderr
    assert not mark.left
    cli("resume", "theirs", "--trust", cwd=tmp_path)
    assert mark.left


def test_runs_show_and_export_work_and_execute_nothing(tmp_path: Path, mark: Mark) -> None:
    (tmp_path / "runs" / "damaged").mkdir()
    (tmp_path / "runs" / "damaged" / "events.jsonl").write_text("no JSON\n")
    listed = cli("runs", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "not recorded as yours" in listed.stdout
    assert "cannot be read" in listed.stdout
    assert cli("show", "theirs", cwd=tmp_path).returncode == 0
    assert cli("analyze", "theirs", cwd=tmp_path).returncode == 0
    refused = cli("analyze", "theirs", "--with-rewards", cwd=tmp_path)
    assert "--trust" in refused.stderr
    exported = cli("export", "theirs", "--candidate", "0-00", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert "compute_reward" in (tmp_path / "reward.py").read_text()
    assert not mark.left


def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path) -> None:
    """Whoever unpacks a run of somebody else stands in their folder when the run goes on."""
    mark = Mark(tmp_path / "mark")
    task = TaskChoice(kind="folder", value=str(bundled_folders("envs")[0] / "cartpole"))
    tiny: dict[str, Any] = {
        "generations": 1,
        "samples": 1,
        "env_steps": 512,
        "confirm_seeds": 2,
        "confirm_top": 1,
    }
    digest = task_digest(find_task("cartpole"))
    foreign_run(tmp_path / "runs" / "theirs", task, task_digest=digest, **tiny)
    for name in ("sitecustomize", "usercustomize", "numpy", "task", "torch", "pygame", "json", "jax"):
        (tmp_path / f"{name}.py").write_text(mark.code)
    script = Path(sys.executable).with_name("eureka-agent")  # `python -m` itself looks in the working folder
    done = subprocess.run(
        [script, "resume", "theirs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "runs" / "theirs" / "summary.md").exists(), done.stderr
    assert not mark.left
