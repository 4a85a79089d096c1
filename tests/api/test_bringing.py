"""Rewards that a person brings to a run: the first candidate, and what winners are compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from adopt_examples import METHOD

from eureka_agent import dry_run, evolve
from eureka_agent.api.bringing import brought_along, compared_with, human_text
from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.config import make_config
from eureka_agent.errors import ConfigError
from eureka_agent.rewards import check_source
from eureka_agent.store.events import read_events, read_start
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState
from eureka_agent.tasks.registry import find_task

PORTABLE = """def compute_reward(pole_angle):
    upright = -abs(pole_angle)  # radians
    return upright, {"upright": upright}
"""

FOUND = """import torch


class CartPole(VecTask):
    fall_cost = 2.0

    def compute_reward(self):
        upright = 1.0 - self.pole_angle.pow(2)
        speed = 0.01 * torch.abs(self.cart_vel_buf)
        self.rew_buf[:] = upright - self.fall_cost * (torch.abs(self.pole_angle) > 0.2) - speed
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(text)
    return path


def test_a_portable_reward_is_taken_as_it_is(tmp_path: Path) -> None:
    task = find_task("cartpole")
    path = written(tmp_path, PORTABLE)
    assert brought_along(path, task) == human_text(path, task) == PORTABLE


def test_one_that_reads_signals_is_left_to_the_critic_with_its_faults(tmp_path: Path) -> None:
    text = "def compute_reward(pole_angle):\n    return open(pole_angle)\n"
    assert brought_along(written(tmp_path, text), find_task("cartpole")) == text


@pytest.mark.parametrize("bring", [brought_along, human_text])
def test_a_found_one_is_adopted(tmp_path: Path, bring) -> None:
    task = find_task("cartpole")
    text = bring(written(tmp_path, FOUND), task)
    assert [f for f in check_source(text, [s.name for s in task.all_signals]) if f.severity == "error"] == []
    assert "def compute_reward(pole_angle, cart_velocity):" in text


@pytest.mark.parametrize("bring", [brought_along, human_text])
def test_one_that_leaves_a_question_names_the_command_that_asks_it(tmp_path: Path, bring) -> None:
    path = written(tmp_path, METHOD)
    with pytest.raises(ConfigError) as caught:
        bring(path, find_task("cartpole"))
    assert "x_velocity" in caught.value.what
    assert f"eureka-agent adopt {path} --task cartpole" in caught.value.fix


def test_winners_are_compared_with_the_human_reward(tmp_path: Path) -> None:
    task = find_task("cartpole")
    config = make_config({"task": {"kind": "folder", "value": "cartpole"}})
    assert compared_with(task, config) is task
    path = written(tmp_path, PORTABLE)
    options: dict[str, Any] = {
        "generations": 1,
        "samples": 2,
        "env_steps": 512,
        "confirm_seeds": 2,
        "confirm_top": 1,
        "film": False,
    }
    result = evolve("cartpole", human_reward=path, runs=tmp_path / "runs", **options)
    start = read_start(RunFolder(result.folder).events)
    assert start is not None
    assert start.config["human_reward"] == PORTABLE
    state = RunState.of(read_events(RunFolder(result.folder).events))
    again, _ = resumable(RunFolder(result.folder), state, Consent())
    assert again.reference == PORTABLE, "a run that goes on compares with the same"
    assert "given with --human-reward" in result.summary.read_text()


def test_a_quick_search_takes_the_small_budget_of_the_task() -> None:
    budget = find_task("cartpole").budget
    assert budget.quick < budget.env_steps
    assert replace(budget, env_steps=10).quick == 10, "inherited from a task with more"
    assert dry_run("cartpole", quick=True).config["env_steps"] == budget.quick
    assert dry_run("cartpole").config.get("env_steps") is None
    with pytest.raises(ConfigError, match="or --env-steps"):
        dry_run("cartpole", quick=True, env_steps=500)


def test_it_stands_in_the_configuration_where_it_was_given(tmp_path: Path) -> None:
    path = written(tmp_path, PORTABLE)
    assert dry_run("cartpole", human_reward=path).config["human_reward"] == PORTABLE
    assert dry_run("cartpole").config.get("human_reward") is None
