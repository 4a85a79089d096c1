"""`progress` in training: from 0 to 1 over the whole training, and again the same of what was recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_curriculum import TOTAL, staged, trained

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.audit import AuditedTrainer
from eureka_agent.training.backend import Backend
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.evaluate_reward import RewardEvaluator, with_reward
from eureka_agent.training.inspecting import first_look
from eureka_agent.training.job import Contest, TrainingJob
from eureka_agent.training.population.backend import PopulationBackend
from eureka_agent.training.population.child import make_learner
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.reward_provider import RewardBatch, RolloutSteps
from eureka_agent.training.simulators import SimulatorFactory
from eureka_agent.training.trainers import drive
from eureka_agent.trajectories import read_trajectories
from eureka_agent.trajectories.joined import JoinedEpisodes
from eureka_agent.trajectories.trajectory import Trajectory

ROLLOUT, STEPS, CHECKPOINTS = 256, 2048, 4

SHARE = """import numpy as np


def compute_reward(progress):
    early = 1.0 - np.clip(2.0 * progress, 0.0, 1.0)
    return progress, {"progress": progress, "early": early}
"""

REMEMBERS = """import numpy as np

MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, progress, memory):
    steps = memory["steps"] + 1.0
    upright = (1.0 - progress) * np.cos(pole_angle)
    late = progress * np.minimum(steps / 100.0, 1.0)
    return upright + late, {"upright": upright, "late": late}, {"steps": steps}
