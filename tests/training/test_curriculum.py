"""Stage after stage: what is trained in when, what is carried over, and that scores are the task's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.sparse import SparseReward
from eureka_agent.tasks.task import Task
from eureka_agent.training.candidate import Learned, TrainingCandidate
from eureka_agent.training.curriculum import training_stages_of
from eureka_agent.training.job import most_steps
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.learner import Learner, LearnerState, configure_jax
from eureka_agent.training.population.population import Population
from eureka_agent.training.population.rollout import Rollout
from eureka_agent.training.population.stage_group import stage_envs_of
from eureka_agent.training.reward_provider import NativeRewardProvider, RewardBatch
from eureka_agent.training.sb3.ppo import train_ppo
from eureka_agent.training.simulators import SimulatorFactory

CARTPOLE = Path(__file__).parents[2] / "envs" / "cartpole"
STAGES = """
[[stages]]
name = "short"
env_steps = 2048
until = 24.5
max_episode_steps = 25
[[stages]]
name = "longer"
env_steps = 1024
max_episode_steps = 60
[[stages]]
name = "whole"
env_steps = 1024
"""
TOTAL = 4096
configure_jax(None)


def staged(folder: Path, stages: str = STAGES) -> Task:
    """CartPole with a curriculum."""
    shutil.copytree(CARTPOLE, folder / "staged")
    file = folder / "staged" / "task.toml"
    file.write_text(file.read_text() + stages)
    task = find_task(str(folder / "staged"))
    budget = replace(task.budget, env_steps=TOTAL, checkpoints=8, eval_episodes=3)
    return replace(
        task, budget=budget, algorithm={**task.algorithm, "n_envs": 4, "n_steps": 64, "n_epochs": 4}
    )


class Upright:
    """Pays for a small angle, or for a large one."""

    def __init__(self, weight: float) -> None:
        self.signals: tuple[str, ...] = ("pole_angle",)
        self.weight = weight

    def __call__(self, rollout: Rollout) -> RewardBatch:
        reward = np.float32(self.weight) * np.cos(10 * rollout.signals["pole_angle"])
        return RewardBatch(reward, {"cos": reward})


def trained(task: Task, candidates: Sequence[TrainingCandidate], learner: Learner) -> dict[str, Learned]:
    ends: dict[str, Any] = {}

    def on_end(candidate: TrainingCandidate, end: Learned | EurekaError) -> None:
        ends[candidate.name] = end

    factory = SimulatorFactory(task)
    stages = stage_envs_of(task, TOTAL, factory)
    Population(
        task, candidates, factory=factory, learner=learner, env_steps=TOTAL, on_end=on_end, stages=stages
    ).run()
    return ends


def test_stages_share_a_training_of_any_length(tmp_path: Path) -> None:
    task = staged(tmp_path)
    stages = training_stages_of(task, 400)
    assert [stage.env_steps for stage in stages] == [200, 100, None]
    assert [stage.task.max_episode_steps for stage in stages] == [25, 60, 500]
    assert [stage.until for stage in stages] == [24.5, None, None]
    assert all(stage.task.budget == task.budget for stage in stages)
    assert [stage.task.stages for stage in stages] == [(), (), ()]
    without = find_task(str(tmp_path / "staged"), stages=False)
    assert [stage.task for stage in training_stages_of(without, 400)] == [without]


def test_until_follows_the_direction_of_the_fitness(tmp_path: Path) -> None:
    task = staged(tmp_path)
    stage = training_stages_of(task, 400)[0]
    assert stage.passed(24.5)
    assert not stage.passed(24.4)
    less = replace(stage, task=replace(task, fitness=replace(task.fitness, direction="minimize")))
    assert less.passed(24.4)
    assert not less.passed(24.6)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("env_steps = 2048\n", "", "only the last stage may leave out env_steps, 'short' does"),
        ('"whole"\n', '"whole"\nuntil = 3.0\n', "nothing comes after the last stage 'whole'"),
        ('"whole"\nenv_steps = 1024', '"whole"', "take all 3000 steps"),
    ],
)
def test_stages_without_sense_are_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    shutil.copytree(CARTPOLE, tmp_path / "staged")
    file = tmp_path / "staged" / "task.toml"
    text = file.read_text().replace("\nenv_steps = 50_000", "\nenv_steps = 3000")
    file.write_text(text + STAGES.replace(old, new))
    with pytest.raises(TaskError) as caught:
        find_task(str(tmp_path / "staged"))
    assert words in str(caught.value)


def test_a_stage_that_observes_or_acts_otherwise_is_refused(tmp_path: Path) -> None:
    other = 'import gymnasium as gym\ndef make(name="CartPole-v1"):\n    return gym.make(name)\n'
    task = staged(tmp_path, STAGES + '[stages.kwargs]\nname = "Acrobot-v1"\n')
    (tmp_path / "staged" / "other_worlds.py").write_text(other)
    file = tmp_path / "staged" / "task.toml"
    file.write_text(file.read_text().replace('id = "CartPole-v1"', 'factory = "other_worlds:make"'))
    with pytest.raises(TaskError) as caught:
        training_stages_of(task, 400)
    assert "Stage 'whole'" in caught.value.what
    assert "(6,) and actions Discrete(3), the task itself observations of shape (4,)" in caught.value.what


def test_candidates_pass_their_stages_at_their_own_time_and_learn_as_if_alone(tmp_path: Path) -> None:
    task = staged(tmp_path)
    learner = make_learner(task, SimulatorFactory(task))

    def candidates() -> list[TrainingCandidate]:
        return [TrainingCandidate(str(k), 5, Upright(weight)) for k, weight in enumerate((1.0, -1.0, 0.3))]

    together = trained(task, candidates(), learner)
    for candidate in candidates():
        alone = trained(task, [candidate], learner)[candidate.name]
        among = together[candidate.name]
        assert np.array_equal(among.checkpoint.policy.flat, alone.checkpoint.policy.flat)
        assert among.curves == alone.curves
        assert among.env_steps == alone.env_steps <= most_steps(task, TOTAL)
    times = {tuple(learned.curves["stage"]) for learned in together.values()}
    assert len(times) > 1, "somebody passed early and somebody did not"
    assert {stages[-1] for stages in times} == {2.0}
    assert (0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0) in times, "who never passes has all steps of the stage"
    assert all(length <= 500 for learned in together.values() for length in learned.scoring.lengths)
    assert max(max(learned.curves["episode_length"]) for learned in together.values()) > 25


class Watched(Learner):
    """Remembers how many gradient steps the optimiser had seen at each update."""

    counts: list[int]

    def update(self, state: LearnerState, experience: Any, generator: Any) -> LearnerState:
        self.counts.append(int(state.optimizer[1].count))
        return super().update(state, experience, generator)


def test_the_optimiser_is_carried_over(tmp_path: Path) -> None:
    task = staged(tmp_path)
    made = make_learner(task, SimulatorFactory(task))
    learner = Watched(made.network, made.settings)
    learner.counts = []
    learned = trained(task, [TrainingCandidate("one", 5, Upright(1.0))], learner)["one"]
    each = learner.settings.n_epochs * -(-learner.settings.rollout // learner.settings.batch_size)
    assert learner.counts == [index * each for index in range(TOTAL // learner.settings.rollout)]
    assert learned.curves["stage"][0] == 0.0


def test_stable_baselines_goes_through_the_same_stages(tmp_path: Path) -> None:
    task = staged(tmp_path)
    algorithm = {**task.algorithm, "normalize_observation": True}
    task = replace(task, algorithm=algorithm, budget=replace(task.budget, eval_episodes=1))
    trained = train_ppo(task, TrainingCandidate("one", 5, NativeRewardProvider()), env_steps=TOTAL)
    once = trained.learned
    assert once.curves["stage"][0] == 0.0
    assert once.curves["stage"][-1] == 2.0
    assert once.curves["stage"] == sorted(once.curves["stage"])
    assert len(once.curves["fitness"]) == 8
    assert max(once.curves["episode_length"]) > 60, "scored in the task itself"
    assert once.env_steps <= most_steps(task, TOTAL)
    assert trained.model.num_timesteps == TOTAL


def test_an_episode_that_a_new_stage_cuts_short_is_not_paid_as_part_of_the_next() -> None:
    task = replace(
        find_task("cartpole"), fitness_step=None, fitness_episode=lambda signals: float(signals["x"].sum())
    )
    sparse = SparseReward(replace(task, fitness=replace(task.fitness, reduce="episode")), 1)
    steps = [(1.0, True, False), (2.0, False, False), (10.0, True, False), (20.0, False, True)]
    paid = [
        float(sparse.step({"x": np.array([x])}, np.zeros(1), np.array([done]), first=np.array([first]))[0])
        for x, first, done in steps
    ]
    assert paid == [0.0, 0.0, 0.0, 30.0]
