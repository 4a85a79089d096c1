"""Evaluation episodes end at the task's time limit, or the simulator is named that forgets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import TaskError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.worlds import GymWorlds, StepResult
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.scoring import score
from eureka_agent.training.simulators import SimulatorFactory


class Endless(GymWorlds):
    """Worlds that never say that an episode is over."""

    def step(self, actions: np.ndarray, *, measure: bool = True) -> StepResult:
        step = super().step(actions, measure=measure)
        going_on = np.zeros_like(step.done)
        return replace(step, terminated=going_on, truncated=going_on)

    def retain(self, worlds: Any) -> None:
        raise AssertionError("none of them ended")


class EndlessFactory(SimulatorFactory):
    def make(self, seeds: Sequence[int], *, here: bool = False) -> Any:
        return Endless(find_task("mountain_car", max_episode_steps=7), len(seeds), list(seeds))


def test_an_episode_that_never_ends_is_the_simulators_fault_and_bounded() -> None:
    task = find_task("mountain_car", max_episode_steps=7)
    action = np.zeros((2, 1), np.float32)
    with pytest.raises(TaskError, match="goes on after 10,000 steps, its time limit is 7"):
        evaluate(task, lambda _: action, [1, 2], make=lambda seeds: Endless(task, len(seeds), list(seeds)))
    learner = make_learner(task, SimulatorFactory(task))
    policies = Policies(learner.network, [learner.initial(1).flat], None)
    with pytest.raises(TaskError, match="goes on after 10,000 steps, its time limit is 7"):
        score(task, EndlessFactory(task), policies, [[1, 2]], recorded=1)


def test_an_episode_that_ends_with_its_last_step_is_whole() -> None:
    task = find_task("mountain_car", max_episode_steps=7)
    found = evaluate(task, lambda _: np.zeros((2, 1), np.float32), [1, 2], recorded=2)
    assert found.lengths == (7, 7)
    assert [(one.truncated, one.ending) for one in found.trajectories] == [(True, "time limit")] * 2