"""


@pytest.fixture(scope="module")
def task() -> Task:
    chosen = find_task("cartpole")
    budget = replace(chosen.budget, checkpoints=CHECKPOINTS, eval_episodes=3, wall_s=60.0)
    algorithm = {**chosen.algorithm, "n_envs": 4, "n_steps": ROLLOUT // 4, "n_epochs": 2, "batch_size": 64}
    return replace(chosen, budget=budget, algorithm=algorithm)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox() as made:
        yield made


def backend_of(name: str, sandbox: RewardSandbox, cache: Path) -> Backend:
    if name == "population":
        return PopulationBackend(sandbox, cache=cache)
    pytest.importorskip("stable_baselines3")
    from eureka_agent.training.sb3.backend import Sb3Backend

    return Sb3Backend(sandbox)


def trained_by(
    name: str, texts: Sequence[str], task: Task, sandbox: RewardSandbox, folder: Path
) -> list[Evaluation]:
    """Train rewards as a confirmation does: the saved files are evaluated again, as plain Python, too."""
    backend = backend_of(name, sandbox, folder / "compiled")
    driver = drive(backend, scratch=folder / "home", parallel=1, stop=threading.Event())
    trainer = AuditedTrainer(
        driver,
        sandbox,
        saved=lambda job: job.folder / "reward.py",
        recording=first_look(task, seed=0).recording,
    )
    jobs = [
        TrainingJob(f"0-0{k}", "confirm", 0, 1, Coded(text), folder / f"0-0{k}", STEPS, contest=Contest())
        for k, text in enumerate(texts)
    ]
    outcomes = trainer.train(task, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
    trainer.close()
    found = [outcome for outcome in outcomes if isinstance(outcome, Evaluation)]
    assert len(found) == len(texts), outcomes
    return found


@pytest.mark.parametrize("trainer", ["population", "sb3"])
def test_it_rises_from_0_to_1_and_recorded_episodes_are_paid_the_same_again(
    trainer: str, task: Task, sandbox: RewardSandbox, tmp_path: Path
) -> None:
    share, _ = trained_by(trainer, [SHARE, REMEMBERS], task, sandbox, tmp_path)
    # Two rollouts to a checkpoint; each is paid by what was done before it.
    np.testing.assert_allclose(share.curves["component/progress"], [1 / 16, 5 / 16, 9 / 16, 13 / 16])
    np.testing.assert_allclose(share.curves["component/early"], [7 / 8, 3 / 8, 0, 0], atol=1e-7)
    np.testing.assert_allclose(share.curves["evaluation/component/progress"], [0.25, 0.5, 0.75, 1.0])
    for name, text in {"0-00": SHARE, "0-01": REMEMBERS}.items():
        kept = read_trajectories(tmp_path / name / "trajectories.npz")
        others = read_trajectories(tmp_path / name / "checkpoints.npz")
        assert [one.progress for one in others] == [0.25, 0.75, 1.0]
        episodes = [*kept, *others]
        for one in episodes:
            assert one.progress == (one.origin.env_steps or 0) / STEPS
        with RewardEvaluator(Coded(text), task=task, sandbox=sandbox) as evaluate:
            assert_paid_alike(evaluate.pay(JoinedEpisodes(episodes)), episodes)
            assert_paid_alike([with_reward(evaluate.batch, one) for one in episodes], episodes)
            first, _, last = evaluate.pay(JoinedEpisodes(others), progress=1.0)
        assert_paid_alike([last], others[-1:])
        assert not np.array_equal(paid_for(first), paid_for(others[0]))


def paid_for(episode: Trajectory) -> np.ndarray:
    assert episode.reward is not None
    return episode.reward


def assert_paid_alike(some: Sequence[Trajectory], others: Sequence[Trajectory]) -> None:
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(paid_for(one), paid_for(other))
        for name, values in other.components.items():
            np.testing.assert_array_equal(one.components[name], values)


class Watches:
    """Pays nothing and remembers the progress of every rollout."""

    signals: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.seen: list[float] = []

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        self.seen.append(float(rollout.progress))
        reward = np.zeros(rollout.first.shape, np.float32)
        return RewardBatch(reward, {"nothing": reward})


def test_the_stages_of_a_curriculum_share_one_training(tmp_path: Path) -> None:
    task, watches = staged(tmp_path), Watches()
    learner = make_learner(task, SimulatorFactory(task))
    ends = trained(task, [TrainingCandidate("one", 1, watches)], learner)
    rollouts = TOTAL // learner.settings.rollout
    np.testing.assert_allclose(watches.seen, np.arange(rollouts) / rollouts)
    assert len(ends["one"].curves["stage"]) == 8


def test_the_stages_share_one_training_of_stable_baselines(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3")
    from eureka_agent.training.sb3.ppo import train_ppo

    task, watches = staged(tmp_path), Watches()
    train_ppo(task, TrainingCandidate("one", 1, watches), env_steps=TOTAL)
    np.testing.assert_allclose(watches.seen, np.arange(len(watches.seen)) / len(watches.seen))


def test_a_training_from_a_saved_policy_begins_at_0(task: Task) -> None:
    learner, watches = make_learner(task, SimulatorFactory(task)), Watches()
    start = SavedPolicy(learner.network, learner.initial(0).flat, None)
    ends: dict[str, Any] = trained(task, [TrainingCandidate("one", 1, watches, start)], learner)
    assert watches.seen[0] == 0.0
    assert ends["one"].scoring.trajectories[0].progress == ends["one"].checkpoint.env_steps / TOTAL


def test_a_task_that_measures_a_progress_keeps_its_own(task: Task, sandbox: RewardSandbox) -> None:
    own = replace(
        task,
        signals=tuple(replace(s, name="progress") if s.name == "pole_angle" else s for s in task.signals),
    )
    assert [s.name for s in own.readable_signals].count("progress") == 1
    assert own.measured(["progress", "prev_progress"]) == ("progress", "prev_progress")
    signals = {"progress": np.full((2, 3), 0.3, np.float32)}
    first = np.array([[True] * 3, [False] * 3])
    with RewardEvaluator(Coded(SHARE), task=own, sandbox=sandbox) as evaluate:
        paid = evaluate(signals, first, progress=1.0)
    np.testing.assert_array_equal(paid.reward, signals["progress"])
