"""The device trainer whole: traced rewards, one child, the files that a training leaves."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mujoco.mjx", reason="needs MJX: pip install 'eureka-agent[gpu]'")

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import TrainingError
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.rewards.reward import Coded, Native, Reward, Sparse
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Task
from eureka_agent.training.backend import PreparedReward
from eureka_agent.training.device.backend import MODULE_FILE, DeviceBackend
from eureka_agent.training.job import Contest, TrainingFailure, TrainingJob
from eureka_agent.training.policies import read_policy
from eureka_agent.training.trainers import drive
from eureka_agent.trajectories import read_trajectories

GOOD = """import numpy as np

MEMORY = {"nearest": 1.0}


def compute_reward(distance, action, memory):
    nearest = np.minimum(memory["nearest"], distance)
    near = np.exp(-distance / 0.1)
    effort = -0.1 * np.sum(np.square(action), axis=-1)
    return near + effort - nearest, {"near": near, "effort": effort}, {"nearest": nearest}
"""
NAN = """import numpy as np


def compute_reward(distance):
    root = np.sqrt(distance - 10.0)
    return root, {"root": root}
"""
UNKNOWN = "def compute_reward(speed):\n    return speed, {'speed': speed}\n"


class Meddling(DeviceBackend):
    """Exchanges one job's traced program for bytes that somebody forged."""

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        prepared = super().prepare(task, reward, folder)
        if folder.name == "forged":
            (folder / MODULE_FILE).write_bytes(b"not what was traced")
        return prepared


def test_a_job_that_starts_from_a_saved_policy_is_an_error(tmp_path: Path) -> None:
    task = find_task("reacher")
    start = TrainingJob("one", "search", 0, 1, Native(), tmp_path / "one", 128, tmp_path / "policy.npz")
    backend = DeviceBackend(platform="cpu")
    trainer = drive(backend, scratch=tmp_path / "home", parallel=None, stop=threading.Event())
    with pytest.raises(TrainingError, match="saved policy"):
        trainer.train(task, [start], on_start=lambda _: None, on_outcome=lambda *_: None)
    trainer.close()


def test_a_learned_reward_is_refused(tmp_path: Path) -> None:
    plan = IntrinsicPlan(kind="count", captioning=Captioning())
    job = TrainingJob("one", "search", 0, 1, Native(), tmp_path / "one", 128, intrinsic=plan)
    with pytest.raises(TrainingError, match="not trained with on a GPU"):
        DeviceBackend(platform="cpu").check([job])


@pytest.mark.slow
def test_a_generation_trains_on_a_device_and_leaves_what_a_cpus_does(tmp_path: Path) -> None:
    task = find_task("reacher")
    task = replace(task, budget=replace(task.budget, checkpoints=2, eval_episodes=3, wall_s=1800.0))
    texts = {"good": GOOD, "nan": NAN, "unknown": UNKNOWN, "forged": GOOD}
    rewards: dict[str, Reward] = {name: Coded(text) for name, text in texts.items()}
    rewards |= {"native": Native(), "sparse": Sparse()}
    jobs = [
        TrainingJob(name, "search", 0, 1, reward, tmp_path / name, 128, contest=Contest())
        for name, reward in rewards.items()
    ]
    told: list[str] = []
    backend = Meddling(platform="cpu", worlds=4, cache=tmp_path / "compiled")
    trainer = drive(backend, scratch=tmp_path / "home", parallel=None, stop=threading.Event())
    outcomes = trainer.train(
        task, jobs, on_start=lambda _: None, on_outcome=lambda job, _: told.append(job.name)
    )
    contained_by = backend.tracer.report.backend
    trainer.close()
    found = dict(zip(rewards, outcomes, strict=True))
    assert sorted(told) == sorted(rewards)
    for name, said in {"nan": "'root' is NaN", "unknown": "speed", "forged": "cannot be read"}.items():
        outcome = found[name]
        assert isinstance(outcome, TrainingFailure), outcome
        assert said in outcome.reason
    for name in ("good", "native", "sparse"):
        evaluation = found[name]
        assert isinstance(evaluation, Evaluation), evaluation
        assert {len(curve) for curve in evaluation.curves.values()} == {2}
        assert ("evaluation/return" in evaluation.curves) == (name != "sparse")
        assert 128 < evaluation.env_steps <= trainer.steps_of(task, 128)
        kept = read_trajectories(tmp_path / name / "trajectories.npz")[0]
        at_checkpoints = read_trajectories(tmp_path / name / "checkpoints.npz")
        assert [one.origin.checkpoint for one in at_checkpoints] == [0, 1]
        for one in (kept, *at_checkpoints):
            assert one.reward is not None
            assert tuple(one.components) == evaluation.components
        distance, action = kept.signals["distance"], kept.signals["action"]
        assert (kept.simulator, kept.origin.candidate, kept.ending) == ("device", name, "time limit")
        assert kept.action is not None
        np.testing.assert_array_equal(np.clip(kept.action, -1, 1), action)
        assert len(distance) == task.max_episode_steps
        assert np.mean(distance[-20:]) == pytest.approx(evaluation.episode_fitness[0], rel=1e-5)
        policy = read_policy(tmp_path / name / "policy.npz")
        assert np.isfinite(policy.act(np.zeros((3, 10), np.float32))).all()
        assert action.shape == (task.max_episode_steps, 2)
    assert found["good"].isolation == contained_by  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    assert found["native"].isolation == ""  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    assert found["good"].components == ("near", "effort")  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
