"""What a training child makes of jobs that are paid by a learned reward that learns no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eureka_agent.errors import TrainingError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.judgement_file import write_judgement
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.intrinsic.settling import settled
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import CaptionPart
from eureka_agent.training.learned_rewards import LearnedRewards, as_judged
from eureka_agent.training.protocol import JobRequest
from eureka_agent.training.reward_provider import RewardBatch

PART = CaptionPart("pole_angle", (-0.1, 0.1), ("leans left", "stands", "leans right"))
PLAN = IntrinsicPlan(kind="retrieval", captioning=Captioning(parts=(PART,)), goal="stand", beta=0.0)
ANGLES = np.array([[0.0, 0.3], [0.05, -0.3]], np.float32)


class Silent:
    """A channel that must not be used: a snapshot asks nobody."""

    def tell(self, message: Any) -> None:
        raise AssertionError("asked")

    def listen(self, take: Any) -> None:
        raise AssertionError("listened")


class Threes:
    """Pays 3 for every step."""

    signals: tuple[str, ...] = ("pole_angle",)

    def __call__(self, rollout: Any) -> RewardBatch:
        paid = np.full(rollout.first.shape, 3.0, np.float32)
        return RewardBatch(paid, {"three": paid})


class Steps:
    """Two steps of two worlds."""

    signals = {"pole_angle": ANGLES}  # noqa: RUF012
    native_reward = np.zeros((2, 2), np.float32)
    done = np.zeros((2, 2), bool)
    first = np.array([[True, True], [False, False]])
    progress = 0.5


def snapshot(folder: Path, name: str = "a.npz") -> str:
    labels = [Label(Question(("stands",)), 1.0)]
    write_judgement(folder / name, PLAN, settled(PLAN, labels, {"stands": 1})[0])
    return str(folder / name)


def job(plan: IntrinsicPlan | None, name: str = "0-00") -> JobRequest:
    return JobRequest(
        job=f"{name}/search-0", folder=Path(), stage="search", replicate=0, seed=0, kind="source",
        intrinsic=None if plan is None else plan.to_json(),
    )  # fmt: skip


def paid_with(coefficient: float, folder: Path) -> RewardBatch:
    plan = replace(
        PLAN, snapshot=snapshot(folder), coefficients=Coefficients(intrinsic=Schedule.constant(coefficient))
    )
    task = find_task("cartpole")
    provider = LearnedRewards(Silent()).beside(Threes(), job(plan), task, 2)
    batch = provider(Steps())
    assert {one.caption: one.steps for one in provider.learned.paid_captions()} == {
        "stands": 2, "leans left": 1, "leans right": 1,
    }  # fmt: skip
    return batch


def test_a_snapshot_is_paid_beside_the_base_and_asks_nobody(tmp_path: Path) -> None:
    batch = paid_with(0.5, tmp_path)
    assert batch.reward.tolist() == [[3.5, 3.0], [3.5, 3.0]]
    assert batch.components.keys() == {"three", "intrinsic"}


def test_with_a_coefficient_of_0_the_base_is_paid_as_it_is_and_captions_are_counted(tmp_path: Path) -> None:
    batch = paid_with(0.0, tmp_path)
    assert batch.reward.tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert batch.components.keys() == {"three"}


def test_the_task_of_a_child_is_judged_by_its_jobs_snapshot(tmp_path: Path) -> None:
    plan = replace(PLAN, snapshot=snapshot(tmp_path))
    task = find_task("cartpole")
    assert as_judged(task, [job(None)]) is task
    assert as_judged(task, [job(PLAN)]) is task
    judged = as_judged(task, [job(plan), job(plan, "0-01")])
    assert judged.signals[-1].name == "intrinsic"


def test_jobs_of_several_snapshots_are_refused(tmp_path: Path) -> None:
    one = replace(PLAN, snapshot=snapshot(tmp_path))
    other = replace(PLAN, snapshot=snapshot(tmp_path, "b.npz"))
    for jobs in ([job(one), job(other)], [job(one), job(None)]):
        with pytest.raises(TrainingError, match="different snapshots"):
            as_judged(find_task("cartpole"), jobs)
