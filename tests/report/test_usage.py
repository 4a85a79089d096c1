"""The lines that use a reward run, for every kind of task; hostile words in a log stay words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from fakes import FakeTrainer, make_evolution

from eureka_agent.design.designer import Designer
from eureka_agent.llm.scripted import ScriptedModel
from eureka_agent.report.usage import steps_to_count, usage
from eureka_agent.resources import bundled_folders
from eureka_agent.store.facts import TaskFacts
from eureka_agent.tasks.scaffold import write_task

SIGNALS = {"cartpole": "pole_angle", "mountain_car_weak": "position", "hopper_jump": "height"}


def reward_at(folder: Path, signal: str) -> None:
    (folder / "reward.py").write_text(
        f'def compute_reward({signal}):\n    paid = 1.0 * {signal}\n    return paid, {{"paid": paid}}\n'
    )


def stepped(lines: list[str], **names: Any) -> dict[str, Any]:
    exec("\n".join(lines), names)
    env: gym.Env = names["env"]
    env.reset(seed=0)
    return env.step(env.action_space.sample())[4]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_task_that_is_found_by_name_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    reward_at(tmp_path, SIGNALS[name])
    lines = usage({"kind": "folder", "value": str(bundled_folders("envs")[0] / name)}, "reward.py")
    assert f"find_task('{name}')" in "\n".join(lines)
    assert "native_reward" in stepped(lines)


def test_a_folder_of_ones_own_is_shown_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reward_at(tmp_path, "pole_angle")
    folder = write_task("cartpole", env_id="CartPole-v1", goal="Stay up.", folder=tmp_path / "mine")
    lines = usage({"kind": "folder", "value": str(folder.resolve())}, "reward.py")
    assert "find_task('mine/cartpole')" in "\n".join(lines)


def test_a_time_limit_that_was_given_is_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reward.py").write_text(
        'def compute_reward(obs):\n    paid = obs[:, 0]\n    return paid, {"paid": paid}\n'
    )
    options = {"max_episode_steps": 1}
    assert "native_return" in stepped(
        usage({"kind": "gym", "value": "CartPole-v1", "options": options}, "reward.py")
    )


def test_a_constructor_in_memory_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reward.py").write_text(
        'def compute_reward(obs):\n    paid = obs[:, 0]\n    return paid, {"paid": paid}\n'
    )
    lines = usage({"kind": "constructor", "value": "sha256:0"}, "reward.py")
    assert "native_reward" in stepped(lines, make_env=lambda: gym.make("CartPole-v1"))


@pytest.mark.parametrize("kind", ["gym", "factory", "folder"])
def test_words_of_a_log_are_no_code(kind: str) -> None:
    lines = usage({"kind": kind, "value": "x'); import os; ('\n\nimport sys"}, "re'ward.py")
    compiled = compile("\n".join(lines), "<usage>", "exec")
    assert {name for name in compiled.co_names if name in ("os", "sys")} == set()
    assert len(lines) == 4
    assert not any("\n" in line for line in lines)


def test_a_kind_that_nobody_knows_has_no_usage() -> None:
    assert usage({"kind": "new", "value": "x"}, "reward.py") == []
    assert usage({}, "reward.py") == []


MOVES = """def compute_reward(pole_angle, progress):
    left = (1.0 - progress) * {weight} + 0.0 * pole_angle
    return left, {{"left": left}}
"""


def test_a_reward_whose_weights_move_is_told_how_long_a_training_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evolution = make_evolution(tmp_path / "runs" / "one", trainer=FakeTrainer(), samples=2, generations=1)
    answers = ScriptedModel(
        lambda key, _: f"```python\n{MOVES.format(weight=1 + int(key.split('/')[0][-1]))}```"
    )
    evolution.make_proposer = lambda _restart: Designer(evolution.task, answers)
    evolution.run()
    assert evolution.state.facts is not None
    steps = evolution.state.facts.env_steps
    monkeypatch.chdir(evolution.folder.best_reward.parent)
    saved = Path("reward.py").read_text()
    assert f"trained over {steps:,} steps" in " ".join(saved.split())
    assert steps_to_count(evolution.state, "0-00") == steps
    lines = usage(evolution.state.config["task"], "reward.py", steps)
    assert f"total_steps={steps:_}" in saved
    assert stepped(lines)["reward_components"]["left"] in (1.0, 2.0)


def test_where_progress_is_a_signal_of_the_task_nobody_counts_steps(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "runs" / "one", trainer=FakeTrainer(), samples=2, generations=1)
    answers = ScriptedModel(
        lambda key, _: f"```python\n{MOVES.format(weight=1 + int(key.split('/')[0][-1]))}```"
    )
    evolution.make_proposer = lambda _restart: Designer(evolution.task, answers)
    renamed = [
        replace(s, name="progress") if s.name == "cart_position" else s for s in evolution.task.signals
    ]
    facts = TaskFacts.of(replace(evolution.task, signals=tuple(renamed)), evolution.config)
    assert facts.own_progress
    evolution.state.facts = facts
    evolution.run()
    assert steps_to_count(evolution.state, "0-00") is None
    saved = evolution.folder.best_reward.read_text()
    assert "Progress" not in saved
    assert "total_steps" not in saved


def test_other_rewards_are_told_nothing(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path / "runs" / "one", trainer=FakeTrainer(), samples=2, generations=1)
    evolution.run()
    assert [
        steps_to_count(evolution.state, name) for name in (*evolution.state.candidates, None, "9-99")
    ] == ([None] * (len(evolution.state.candidates) + 2))
    assert "total_steps" not in evolution.folder.best_reward.read_text()
