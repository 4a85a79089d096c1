"""Candidates share nothing but the clock: alone or among others, they learn the same, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import EurekaError, TrainingError, WorkerCrashedError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.population import Population
from eureka_agent.training.population.pupil import Candidate, Learned
from eureka_agent.training.population.rollout import Rollout
from eureka_agent.training.population.scoring import score
from eureka_agent.training.rewarding import StepReward
from eureka_agent.training.simulators import SimulatorFactory

ITERATIONS = 5
configure_jax(None)


class Paid:
    """Pays some multiple of a signal, and fails when told to."""

    def __init__(self, signal: str, weight: float, fails_at: int | None = None) -> None:
        self.signals = (signal,)
        self.weight, self.fails_at, self.calls = weight, fails_at, 0

    def __call__(self, rollout: Rollout) -> StepReward:
        self.calls += 1
        if self.calls == self.fails_at:
            raise WorkerCrashedError("it crashed")
        reward = np.float32(self.weight) * np.cos(rollout.signals[self.signals[0]])
        return StepReward(reward, {"cos": reward})


def small(name: str, **settings: Any) -> Task:
    task = find_task(name)
    budget = replace(task.budget, checkpoints=2, eval_episodes=3)
    return replace(task, budget=budget, algorithm={**task.algorithm, **settings})


def population(
    task: Task, candidates: list[Candidate], learner: Learner, ends: dict[str, Any], env_steps: int = 0
) -> Population:
    def on_end(candidate: Candidate, end: Learned | EurekaError) -> None:
        ends[candidate.name] = end

    return Population(
        task,
        candidates,
        factory=SimulatorFactory(task),
        learner=learner,
        env_steps=env_steps or ITERATIONS * learner.settings.rollout,
        on_end=on_end,
    )


CASES = [
    ("cartpole", "pole_angle", {"n_steps": 64, "normalize_observation": True}),
    ("pendulum", "angle", {"n_steps": 64, "batch_size": 96}),
    ("pendulum", "angle", {"n_steps": 64, "use_sde": False}),
    ("acrobot", "tip_height", {"n_envs": 3, "n_steps": 50}),
    ("gym:HalfCheetah-v5", "x_position", {"n_steps": 64, "normalize_observation": True}),
]


@pytest.mark.parametrize(("name", "signal", "settings"), CASES)
def test_alone_and_in_slot_three_of_eight_are_equal_after_five_iterations(
    name: str, signal: str, settings: dict[str, Any]
) -> None:
    task = small(name, **settings)
    learner = make_learner(task, SimulatorFactory(task))

    def run(count: int, wanted: int) -> np.ndarray:
        candidates = [Candidate(str(k), k % 5, Paid(signal, 1.0 + k)) for k in range(8)]
        chosen = candidates if count == 8 else [candidates[wanted]]
        made = population(task, chosen, learner, {})
        for _ in range(ITERATIONS):
            made.iterate()
        return made.weights[wanted if count == 8 else 0]

    together, alone = run(8, 3), run(1, 3)
    assert np.array_equal(together, alone)
    assert not np.array_equal(together, learner.initial(3).flat)


def test_whole_trainings_are_equal_alone_and_among_others_one_of_which_fails() -> None:
    task = small("cartpole")
    learner = make_learner(task, SimulatorFactory(task))
    together: dict[str, Any] = {}
    alone: dict[str, Any] = {}

    def candidates() -> list[Candidate]:
        fails = {2: 3}
        return [Candidate(str(k), 7, Paid("pole_angle", 1.0 + k, fails.get(k))) for k in range(5)]

    population(task, candidates(), learner, together, 2048).run()
    population(task, candidates()[3:4], learner, alone, 2048).run()
    assert isinstance(together["2"], WorkerCrashedError)
    assert next(iter(together)) == "2", "a failure is told at once"
    kept, single = together["3"], alone["3"]
    assert np.array_equal(kept.checkpoint.flat, single.checkpoint.flat)
    assert kept.curves == single.curves
    assert [e.fitness for e in kept.scoring.episodes] == [e.fitness for e in single.scoring.episodes]
    assert kept.env_steps == single.env_steps
    assert {len(curve) for curve in kept.curves.values()} == {2}


def test_a_reward_that_makes_training_diverge_fails_alone() -> None:
    task = small("pendulum", n_steps=64, normalize_reward=False)
    learner = make_learner(task, SimulatorFactory(task))
    ends: dict[str, Any] = {}
    candidates = [Candidate("huge", 0, Paid("angle", 3e38)), Candidate("good", 0, Paid("angle", 1.0))]
    population(task, candidates, learner, ends, 512).run()
    assert isinstance(ends["huge"], TrainingError)
    assert isinstance(ends["good"], Learned)


@pytest.mark.parametrize("name", ["cartpole", "pendulum", "mountain_car"])
def test_scoring_many_policies_equals_evaluating_each(name: str) -> None:
    task = small(name)
    learner = make_learner(task, SimulatorFactory(task))
    flats = [learner.initial(seed).flat for seed in range(2)]
    seeds = [[1, 2, 3], [4, 5, 6]]
    found = score(task, SimulatorFactory(task), Policies(learner.network, flats, None), seeds, recorded=2)
    for flat, own, episodes in zip(flats, seeds, found, strict=True):
        policies = Policies(learner.network, [flat], None)

        def act(observation: np.ndarray, policies: Policies = policies) -> np.ndarray:
            actions = policies.best_actions(observation[None])[0]
            return actions[:, 0] if learner.network.heads else actions

        expected = evaluate(task, act, own)
        assert not isinstance(episodes, EurekaError)
        assert [e.length for e in episodes.episodes] == [e.length for e in expected.episodes]
        np.testing.assert_allclose(episodes.fitness, expected.fitness, rtol=1e-6)
        assert episodes.env_steps == sum(e.length for e in expected.episodes)
        assert set(episodes.episodes[0].signals) == {signal.name for signal in task.signals}
        for signal, array in expected.episodes[0].signals.items():
            np.testing.assert_allclose(episodes.episodes[0].signals[signal], array, atol=1e-5)
        assert not episodes.episodes[2].signals


def test_state_dependent_exploration_needs_continuous_actions() -> None:
    task = small("cartpole", use_sde=True)
    with pytest.raises(TrainingError, match="continuous"):
        make_learner(task, SimulatorFactory(task))
