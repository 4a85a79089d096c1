"""Recorded episodes are played again, and go the same way bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trajectory_fakes import running, whole

from eureka_agent.errors import EurekaError, TrajectoryError
from eureka_agent.tasks import TaskFitness, find_task
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.scoring import score
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.trajectories import (
    Trajectory,
    inspect_environment,
    played_again,
    read_trajectories,
    rescored,
    write_trajectories,
)


def scored(name: str) -> tuple[Trajectory, ...]:
    """Return episodes of two policies in batched worlds; continuous actions leave their space."""
    task = find_task(name, max_episode_steps=60)
    factory = SimulatorFactory(task)
    learner = make_learner(task, factory)
    flats = [5 * learner.initial(seed).flat for seed in range(2)]
    found = score(task, factory, Policies(learner.network, flats, None), [[1, 2], [3, 4]], recorded=2)
    sets = [one for one in found if not isinstance(one, EurekaError)]
    return tuple(trajectory for one in sets for trajectory in one.trajectories)


def assert_same(again: Trajectory, before: Trajectory) -> None:
    for name, array in before.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array, err_msg=name)
        assert again.arrays[name].dtype == array.dtype
    for name in ("terminated", "truncated", "ending", "fitness"):
        assert getattr(again, name) == getattr(before, name)


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "hopper", "half_cheetah"])
def test_scoring_episodes_are_played_again(name: str, tmp_path: Path) -> None:
    task = find_task(name, max_episode_steps=60)
    episodes = scored(name)
    assert len(episodes) == 4
    write_trajectories(tmp_path / "x.npz", episodes)
    for trajectory in read_trajectories(tmp_path / "x.npz"):
        assert_same(played_again(task, trajectory), trajectory)


@pytest.mark.parametrize("name", ["cartpole", "hopper"])
def test_random_play_is_played_again_with_what_came_before(name: str) -> None:
    task = find_task(name)
    world = inspect_environment(task, seed=3).worlds[1]
    assert len(world) > 2
    assert_same(played_again(task, world[2], world[:2]), world[2])
    with pytest.raises(TrajectoryError, match="2 earlier episodes"):
        played_again(task, world[2])


@pytest.mark.parametrize("name", ["cartpole", "hopper", "hopper_jump", "gym:CartPole-v1"])
def test_what_was_recorded_is_scored_again(name: str) -> None:
    fitness = TaskFitness(find_task(name))
    for trajectory in inspect_environment(find_task(name), seed=3).trajectories:
        if trajectory.ended:
            assert fitness(trajectory) == trajectory.fitness
            if trajectory.fitness_so_far is not None:
                assert trajectory.fitness_so_far[-1] == pytest.approx(trajectory.fitness)


def test_another_fitness_scores_what_was_recorded() -> None:
    class Preferred:
        version = "anna-1"

        def __call__(self, trajectory: object) -> float:
            return 7.0

    anew = rescored(whole(3), Preferred())
    assert (anew.fitness, anew.fitness_version, anew.fitness_so_far) == (7.0, "anna-1", None)


def test_what_cannot_be_played_again_says_why() -> None:
    task = find_task("cartpole")
    with pytest.raises(TrajectoryError, match="nothing is known of its seed"):
        played_again(task, running({"pole_angle": np.zeros(3)}))
    with pytest.raises(TrajectoryError, match="nothing is known of its actions"):
        played_again(task, running({"pole_angle": np.zeros(3)}, seed=1))
    with pytest.raises(TrajectoryError, match="on a device"):
        played_again(task, whole(3, simulator="device"))
    one = inspect_environment(task, seed=0).worlds[0][0]
    with pytest.raises(TrajectoryError, match="ended after"):
        played_again(task, replace(one, action=np.zeros(one.length, np.int64)))
