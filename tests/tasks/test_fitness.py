"""Fitness of episodes by every reduction, and the same paid as a sparse reward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import FitnessSpec, SparseReward, Task, TaskFitness, find_task

X = {"x": np.array([0.0, 3.0, 1.0], dtype=np.float32)}


def task_with(reduce: Any, **changes: Any) -> Task:
    direction = changes.pop("direction", "maximize")
    fitness = FitnessSpec("s", reduce, direction=direction)
    base = replace(find_task("cartpole"), fitness=fitness, fitness_step=None)
    return replace(base, **changes)


def by_step(signals):
    return signals["x"]


@pytest.mark.parametrize(
    ("reduce", "expected"), [("sum", 4.0), ("mean", 4 / 3), ("last", 1.0), ("max", 3.0), ("any", 1.0)]
)
def test_steps_are_reduced(reduce: str, expected: float) -> None:
    assert TaskFitness(task_with(reduce, fitness_step=by_step)).of_signals(X, 9.0) == pytest.approx(expected)


def test_whole_episodes_and_native_returns() -> None:
    whole = task_with("episode", fitness_episode=lambda signals: signals["x"][0] + 7)
    assert TaskFitness(whole).of_signals(X, 9.0) == 7.0
    assert TaskFitness(task_with("native_return")).of_signals(X, 9.0) == 9.0


def test_a_fitness_that_is_not_finite_is_refused() -> None:
    with pytest.raises(TaskError, match="nan"):
        TaskFitness(task_with("episode", fitness_episode=lambda signals: float("nan"))).of_signals(X, 0.0)
    with pytest.raises(TaskError, match="shape"):
        TaskFitness(task_with("sum", fitness_step=lambda signals: np.zeros(2))).of_signals(X, 0.0)


def test_the_sparse_reward_respects_the_direction() -> None:
    steps = SparseReward(task_with("sum", fitness_step=by_step, direction="minimize"), 3)
    no = np.zeros(3, bool)
    assert steps.step(X, np.zeros(3), no).tolist() == [0.0, -3.0, -1.0]
    whole = task_with("episode", fitness_episode=lambda signals: 5.0, direction="minimize")
    assert SparseReward(whole, 3).step(X, np.zeros(3), ~no).tolist() == [-5.0] * 3


@dataclass
class Played:
    signals: Mapping[str, np.ndarray]
    native_reward: np.ndarray | None


@pytest.mark.parametrize("reduce", ["sum", "mean", "last", "max", "any", "native_return"])
def test_what_was_recorded_is_scored_at_its_end_and_on_the_way(reduce: str) -> None:
    fitness = TaskFitness(task_with(reduce, fitness_step=by_step))
    native = np.array([0.5, -1.0, 4.0])
    on_the_way = fitness.so_far(fitness.steps(X), native)
    assert on_the_way is not None
    for steps in (1, 2, 3):
        begun = Played({"x": X["x"][:steps]}, native[:steps])
        assert fitness(begun) == pytest.approx(on_the_way[steps - 1])


def test_a_return_that_was_not_recorded_is_named() -> None:
    with pytest.raises(TaskError, match="not recorded"):
        TaskFitness(task_with("native_return"))(Played(X, None))
    by_episode = TaskFitness(task_with("episode", fitness_episode=lambda signals: 5.0))
    assert by_episode(Played(X, None)) == 5.0
    assert by_episode.so_far(None, np.zeros(3)) is None


def test_another_definition_has_another_version() -> None:
    task = task_with("sum", fitness_step=by_step)
    anew = replace(task, fitness=replace(task.fitness, version=2))
    assert TaskFitness(task).version != TaskFitness(anew).version


def test_the_sparse_reward_pays_each_world_at_its_own_end() -> None:
    task = task_with("episode", fitness_episode=lambda signals: float(np.sum(signals["x"])))
    sparse = SparseReward(task, 2)
    dones = [[False, False], [True, False], [False, True]]
    paid = [
        sparse.step({"x": np.array([t + 1.0, 10.0])}, np.zeros(2), np.array(done)).tolist()
        for t, done in enumerate(dones)
    ]
    assert paid == [[0.0, 0.0], [3.0, 0.0], [0.0, 30.0]]


def test_native_returns_are_paid_at_the_end_and_forgotten() -> None:
    sparse = SparseReward(task_with("native_return"), 1)
    ones, x = np.ones(1), {"x": np.zeros(1)}
    paid = [float(sparse.step(x, ones, np.array([t % 2 == 1]))[0]) for t in range(4)]
    assert paid == [0.0, 2.0, 0.0, 2.0]


def test_bundled_fitness_by_hand() -> None:
    pendulum = find_task("pendulum")
    angle = np.concatenate([np.zeros(100), np.full(50, 0.1), np.full(50, 3.0)])
    assert TaskFitness(pendulum).of_signals({"angle": angle}, 0.0) == 0.5
    for car in (find_task("mountain_car"), find_task("mountain_car_weak")):
        assert TaskFitness(car).of_signals({"position": np.array([0.0, 0.4499], np.float32)}, 0.0) == 0.0
        assert TaskFitness(car).of_signals({"position": np.array([0.0, 0.45], np.float32)}, 0.0) == 1.0
    acrobot = find_task("acrobot")
    assert TaskFitness(acrobot).of_signals({"tip_height": np.array([-2.0, 0.0, 1.1])}, 0.0) == -2.0
