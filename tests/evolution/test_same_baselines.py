"""Where reference and sparse are one reward, one of them is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeTrainer, make_evolution

from eureka_agent.evolution.trainings import SAME
from eureka_agent.tasks import find_task
from eureka_agent.training.job import TrainingFailure, TrainingJob
from eureka_agent.training.same_baselines import same_baselines
from eureka_agent.trajectories import inspect_environment


@pytest.mark.parametrize(("env", "same"), [("FrozenLake-v1", True), ("CartPole-v1", False)])
def test_a_reward_that_is_paid_at_the_end_is_the_sparse_one(env: str, same: bool) -> None:
    task = find_task(f"gym:{env}")
    recording = inspect_environment(task, steps=4096)
    assert any(np.any(t.native_reward) for t in recording.trajectories)
    assert same_baselines(task, recording) is same


def test_a_reference_in_code_is_not_compared() -> None:
    task = find_task("cartpole")
    assert not same_baselines(task, inspect_environment(task))


def test_only_the_reference_is_trained_and_both_have_the_result(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=0.1)
    evolution = make_evolution(tmp_path, trainer=trainer)
    evolution.same_baselines = True
    evolution.run()
    assert "sparse" not in {job.name for job in trainer.jobs}
    reference, sparse = (evolution.state.baselines[name] for name in ("reference", "sparse"))
    by_seed = {evaluation.seed: evaluation.fitness for evaluation in reference}
    assert by_seed == {evaluation.seed: evaluation.fitness for evaluation in sparse}
    assert all(evaluation.env_steps == 0 and SAME in evaluation.warnings for evaluation in sparse)


def test_where_the_reference_failed_so_did_the_sparse_one(tmp_path: Path) -> None:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        return TrainingFailure("failed", "It broke.") if job.name == "reference" else None

    evolution = make_evolution(tmp_path, trainer=FakeTrainer(fail=fail))
    evolution.same_baselines = True
    evolution.run()
    assert ("sparse", 0) in evolution.state.baseline_failures
