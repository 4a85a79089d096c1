"""What people prefer in the place of a task's fitness."""

from __future__ import annotations

import json

import numpy as np
import pytest
from trajectory_fakes import running

from eureka_agent.preferences.features import choose_features
from eureka_agent.preferences.fitness import PreferenceFitness, judged_by_people
from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.registry import find_task


def learned() -> PreferenceFitness:
    generator = np.random.default_rng(0)
    made = [
        running({"height": (generator.normal() + generator.normal(size=9)).astype(np.float32)})
        for _ in range(9)
    ]
    features = choose_features(made)
    return PreferenceFitness(features, tuple(float(n) for n in generator.normal(size=len(features))))


def test_a_score_is_the_weighted_sum_of_the_features() -> None:
    fitness = learned()
    episode = running({"height": np.arange(5, dtype=np.float32)})
    assert len(fitness.weights) > 1
    assert fitness(episode.signals) == pytest.approx(fitness.features.of(episode) @ np.array(fitness.weights))


def test_it_survives_json_and_another_one_has_another_version() -> None:
    fitness = learned()
    same = PreferenceFitness.from_json(json.loads(json.dumps(fitness.to_json())))
    assert same == fitness
    assert same.version == fitness.version
    assert PreferenceFitness(fitness.features, (0.5,) * len(fitness.weights)).version != fitness.version


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1 finite weights"):
        PreferenceFitness(weights=(1.0,))
    features = learned().features
    with pytest.raises(ValueError, match="finite weights"):
        PreferenceFitness(features, (float("nan"),) * len(features))


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "mountain_car", "hopper"])
def test_nothing_is_left_of_the_tasks_own_fitness(name: str) -> None:
    task = find_task(name)
    judged = judged_by_people(task, PreferenceFitness())
    assert task.fitness.summary not in judged.fitness.summary
    assert (judged.fitness_step, judged.fitness_parts, judged.fitness.target) == (None, None, None)
    signals = {s.name: np.ones((4, *s.shape), np.float32) for s in task.all_signals}
    assert TaskFitness(judged).of_signals(signals, native_return=99.0) == 0.0
