"""Episodes that a device played are continued on it, from any of their states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax", reason="needs jax: pip install 'eureka-agent[gpu]'")

import jax.numpy as jnp
from point_mass import PointMass, point_task, point_worlds

from eureka_agent.errors import TrajectoryError
from eureka_agent.tasks.task import Task
from eureka_agent.training.continuing import Actor, Continuations, Make
from eureka_agent.training.device.evaluation import DeviceScoring
from eureka_agent.training.device.rollout import DevicePolicies
from eureka_agent.training.device.simulator import DeviceSimulators
from eureka_agent.training.device.worlds import DeviceWorlds
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.moment_search import moment_of
from eureka_agent.training.population.network import Network
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.trajectory import Trajectory

AWAY = 6
"""From this step on the point is pushed away from the origin."""


def drifted(reduce: str = "mean") -> tuple[Task, Trajectory, Make]:
    """Return an episode that the device's evaluation recorded of a random policy, and where to play it on."""
    task = point_task(reduce)
    worlds = point_worlds(task)
    network = Network(2, (16, 16), (), 1)
    policies = DevicePolicies(20.0 * jnp.asarray(network.initial(3))[None], None)
    (found,) = DeviceScoring(task, worlds, network)(policies, [[11, 12, 13]], recorded=3)
    assert isinstance(found, EpisodeSet)
    return task, found.trajectories[-1], DeviceSimulators(worlds)


def pushed(force: float) -> Actor:
    return Actor(f"pushes with {force:g}", lambda observation, _: np.full((1, 1), force, np.float32))


def back(observation: np.ndarray, _: object) -> np.ndarray:
    x, v = observation[0]
    return np.array([[np.clip(-2.0 * x - 2.0 * v, -1.0, 1.0)]], np.float32)


def test_who_goes_on_as_recorded_gets_the_recorded_score() -> None:
    task, episode, make = drifted()
    assert episode.simulator == "device"
    assert episode.action is not None
    for state in (0, episode.length // 2, episode.length - 1):
        rest = iter(episode.action[state:])
        recorded = Actor("as recorded", lambda _, __, rest=rest: next(rest)[None])
        continuations = Continuations(task, episode, [recorded], make)
        assert continuations.scores(state)[0] == pytest.approx(episode.fitness, rel=1e-5)
        continuations.close()


def test_replay_and_continuations_share_one_program() -> None:
    traced: list[int] = []

    class Counting(PointMass):
        def step(self, bodies: Any, actions: Any) -> Any:
            traced.append(len(actions))
            return super().step(bodies, actions)

    task, episode, _ = drifted()
    make = DeviceSimulators(DeviceWorlds(task, Counting()))
    continuations = Continuations(task, episode, [pushed(1.0), pushed(-1.0)], make)
    continuations.scores(2)
    assert traced == [2]


def test_the_same_state_gives_the_same_scores_whoever_played_before() -> None:
    task, episode, make = drifted()
    continuations = Continuations(task, episode, [pushed(1.0), pushed(-1.0), Actor("back", back)], make)
    first = continuations.scores(4)
    assert len(set(first.values())) == 3
    assert first[2] == max(first.values())
    continuations.scores(0)
    assert continuations.scores(4) == first


def test_the_step_is_found_after_which_the_point_gets_lost() -> None:
    """Someone brings the point to rest and then pushes it off: at once it can be brought back, later not."""
    task, _, make = drifted("sum")
    worlds = make([11])
    observation = worlds.reset()
    steps, actions = [], []
    while not steps or not steps[-1].done[0]:
        action = back(observation, None) if len(actions) < AWAY else np.ones((1, 1), np.float32)
        steps.append(worlds.step(action))
        actions.append(action[0])
        observation = steps[-1].policy_obs
    episode = record(
        task,
        {name: np.concatenate([step.signals[name] for step in steps]) for name in steps[0].signals},
        action=np.stack(actions), native_reward=np.array([step.native_reward[0] for step in steps]),
        seed=11, simulator="device",
        terminated=bool(steps[-1].terminated[0]), truncated=bool(steps[-1].truncated[0]),
    )  # fmt: skip
    (seen,) = moment_of(Continuations(task, episode, [Actor("back", back)], make), episode, task)
    assert str(seen.kind) == "unrecoverable"
    assert seen.steps is not None
    assert AWAY <= seen.steps[0] < episode.length


def test_an_episode_that_goes_another_way_is_not_continued() -> None:
    task, episode, make = drifted()
    assert episode.fitness is not None
    assert episode.action is not None
    with pytest.raises(TrajectoryError, match="goes another way: it scores"):
        Continuations(task, replace(episode, fitness=1.2 * episode.fitness), [pushed(0.0)], make)
    longer = replace(
        episode,
        signals={name: np.concatenate([array, array]) for name, array in episode.signals.items()},
        action=np.concatenate([episode.action, episode.action]),
        native_reward=None,
        fitness_so_far=None,
    )
    with pytest.raises(TrajectoryError, match=f"it ends after {episode.length} steps"):
        Continuations(task, longer, [pushed(0.0)], make)
