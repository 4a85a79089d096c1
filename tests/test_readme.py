"""The blocks of Python in the README run, and the functions that it names are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import eureka_agent
from eureka_agent.cli.app import app

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
TINY = "generations=1, samples=1, env_steps=256, confirm_seeds=2, confirm_top=1"


def test_every_function_that_is_named_is_there() -> None:
    sentence = README.partition("In Python the commands are functions")[2].partition("evolve` and")[0]
    names = set(re.findall(r"`([a-z_]+)`", sentence)) - {"eureka_agent", "runs", "tasks", "init", "report"}
    assert names >= {"evolve", "show", "list_runs", "list_tasks", "write_task"}
    for name in {*names, *re.findall(r"eureka_agent\.([A-Za-z_]+)\(", README)}:
        assert callable(getattr(eureka_agent, name)), name


def test_every_command_that_is_shown_is_one() -> None:
    for line in re.findall(r"^    eureka-agent (.+)$", README, re.MULTILINE):
        for command in line.partition("#")[0].split(" | "):
            words = [word for word in shlex.split(command) if not word.startswith(("[", "<"))]
            name = words[:2] if words[0] == "bench" else words[:1]
            text = CliRunner().invoke(app, [*name, "--help"])
            assert text.exit_code == 0, command
            for flag in (word for word in words if word.startswith("--")):
                assert flag in text.stdout, command


@pytest.mark.slow
def test_the_blocks_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    use, listen = BLOCKS
    assert "generations=2, samples=8" in listen
    names: dict[str, Any] = {}
    exec(listen.replace("generations=2, samples=8", TINY), names)
    said = capsys.readouterr().out
    assert "steps so far" in said
    assert "reward.py" in said
    exported = CliRunner().invoke(app, ["export", "latest", "-o", "reward.py"])
    assert exported.exit_code == 0, exported.output
    exec(use, {})
    assert "{" in capsys.readouterr().out
