"""Candidates share nothing but the clock: alone or among others, they learn the same, bit for bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import EurekaError, TrainingError, WorkerCrashedError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.evaluation import evaluate
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.halving import Rule
from eureka_agent.training.population.learner import Learner, configure_jax
from eureka_agent.training.population.population import Population
from eureka_agent.training.population.race import Race
from eureka_agent.training.population.rollout import Rollout
from eureka_agent.training.population.scoring import score
from eureka_agent.training.reward_provider import RewardBatch
from eureka_agent.training.simulators import SimulatorFactory

ITERATIONS = 5
configure_jax(None)


class Pays:
    """Pays some multiple of a signal, and fails when told to."""

    def __init__(self, signal: str, weight: float, fails_at: int | None = None) -> None:
        self.signals = (signal,)
        self.weight, self.fails_at, self.calls = weight, fails_at, 0

    def __call__(self, rollout: Rollout) -> RewardBatch:
        self.calls += 1
        if self.calls == self.fails_at:
            raise WorkerCrashedError("it crashed")
        reward = np.float32(self.weight) * np.cos(rollout.signals[self.signals[0]])
        return RewardBatch(reward, {"cos": reward})


def small(name: str, **settings: Any) -> Task:
    task = find_task(name)
    budget = replace(task.budget, checkpoints=2, eval_episodes=3)
    return replace(task, budget=budget, algorithm={**task.algorithm, **settings})


def population(
    task: Task,
    candidates: list[TrainingCandidate],
    learner: Learner,
    ends: dict[str, Any],
    env_steps: int = 0,
    race: Race | None = None,
) -> Population:
    def on_end(candidate: TrainingCandidate, end: Learned | EurekaError) -> None:
        ends[candidate.name] = end

    return Population(
        task,
        candidates,
        factory=SimulatorFactory(task),
        learner=learner,
        env_steps=env_steps or ITERATIONS * learner.settings.rollout,
        on_end=on_end,
        race=race,
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
        candidates = [TrainingCandidate(str(k), k % 5, Pays(signal, 1.0 + k)) for k in range(8)]
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

    def candidates() -> list[TrainingCandidate]:
        fails = {2: 3}
        return [TrainingCandidate(str(k), 7, Pays("pole_angle", 1.0 + k, fails.get(k))) for k in range(5)]

    population(task, candidates(), learner, together, 2048).run()
    population(task, candidates()[3:4], learner, alone, 2048).run()
    assert isinstance(together["2"], WorkerCrashedError)
    assert next(iter(together)) == "2", "a failure is told at once"
    kept, single = together["3"], alone["3"]
    assert np.array_equal(kept.checkpoint.policy.flat, single.checkpoint.policy.flat)
    assert kept.curves == single.curves
    assert kept.scoring.scores == single.scoring.scores
    assert kept.env_steps == single.env_steps
    assert {len(curve) for curve in kept.curves.values()} == {2}


EAGER = Rule(first=0.25, survivors=0.3, margin=0.2, errors=0.0)
STEPS = 2048


def raced(
    task: Task, learner: Learner, groups: list[list[int]], *, stopping: bool = True
) -> dict[str, Learned]:
    """Train candidates in groups, each in a thread; even ones are paid to stand, odd ones to fall."""
    ends: dict[str, Any] = {}
    race = Race([str(k) for group in groups for k in group], checkpoint_scores=8, rule=EAGER)

    def run(group: list[int]) -> None:
        candidates = [
            TrainingCandidate(str(k), 7, Pays("pole_angle", (1.0 + k) * (-1.0) ** k)) for k in group
        ]
        population(task, candidates, learner, ends, STEPS, race if stopping else None).run()
        race.leave([candidate.name for candidate in candidates])

    with ThreadPoolExecutor(len(groups)) as pool:
        list(pool.map(run, groups))
    return ends


def test_who_is_stopped_depends_on_no_thread_and_changes_nobody() -> None:
    task = small("cartpole")
    task = replace(task, budget=replace(task.budget, checkpoints=8))
    learner = make_learner(task, SimulatorFactory(task))
    one, two = raced(task, learner, [[0, 1, 2, 3, 4]]), raced(task, learner, [[0, 1, 2], [3, 4]])
    stopped = {name: end.stopped for name, end in one.items() if end.stopped is not None}
    assert stopped
    assert {name: end.stopped for name, end in two.items() if end.stopped is not None} == stopped
    for name in (next(iter(stopped)), next(name for name in one if name not in stopped)):
        end, alone = one[name], raced(task, learner, [[int(name)]], stopping=False)[name]
        checkpoint_scores = len(end.curves["fitness"])
        assert {key: curve[:checkpoint_scores] for key, curve in alone.curves.items()} == end.curves
        assert two[name].curves == end.curves
        assert np.array_equal(two[name].checkpoint.policy.flat, end.checkpoint.policy.flat)
        if name in stopped:
            assert end.env_steps < alone.env_steps
            assert stopped[name].checkpoint == checkpoint_scores < 8
            assert stopped[name].env_steps < stopped[name].of == STEPS
            assert stopped[name].behind > stopped[name].allowed
        else:
            assert np.array_equal(alone.checkpoint.policy.flat, end.checkpoint.policy.flat)
            assert end.scoring.scores == alone.scoring.scores


def test_a_reward_that_makes_training_diverge_fails_alone() -> None:
    task = small("pendulum", n_steps=64, normalize_reward=False)
    learner = make_learner(task, SimulatorFactory(task))
    ends: dict[str, Any] = {}
    candidates = [
        TrainingCandidate("huge", 0, Pays("angle", 3e38)),
        TrainingCandidate("good", 0, Pays("angle", 1.0)),
    ]
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

        expected = evaluate(task, act, own, recorded=2)
        assert not isinstance(episodes, EurekaError)
        assert episodes.lengths == expected.lengths
        np.testing.assert_allclose(episodes.fitness, expected.fitness, rtol=1e-6)
        assert episodes.env_steps == sum(expected.lengths)
        assert set(episodes.trajectories[0].signals) == {signal.name for signal in task.all_signals}
        for signal, array in expected.trajectories[0].signals.items():
            np.testing.assert_allclose(episodes.trajectories[0].signals[signal], array, atol=1e-5)
        assert len(episodes.trajectories) == 2


def test_state_dependent_exploration_needs_continuous_actions() -> None:
    task = small("cartpole", use_sde=True)
    with pytest.raises(TrainingError, match="continuous"):
        make_learner(task, SimulatorFactory(task))
