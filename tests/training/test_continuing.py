"""Recorded episodes are continued from any of their states, and lost ones tell where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import rendered_envs

from eureka_agent.errors import TaskError, TrajectoryError
from eureka_agent.tasks import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.continuing import Actor, Continuations, actors
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.moment_search import find_moment, moment_of
from eureka_agent.training.policies import network_of
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
GIVEN_UP = 60
BALANCE = np.array([0.1, 0.5, 5.0, 1.5])
"""Pushes the cart under a falling pole; holds it for all 500 steps."""


def balanced(observation: Array, _: object = None) -> Array:
    return (observation @ BALANCE > 0).astype(np.int64)


def given_up() -> Trajectory:
    """Return an episode of a policy that balances, and from one step on only pushes to the right."""
    steps: Iterator[int] = iter(range(1000))

    def act(observation: Array) -> Array:
        return balanced(observation) if next(steps) < GIVEN_UP else np.ones(len(observation), np.int64)

    return evaluate(find_task("cartpole"), act, [3], recorded=1).trajectories[0]


def policy_of(task: Task, seed: int = 0, size: float = 1.0) -> SavedPolicy:
    network = network_of(task)
    flat = size * np.random.default_rng(seed).normal(size=network.size)
    return SavedPolicy(network, flat.astype(np.float32), None)


def test_the_step_is_found_after_which_a_pole_certainly_falls() -> None:
    task, episode = find_task("cartpole"), given_up()
    assert GIVEN_UP < episode.length < GIVEN_UP + 30
    takers = [Actor("balance", balanced)]
    (seen,) = moment_of(Continuations(task, episode, takers), episode, task, 2)
    assert str(seen.kind) == "unrecoverable"
    assert seen.steps is not None
    step = seen.steps[0]
    assert (seen.episode, seen.values["best"], seen.values["continuations"]) == (2, 500.0, 1)
    assert GIVEN_UP <= step < episode.length
    again = Continuations(task, episode, takers)
    assert again.scores(step)[0] == 500.0
    assert all(again.scores(state)[0] < 100 for state in range(step + 1, episode.length))
    again.close()


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "hopper", "gym:MountainCarContinuous-v0"])
def test_who_goes_on_as_recorded_gets_the_recorded_score(name: str) -> None:
    task = find_task(name, max_episode_steps=60)
    episode = evaluate(task, _drawn(task), [5], recorded=1).trajectories[0]
    assert episode.action is not None
    for state in (0, 1, episode.length // 2, episode.length - 1):
        rest = iter(episode.action[state:])
        recorded = Actor("as recorded", lambda _, __, rest=rest: next(rest)[None])
        continuations = Continuations(task, episode, [recorded])
        assert continuations.scores(state) == {0: episode.fitness}
        assert continuations.env_steps == 2 * episode.length - state
        continuations.close()


def _drawn(task: Task):
    env = task.make_env()
    env.action_space.seed(5)
    return lambda observation: np.stack([env.action_space.sample() for _ in observation])


@pytest.mark.parametrize(("name", "count"), [("cartpole", 7), ("half_cheetah", 8)])
def test_the_same_state_gives_the_same_scores(name: str, count: int) -> None:
    task = find_task(name, max_episode_steps=60)
    policies = [policy_of(task, seed) for seed in range(2)]
    episode = evaluate(task, _drawn(task), [5], recorded=1).trajectories[0]
    takers = actors(task, policies[0], {"the leader": policies[1]})
    assert len(takers) == count, "choices know no idling"
    continuations = Continuations(task, episode, takers)
    first, other, again = (continuations.scores(state) for state in (3, 0, 3))
    assert first == again != other
    assert len(first) == count
    continuations.close()


def test_another_process_finds_the_same() -> None:
    task = find_task("cartpole")
    own, leader = policy_of(task, 1), policy_of(task, 2)
    episode = given_up()
    seen = find_moment(task, episode, own, {"the leader": leader}, 1)
    takers = actors(task, own, {"the leader": leader})
    assert list(seen) == moment_of(Continuations(task, episode, takers), episode, task, 1)


def test_a_search_that_takes_too_many_steps_is_given_up() -> None:
    task, episode = find_task("cartpole"), given_up()
    takers = [Actor("balance", balanced)]
    with pytest.raises(TrajectoryError, match="more than 600 simulated steps"):
        moment_of(Continuations(task, episode, takers), episode, task, most_steps=600)
    (seen,) = moment_of(Continuations(task, episode, takers), episode, task, most_steps=100_000)
    assert seen.values["env_steps"] > 600


def test_a_device_that_the_task_does_not_have_continues_nothing() -> None:
    task = find_task("cartpole", max_episode_steps=60)
    episode = replace(evaluate(task, _drawn(task), [5], recorded=1).trajectories[0], simulator="device")
    with pytest.raises(TaskError, match=r"no version for a GPU|is not installed"):
        Continuations(task, episode, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": None}, "its seed is not known"),
        ({"earlier": 1}, "its world had played others"),
        ({"terminated": False, "truncated": False}, "it did not end"),
        ({"action": None}, "nothing is known of its actions"),
        ({"signals": {"pole_angle": np.zeros(5, np.float32)}, "action": np.zeros(5, np.int64),
          "native_reward": None, "fitness_so_far": None}, "'pole_angle' differs from step 0 on"),
    ],
)  # fmt: skip
def test_what_cannot_be_continued_says_why(change: dict, words: str) -> None:
    with pytest.raises(TrajectoryError, match=words):
        Continuations(find_task("cartpole"), replace(given_up(), **change), [Actor("balance", balanced)])


class Hidden(rendered_envs.Steps):
    def __init__(self) -> None:
        super().__init__(None, broken=False)
        self.hidden = object()


def test_an_environment_that_hides_its_state_says_what_to_do() -> None:
    task = find_task(env=Hidden)
    episode = evaluate(task, lambda o: np.zeros(len(o), np.int64), [1], recorded=1).trajectories[0]
    with pytest.raises(TaskError, match="cannot be saved"):
        Continuations(task, episode, [Actor("none", lambda o, _: np.zeros(1, np.int64))])
