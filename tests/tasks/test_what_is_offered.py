"""What an environment that nobody here wrote is taken for: its signals, its score, its target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import GymWorlds, find_task, load_task, write_task
from eureka_agent.tasks.generic import AS_BEFORE
from eureka_agent.trajectories import inspect_environment


def test_words_beside_arrays_are_left_out_with_a_notice() -> None:
    task = find_task(env="fake_envs:spoken_mission")
    assert [signal.name for signal in task.signals] == ["obs_image", "action"]
    assert task.notices == ("obs['mission'] is words, which no policy here reads: it is left out.",)
    assert inspect_environment(task).signals["obs_image"].shape[2:] == (7, 7, 3)
    with GymWorlds(task, 2, [0, 1]) as worlds:
        assert worlds.reset().shape == (2, 147) == (2, *worlds.policy_space.shape)


def test_nothing_but_words_is_no_observation() -> None:
    with pytest.raises(TaskError, match="no fixed array shape"):
        find_task(env="fake_envs:only_words")


def test_entries_that_only_steps_bring_are_signals_that_begin_at_zero() -> None:
    task = find_task(env="fake_envs:succeeds_late")
    assert [signal.name for signal in task.signals] == ["obs", "action", "count", "is_success", "both"]
    assert "is_success" in task.late_info
    recorded = inspect_environment(task).trajectories[0]
    np.testing.assert_array_equal(recorded.signals["is_success"], [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(recorded.signals["prev_is_success"], [0, 0, 0, 0, 1])


@pytest.mark.parametrize(("name", "reduce"), [("succeeds_late", "last"), ("succeeds_at_some_step", "any")])
def test_success_is_the_fitness_where_an_environment_tells_of_it(name: str, reduce: str) -> None:
    task = find_task(env=f"fake_envs:{name}")
    assert task.fitness.reduce == reduce
    assert set(inspect_environment(task).fitness_per_episode[:1]) == {1.0}


def test_a_threshold_of_the_return_is_the_target() -> None:
    assert find_task("gym:CartPole-v1").fitness.target == 475.0
    assert find_task(env="fake_envs:well_behaved").fitness.target is None


@pytest.mark.parametrize("env", ["fake_envs:succeeds_late", "CartPole-v1"])
def test_a_run_of_an_earlier_version_keeps_its_task(env: str) -> None:
    ref = find_task(env=env).ref
    task = load_task(replace(ref, options={**ref.options, AS_BEFORE: True}))
    assert task.fitness.reduce == "native_return"
    assert task.fitness.target is None
    assert not task.late_info


def test_a_folder_made_of_such_an_environment_runs(tmp_path: Path) -> None:
    made = write_task("late", env_id="fake_envs:succeeds_late", goal="Succeed.", folder=tmp_path)
    task = find_task(made)
    assert task.late_info == ("is_success", "both")
    assert inspect_environment(task).signals["is_success"].max() == 1.0


def test_a_little_outside_the_space_is_told_and_taken() -> None:
    notices: list[str] = []
    inspect_environment(find_task(env="fake_envs:overshoots"), notice=notices.append)
    assert notices == [
        "The environment's observation 'obs' reaches 0.5 at index [2], its space says 0 to 0. "
        "It is taken as it is."
    ]
