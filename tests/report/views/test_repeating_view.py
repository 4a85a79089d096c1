"""A run as the command that repeats it."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

from eureka_agent.cli.app import app
from eureka_agent.config import make_config
from eureka_agent.report.views.repeating import repeating_view
from eureka_agent.store.state import RunState

OPTIONS: list[dict[str, Any]] = [
    {},
    {"model": "openai/gpt-5", "generations": 2, "samples": 3, "env_steps": 1000, "critic": False},
    {"selection": "posterior", "restarts": 3, "target": 2.5, "halving": False, "choose_seeds": 0},
    {"model": "replay:my file.jsonl", "temperature": 0.5, "unsafe_isolation": True, "seed": 7},
]


def state_of(task: dict[str, Any], **options: Any) -> RunState:
    return RunState(config=make_config({"task": task, **options}).to_json())


@pytest.mark.parametrize("options", OPTIONS)
def test_the_command_asks_for_the_same_run(options: dict[str, Any]) -> None:
    task = {"kind": "folder", "value": "/somewhere/envs/cartpole"}
    words = shlex.split(repeating_view(state_of(task, **options), {}).command)
    assert words[:3] == ["eureka-agent", "evolve", "cartpole"]
    group = typer.main.get_command(app)
    command = group.commands["evolve"]  # type: ignore[attr-defined]
    given = command.make_context("evolve", words[2:]).params
    wanted = make_config({"task": task, **options}).to_json()
    for name, value in wanted.items():
        if name not in ("task", "task_digest"):
            assert given[name] == (value if name != "after" else None), name
    assert given["new"] is True


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"kind": "gym", "value": "Ant-v5", "options": {"max_episode_steps": 200}},
         ["gym:Ant-v5", "--max-episode-steps", "200"]),
        ({"kind": "factory", "value": "my.module:make", "options": {"goal": "Hop high.", "stages": False}},
         ["--env", "my.module:make", "--goal", "Hop high.", "--no-stages"]),
        ({"kind": "folder", "value": "x/cartpole", "options": {"show_env_reward": True}},
         ["cartpole", "--show-env-reward"]),
    ],
)  # fmt: skip
def test_tasks_are_named_as_they_are_typed(task: dict[str, Any], words: list[str]) -> None:
    assert shlex.split(repeating_view(state_of(task), {}).command)[2 : 2 + len(words)] == words


def test_a_constructor_in_memory_has_no_command() -> None:
    view = repeating_view(state_of({"kind": "constructor", "value": "sha256:00"}), {"numpy": "2.1"})
    assert view.command == ""
    assert "eureka_agent.evolve(env=make_env, …)" in view.notes[0]
    assert view.versions == (("numpy", "2.1"),)


def test_a_file_that_the_log_holds_the_text_of_is_named_and_explained() -> None:
    task = {"kind": "folder", "value": "cartpole"}
    view = repeating_view(state_of(task, seed_reward="def compute_reward(): ..."), {})
    assert "--seed-reward seed_reward.py" in view.command
    assert "def compute_reward" not in view.command
    assert any("its text is that of the first candidate" in note for note in view.notes)


def test_a_run_before_is_named_and_the_policy_that_it_left_is_not() -> None:
    task = {"kind": "folder", "value": "cartpole"}
    state = state_of(task, after=[["def compute_reward(): ...", 500]], init_policy="00" * 32)
    view = repeating_view(state, {})
    assert "--after RUN" in view.command
    assert "--init-policy" not in view.command
    assert sum("RUN stands for a run" in note for note in view.notes) == 1


def test_settings_of_another_version_are_listed_without_a_command() -> None:
    view = repeating_view(RunState(config={"model": "search", "warp": 9}), {})
    assert view.command == ""
    assert ("warp", "9") in view.settings


def test_nothing_that_a_log_holds_ends_the_line() -> None:
    task = {"kind": "folder", "value": "x/$(touch evil)\n; rm"}
    command = repeating_view(state_of(task, model="a; b\nc"), {}).command
    assert "\n" not in command
    assert "'$(touch evil) ; rm'" in command
    assert "'a; b c'" in command
