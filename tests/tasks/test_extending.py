"""A task folder may take over another one's parts, and may have stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import find_task, load_task
from eureka_agent.tasks.identity import task_digest
from eureka_agent.tasks.schema import base_folder
from eureka_agent.tasks.task import TaskRef
from eureka_agent.trajectories import inspect_environment

BASE = """
description = "base"
reference = "native"
[environment]
id = "MountainCarContinuous-v0"
max_episode_steps = 70
[environment.kwargs]
goal_velocity = 0.01
[[signals]]
name = "position"
[fitness]
summary = "s"
reduce = "mean"
[budget]
env_steps = 500
[algorithm]
n_envs = 2
gamma = 0.9
"""
BASE_PY = """
def initial_signals(state):
    return {"position": state["obs"][:, 0]}
def signals(before, action, after):
    return {"position": after["obs"][:, 0]}
def fitness_step(signals):
    return signals["position"]
def events(signals):
    return {"ended": signals["position"] > 0}
"""
CHILD = """
extends = "base"
description = "child"
reference = "native"
[environment.kwargs]
render_mode = "rgb_array"
[fitness]
summary = "t"
reduce = "max"
[algorithm]
gamma = 0.5
[[stages]]
name = "easy"
env_steps = 100
until = 0.3
max_episode_steps = 40
[stages.kwargs]
goal_velocity = 0.0
[[stages]]
name = "whole"
"""
CHILD_PY = "def fitness_step(signals):\n    return -signals['position']\n"


def family(root: Path, child: str = CHILD, python: str = CHILD_PY) -> Path:
    for name, toml, code in (("base", BASE, BASE_PY), ("child", child, python)):
        folder = root / name
        folder.mkdir(exist_ok=True)
        (folder / "task.toml").write_text(toml)
        (folder / "task.py").write_text(code)
    return root / "child"


def test_what_is_not_given_anew_is_taken_over(tmp_path: Path) -> None:
    task = find_task(str(family(tmp_path)))
    assert (task.description, task.env_id, task.max_episode_steps) == (
        "child",
        "MountainCarContinuous-v0",
        70,
    )
    assert [signal.name for signal in task.signals] == ["position"]
    assert task.algorithm == {"n_envs": 2, "gamma": 0.5}
    assert task.budget.env_steps == 500
    assert task.fitness.reduce == "max"
    assert task.events is None
    env = task.make_env().unwrapped
    assert (env.render_mode, env.goal_velocity) == ("rgb_array", 0.01)  # type: ignore[attr-defined]
    assert inspect_environment(task).fitness_per_episode.max() > 0.3


def test_an_edited_base_is_another_task(tmp_path: Path) -> None:
    folder = family(tmp_path)
    before = find_task(str(folder))
    assert before.bases == (tmp_path / "base",)
    digest = task_digest(before)
    (tmp_path / "base" / "task.py").write_text(BASE_PY + "# edited")
    assert task_digest(find_task(str(folder))) != digest


def test_fitness_is_never_taken_over(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"no function fitness_step"):
        find_task(str(family(tmp_path, python="")))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('extends = "base"', 'extends = "bass"', "Did you mean 'base'?"),
        ('extends = "base"', 'extends = "child"', "extends itself"),
        ('description = "child"', "", "description"),
        ('summary = "t"', "", "summary"),
        ("[algorithm]\n", '[[signals]]\nname = "position"\n[algorithm]\n', "declared twice"),
        ('name = "easy"', 'title = "easy"', "stages"),
    ],
)
def test_a_mistake_is_located(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(str(family(tmp_path, CHILD.replace(old, new))))
    assert words in str(caught.value)


def test_an_environment_of_its_own_takes_the_place_of_the_extended_one(tmp_path: Path) -> None:
    factory = CHILD.replace(
        "[environment.kwargs]", '[environment]\nfactory = "own:make"\n[environment.kwargs]'
    )
    family(tmp_path, factory)
    (tmp_path / "child" / "own.py").write_text(
        "import gymnasium as gym\n"
        "def make(goal_velocity, render_mode):\n"
        "    return gym.make('MountainCarContinuous-v0', goal_velocity=2 * goal_velocity)\n"
    )
    env = find_task(str(tmp_path / "child")).make_env()
    assert env.unwrapped.goal_velocity == 0.02  # type: ignore[attr-defined]


def test_stages_are_the_task_with_other_arguments(tmp_path: Path) -> None:
    task = find_task(str(family(tmp_path)))
    easy, whole = task.stages
    assert (easy.name, easy.env_steps, easy.until) == ("easy", 100, 0.3)
    assert (whole.name, whole.env_steps, whole.kwargs) == ("whole", 400, {})
    first = load_task(TaskRef("folder", task.ref.value, {"stage": 0}))
    env = first.make_env().unwrapped
    assert (env.render_mode, env.goal_velocity) == ("rgb_array", 0.0)  # type: ignore[attr-defined]
    assert (first.max_episode_steps, first.budget.env_steps) == (40, 100)
    with pytest.raises(TaskError, match="no stage 2"):
        load_task(TaskRef("folder", task.ref.value, {"stage": 2}))


@pytest.mark.parametrize(
    ("env_id", "fields", "words"),
    [
        ("CartPole-v1", '["qpos"]', "no MuJoCo data"),
        ("Hopper-v5", '["qpoz"]', "Did you mean 'qpos'?"),
        ("Hopper-v5", '["bind"]', "no array 'bind'"),
    ],
)
def test_a_wrong_state_is_told(tmp_path: Path, env_id: str, fields: str, words: str) -> None:
    toml = BASE.replace('id = "MountainCarContinuous-v0"', f'id = "{env_id}"\nstate = {fields}')
    family(tmp_path)
    (tmp_path / "base" / "task.toml").write_text(toml.replace("goal_velocity = 0.01", ""))
    with pytest.raises(TaskError) as caught:
        find_task(str(tmp_path / "base"))
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["x" * 300, "two\nlines", "nul\0", "../elsewhere", "/etc", ""])
def test_a_name_that_can_be_no_folder_is_an_error_like_any_other(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "task.toml").write_text(BASE)
    with pytest.raises(TaskError, match="no task folder"):
        base_folder(folder / "task.toml", name)
