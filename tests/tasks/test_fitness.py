"""Fitness of episodes by every reduction, and the same paid as a sparse reward."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks import FitnessSpec, SparseReward, Task, episode_fitness, find_task, sparse_rewards

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
    assert episode_fitness(task_with(reduce, fitness_step=by_step), X, 9.0) == pytest.approx(expected)


def test_whole_episodes_and_native_returns() -> None:
    whole = task_with("episode", fitness_episode=lambda signals: signals["x"][0] + 7)
    assert episode_fitness(whole, X, 9.0) == 7.0
    assert episode_fitness(task_with("native_return"), X, 9.0) == 9.0


def test_a_fitness_that_is_not_finite_is_refused() -> None:
    with pytest.raises(TaskError, match="nan"):
        episode_fitness(task_with("episode", fitness_episode=lambda signals: float("nan")), X, 0.0)
    with pytest.raises(TaskError, match="shape"):
        episode_fitness(task_with("sum", fitness_step=lambda signals: np.zeros(2)), X, 0.0)


def test_the_sparse_reward_respects_the_direction() -> None:
    steps = task_with("sum", fitness_step=by_step, direction="minimize")
    assert sparse_rewards(steps, X, 0.0).tolist() == [0.0, -3.0, -1.0]
    whole = task_with("episode", fitness_episode=lambda signals: 5.0)
    assert sparse_rewards(whole, X, 0.0).tolist() == [0.0, 0.0, 5.0]
    assert sparse_rewards(task_with("native_return"), X, 9.0).tolist() == [0.0, 0.0, 9.0]


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
    assert episode_fitness(pendulum, {"angle": angle}, 0.0) == 0.5
    for car in (find_task("mountain_car"), find_task("mountain_car_weak")):
        assert episode_fitness(car, {"position": np.array([0.0, 0.4499], np.float32)}, 0.0) == 0.0
        assert episode_fitness(car, {"position": np.array([0.0, 0.45], np.float32)}, 0.0) == 1.0
    acrobot = find_task("acrobot")
    assert episode_fitness(acrobot, {"tip_height": np.array([-2.0, 0.0, 1.1])}, 0.0) == -2.0
