"""What a shell offers on tab: names that fit, no errors, and nothing heavy is imported for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eureka_agent.cli.app import app
from eureka_agent.cli.completing import MODELS
from eureka_agent.llm.registry import KNOWN

HEAVY = {"numpy", "gymnasium", "mujoco", "torch", "jax", "jinja2", "scipy"}


def variables(*words: str) -> dict[str, str]:
    """Return what bash sets while a person types `words`, the last of them not at its end."""
    return {
        "_EUREKA_AGENT_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("eureka-agent", *words)),
        "COMP_CWORD": str(len(words)),
    }


def offered(*words: str) -> list[str]:
    done = CliRunner().invoke(app, env=variables(*words), prog_name="eureka-agent")
    assert not done.stderr
    return done.stdout.split()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two runs, of which `b-new` is the later one."""
    for when, (name, candidates) in enumerate(
        {"a-old": ["0-00"], "b-new": ["0-01", "1-00", "sparse"]}.items()
    ):
        for candidate in candidates:
            (tmp_path / "runs" / name / "candidates" / candidate).mkdir(parents=True)
        log = tmp_path / "runs" / name / "events.jsonl"
        log.touch()
        os.utime(log, (when, when))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_are_offered() -> None:
    assert offered("ev") == ["evolve"]
    assert {"show", "film", "doctor"} <= set(offered(""))


@pytest.mark.parametrize(
    "before", [("evolve",), ("train",), ("check", "reward.py", "--task"), ("resume", "latest", "--task")]
)
def test_tasks_are_offered_where_one_is_named(before: tuple[str, ...]) -> None:
    assert offered(*before, "cartp") == ["cartpole"]


def test_own_tasks_are_offered_too(folder: Path) -> None:
    (folder / "mine" / "cartwheel").mkdir(parents=True)
    (folder / "mine" / "cartwheel" / "task.toml").touch()
    assert offered("evolve", "--envs", "mine", "cart") == ["cartpole", "cartwheel"]


@pytest.mark.parametrize("command", ["show", "resume", "finish", "report", "export", "analyze", "film"])
def test_runs_are_offered_the_newest_first(command: str) -> None:
    assert offered(command, "") == ["latest", "b-new", "a-old"]
    assert offered(command, "a") == ["a-old"]


def test_runs_of_another_folder_and_rewards_to_go_on_after(folder: Path) -> None:
    (folder / "runs").rename(folder / "other")
    assert offered("show", "--runs", "other", "b") == ["b-new"]
    assert offered("evolve", "cartpole", "--runs", "other", "--after", "b") == ["b-new"]
    assert offered("show", "") == []


def test_a_refined_reward_is_a_runs_or_a_tasks() -> None:
    assert offered("prune", "a")[:2] == ["a-old", "acrobot"]


@pytest.mark.parametrize("run", ["latest", "b-new", "b", "runs/b-new"])
def test_candidates_of_the_run_are_offered(run: str) -> None:
    assert offered("analyze", run, "") == ["0-01", "1-00"]
    assert offered("export", run, "--candidate", "1") == ["1-00"]
    assert offered("film", run, "s") == ["sparse"]


def test_models_and_listed_values_are_offered() -> None:
    assert offered("evolve", "cartpole", "--model", "an") == ["anthropic/"]
    assert offered("evolve", "cartpole", "--critic-model", "man") == ["manual"]
    assert offered("evolve", "cartpole", "--selection", "") == ["duels", "posterior"]
    assert all(any(known.startswith(model) for known in KNOWN) for model in MODELS)
    assert all(known.startswith(MODELS) for known in KNOWN)


@pytest.mark.parametrize("run", ["nothing", "/", "runs", "runs/none", "b-new/../.."])
def test_what_is_not_there_has_no_names_and_no_error(run: str) -> None:
    assert offered("analyze", run, "") == []


def test_a_name_that_a_shell_would_not_take_as_it_is_is_not_offered(folder: Path) -> None:
    for name in ("$(touch owned)", "two words", "new\nline", "*", "\x1b[31mred"):
        (folder / "runs" / name).mkdir()
        (folder / "runs" / name / "events.jsonl").touch()
        (folder / "envs" / name).mkdir(parents=True)
        (folder / "envs" / name / "task.toml").touch()
    assert offered("show", "") == ["latest", "b-new", "a-old"]
    assert not set(offered("evolve", "")) & {"$(touch", "two", "new", "*"}


@pytest.mark.parametrize(
    "words", [("show", ""), ("evolve", ""), ("analyze", "latest", ""), ("evolve", "--model", "")]
)
def test_nothing_heavy_is_imported(words: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom eureka_agent.cli.app import app\n"
        "try:\n    app(prog_name='eureka-agent')\n"
        "finally:\n    print('loaded', *{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | variables(*words), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    *names, loaded = done.stdout.splitlines()
    assert names
    assert not set(loaded.split()) & HEAVY


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_the_shell_can_be_had(shell: str) -> None:
    done = CliRunner().invoke(
        app, env={"_EUREKA_AGENT_COMPLETE": f"source_{shell}"}, prog_name="eureka-agent"
    )
    assert f"complete_{shell}" in done.stdout
    assert "eureka-agent" in done.stdout
