"""Every broken promise of an environment is named, with what would be right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
from fake_envs import Counter

from eureka_agent.errors import TaskError, TrainingError
from eureka_agent.tasks import GymWorlds, find_task
from eureka_agent.tasks.guard import Guard
from eureka_agent.tasks.patience import at_most
from eureka_agent.training.inspecting import first_look
from eureka_agent.trajectories import inspect_environment


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("four_values", "returned 4 values"),
        ("bare_reset", "reset() of Counter returned a ndarray"),
        ("nan_reward", "nan as reward"),
        ("text_reward", "'much' as reward"),
        ("no_flag", "None as terminated"),
        ("crashes", "raised KeyError: 'lost' at fake_envs.py:"),
        ("exits", "raised SystemExit: it called sys.exit(3) at fake_envs.py:"),
        ("wrong_shape", "shape (3,)"),
        ("text_obs", "'here'"),
        ("nan_obs", "NaN or infinity"),
        ("far_obs", "500 at index [1]"),
    ],
)
def test_misbehaviour_is_named(name: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        inspect_environment(find_task(env=f"fake_envs:{name}"))
    assert words in caught.value.what
    assert caught.value.allowed or caught.value.fix


def test_an_observation_out_of_bounds_does_not_stop_training() -> None:
    worlds = GymWorlds(find_task(env="fake_envs:far_obs"), 1, [0])
    worlds.reset()
    assert worlds.step(np.array([0])).policy_obs[0, 1] == 500.0


def test_another_environment_than_the_tasks_own_is_suspected_first() -> None:
    task = replace(find_task("gym:CartPole-v1"), make_env=lambda: gym.make("Pendulum-v1"))
    with pytest.raises(TaskError, match="another one needs another task") as caught:
        GymWorlds(task, 1, [0]).reset()
    assert "task.py" not in caught.value.fix


def test_a_step_that_takes_too_long_has_hung() -> None:
    seconds = iter([0.0, 1.0, 5.0, 35.0])
    env = Guard(Counter(), clock=lambda: next(seconds))
    env.reset()
    with pytest.raises(TaskError, match=r"step\(\) of Counter took 30 s"):
        env.step(0)


def test_waiting_for_an_environment_ends() -> None:
    with (
        pytest.raises(TaskError, match=r"The first look took longer than 0\.05 s"),
        at_most(0.05, "The first look"),
    ):
        threading.Event().wait()


def test_what_comes_after_a_wait_that_ended_well_is_not_interrupted() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with at_most(60.0, "Nothing"):
        pass
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_episodes_that_never_end_ask_for_a_limit() -> None:
    with pytest.raises(TaskError, match="max-episode-steps"):
        inspect_environment(find_task(env="fake_envs:endless"))


def test_a_given_limit_ends_endless_episodes() -> None:
    recording = inspect_environment(find_task(env="fake_envs:endless", max_episode_steps=20))
    assert any(trajectory.truncated for trajectory in recording.trajectories)
    assert not any(trajectory.terminated for trajectory in recording.trajectories)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not_an_env", "gave a dict"),
        ("fails_to_build", "RuntimeError: no licence"),
        ("wel_behaved", "Did you mean 'well_behaved'?"),
        ("graph", "Graph"),
        ("without_spaces", "has no observation_space"),
        ("without_actions", "has no action_space"),
        ("exits_when_built", "sys.exit(3)"),
        ("asserts_nothing", "AssertionError at fake_envs.py:"),
        ("asserts_nothing", "`assert length > 0`"),
    ],
)
def test_what_cannot_be_built_is_named(name: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(env=f"fake_envs:{name}")
    assert words in caught.value.what


def test_actions_must_be_finite() -> None:
    worlds = GymWorlds(find_task("pendulum"), 2, [0, 1])
    worlds.reset()
    with pytest.raises(TrainingError, match="NaN"):
        worlds.step(np.array([[0.0], [np.nan]]))


def test_actions_are_clipped_to_the_space() -> None:
    worlds = GymWorlds(find_task("pendulum"), 2, [0, 1])
    worlds.reset()
    assert worlds.step(np.array([[5.0], [-9.0]])).signals["torque"].tolist() == [2.0, -2.0]


def test_a_renderer_that_cannot_be_loaded_is_named() -> None:
    pytest.importorskip("mujoco")
    code = "from eureka_agent.tasks import find_task; find_task('half_cheetah')"
    environment = {**os.environ, "MUJOCO_GL": "nonsense"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "(MUJOCO_GL is 'nonsense')" in done.stderr
    assert "libegl1" in done.stderr


def test_a_first_look_plays_scripted_behaviours() -> None:
    look = first_look(find_task(env="fake_envs:well_behaved"), seed=0)
    assert look.scripted
    assert not any("scripted" in notice for notice in look.notices)


@pytest.mark.parametrize(("name", "why"), [("brittle", "KeyError"), ("fatal", "the process")])
def test_an_environment_that_does_not_bear_them_is_looked_at_all_the_same(name: str, why: str) -> None:
    look = first_look(find_task(env=f"fake_envs:{name}"), seed=0)
    assert look.recording.rows > 0
    assert look.scripted == ()
    assert any("No scripted behaviours" in notice and why in notice for notice in look.notices)
