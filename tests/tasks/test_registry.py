"""Tasks are found by every name a person may type, and again in another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import fake_envs
import gymnasium as gym
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import TaskRef, find_task, list_tasks, load_task, write_task
from eureka_agent.trajectories import inspect_environment

BUNDLED = ["acrobot", "cartpole", "mountain_car", "mountain_car_weak", "pendulum"]


def test_the_bundled_tasks_are_listed() -> None:
    assert set(BUNDLED) <= {task.name for task in list_tasks()}


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_task_is_whole(name: str) -> None:
    task = find_task(name)
    assert task.folder is not None
    assert task.hacks
    assert "compute_reward" in task.reference or task.reference == "native"
    assert task.context
    recording = inspect_environment(task)
    assert recording.fitness_per_episode.size
    for signal in task.signals:
        values = recording.signals[signal.name]
        assert values.shape[2:] == signal.shape
        assert signal.low is None or values.min() >= signal.low - 1e-4
        assert signal.high is None or values.max() <= signal.high + 1e-4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cartpol", "Did you mean 'cartpole'?"),
        ("gym:CartPol-v1", "Did you mean 'CartPole-v1'?"),
        ("gym:CartPole-v7", "Did you mean 'CartPole-v1'?"),
        ("no_such_module:make", "no module 'no_such_module'"),
    ],
)
def test_an_unknown_task_brings_a_suggestion(name: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(name)
    assert words in caught.value.what


def test_an_unknown_task_brings_the_list() -> None:
    with pytest.raises(TaskError) as caught:
        find_task("zzz")
    assert "pendulum" in caught.value.allowed


def test_a_task_that_was_found_is_named_and_not_passed() -> None:
    task: object = find_task("pendulum")
    with pytest.raises(TaskError, match=r"this is a Task[\s\S]*task\.ref"):
        find_task(task)  # pyright: ignore[reportArgumentType]


def test_options_override_what_the_task_says() -> None:
    task = find_task("gym:CartPole-v1", goal="Balance.", max_episode_steps=50, env_steps=123)
    assert (task.description, task.max_episode_steps, task.budget.env_steps) == ("Balance.", 50, 123)
    assert task.name == "cartpole_v1"
    assert find_task("cartpole", env_steps=99).budget.env_steps == 99
    assert load_task(task.ref).description == "Balance."


def test_an_importable_callable_becomes_its_name() -> None:
    ref = find_task("mine", env=fake_envs.well_behaved).ref
    assert (ref.kind, ref.value, ref.options["name"]) == ("factory", "fake_envs:well_behaved", "mine")
    assert ref.options["path"] == str(Path(__file__).parent)


def test_every_kind_of_reference_works_in_another_process() -> None:
    found = [
        find_task("cartpole"),
        find_task("gym:Pendulum-v1", goal="Up."),
        find_task(env=fake_envs.well_behaved),
        find_task("closure", env=lambda: gym.make("Acrobot-v1")),
    ]
    assert [task.ref.kind for task in found] == ["folder", "gym", "factory", "pickled"]
    refs = [{"kind": t.ref.kind, "value": t.ref.value, "options": dict(t.ref.options)} for t in found]
    program = (
        "import json, sys\n"
        "from eureka_agent.tasks import TaskRef, load_task\n"
        "tasks = [load_task(TaskRef(**ref)) for ref in json.loads(sys.stdin.read())]\n"
        "print(json.dumps([[t.name, [s.name for s in t.signals]] for t in tasks]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(refs),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert json.loads(done.stdout) == [[t.name, [s.name for s in t.signals]] for t in found]


def test_a_living_environment_is_refused() -> None:
    with pytest.raises(TaskError, match="not a constructor"):
        find_task(env=gym.make("CartPole-v1"))  # type: ignore[arg-type]


TOML = """
description = "d"
reference = "native"
[environment]
id = "CartPole-v1"
[[signals]]
name = "obs"
shape = [4]
[fitness]
summary = "s"
reduce = "native_return"
"""


def folder(tmp_path: Path, toml: str, python: str = "") -> str:
    (tmp_path / "task.toml").write_text(toml)
    (tmp_path / "task.py").write_text(python)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('summary = "s"', 'sumary = "s"', "unknown key 'fitness.sumary'. Did you mean 'summary'?"),
        ('description = "d"', "description = ", "task.toml:2: not valid TOML"),
        ('name = "obs"', 'name = "prev_obs"', "signals.0.name"),
        ('"native_return"', '"total"', "fitness.reduce"),
        ('id = "CartPole-v1"', "", "exactly one of id and factory"),
        (
            'description = "d"',
            'description = "d"\nsafety_signals = ["force"]',
            "no signals of this task: force",
        ),
        ('summary = "s"', "", "fitness.summary: Field required"),
    ],
)
def test_a_mistake_in_the_file_is_located(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(folder(tmp_path, TOML.replace(old, new)))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("def signals(:", "task.py:1"),
        ("1 / 0", "ZeroDivisionError"),
        ("def initial_signal(state): ...", "Did you mean 'initial_signal'?"),
    ],
)
def test_a_mistake_in_the_behaviour_is_located(tmp_path: Path, python: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(folder(tmp_path, TOML, python))
    assert words in str(caught.value)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1", "FrozenLake-v1", "fake_envs:nested"])
def test_a_scaffold_runs_as_it_stands(tmp_path: Path, env_id: str) -> None:
    path = write_task("fresh", env_id=env_id, goal='Say "well" and\ndo it.', folder=tmp_path)
    task = find_task("fresh", envs=tmp_path)
    assert task.folder == path
    assert task.description == 'Say "well" and do it.'
    assert task.reference == "native"
    assert inspect_environment(task).fitness_per_episode.size
    generic = find_task(env=env_id)
    assert [(s.name, s.shape, s.dtype) for s in task.signals] == [
        (s.name, s.shape, s.dtype) for s in generic.signals
    ]


def test_a_scaffold_overwrites_nothing(tmp_path: Path) -> None:
    write_task("fresh", env_id="CartPole-v1", goal="g", folder=tmp_path)
    with pytest.raises(TaskError, match="exists already"):
        write_task("fresh", env_id="CartPole-v1", goal="g", folder=tmp_path)
    with pytest.raises(TaskError, match="is not a valid task name"):
        write_task("not a name", env_id="CartPole-v1", goal="g", folder=tmp_path)


def test_a_reference_is_plain_json() -> None:
    ref = find_task("cartpole", goal="g").ref
    assert TaskRef(**json.loads(json.dumps(vars(ref)))) == ref
