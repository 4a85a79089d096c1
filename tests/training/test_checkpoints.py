"""Which of a training's policies is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.learner import configure_jax
from eureka_agent.training.population.population import Population
from eureka_agent.training.population.scoring import score
from eureka_agent.training.reward_provider import NativeRewardProvider
from eureka_agent.training.sb3.ppo import train_ppo
from eureka_agent.training.simulators import SimulatorFactory

TOTAL = 192
configure_jax(None)


def hopeless() -> Task:
    """A car that never reaches its flag: every policy scores 0."""
    task = find_task("mountain_car")
    small: dict[str, Any] = {"n_envs": 2, "n_steps": 32, "batch_size": 64, "n_epochs": 1}
    budget = replace(task.budget, checkpoints=3, eval_episodes=1)
    return replace(task, algorithm={**task.algorithm, **small}, budget=budget, max_episode_steps=5)


def test_of_equal_policies_the_population_keeps_the_last() -> None:
    task, factory = hopeless(), SimulatorFactory(hopeless())
    candidate: TrainingCandidate = TrainingCandidate("one", 0, NativeRewardProvider())
    learner = make_learner(task, factory)
    Population(
        task, [candidate], factory=factory, learner=learner, env_steps=TOTAL, on_end=lambda *_: None
    ).run()
    assert candidate.curves["fitness"] == [0.0] * 3
    assert candidate.chosen.index == 2


def test_of_equal_policies_stable_baselines_keeps_the_last() -> None:
    candidate: TrainingCandidate = TrainingCandidate("one", 0, NativeRewardProvider())
    learned = train_ppo(hopeless(), candidate, env_steps=TOTAL).learned
    assert learned.curves["fitness"] == [0.0] * 3
    assert learned.checkpoint.index == 2


def test_scores_are_the_same_whether_episodes_are_recorded_or_not() -> None:
    task, seeds = find_task("pendulum", max_episode_steps=30), [[1, 2, 3], [1, 2, 3]]
    factory = SimulatorFactory(task)
    learner = make_learner(task, factory)
    policies = Policies(learner.network, [learner.initial(seed).flat for seed in range(2)], None)
    runs = [score(task, factory, policies, seeds, recorded=count) for count in (0, 1, 3)]
    told = [[replace(one, trajectories=()) for one in run if isinstance(one, EpisodeSet)] for run in runs]
    assert len(told[0]) == 2
    assert told[0] == told[1] == told[2]
