"""Learned rewards inside training children, with the annotator outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.intrinsic.annotation.asking import SynchronousAnnotation
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.rules import Predicate
from eureka_agent.intrinsic.mixing import Coefficients, Schedule
from eureka_agent.intrinsic.models.kinds import Kind
from eureka_agent.intrinsic.plan import Captioning, IntrinsicPlan
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded, Native, Reward
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.annotation_desk import AnnotationDesk
from eureka_agent.training.job import Outcome, TrainingJob
from eureka_agent.training.learned_rewards import CAPTIONS, STATE, read_paid, read_standing
from eureka_agent.training.trainers import make_trainer

TASK = find_task("pendulum")
STEPS = 8192
CODED = """import numpy as np


def compute_reward(angle):
    level = np.cos(angle)
    return level, {"level": level}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RewardSandbox]:
    with RewardSandbox(unsafe=False) as started:
        yield started


def plan(kind: Kind = "retrieval", **coefficients: Schedule) -> IntrinsicPlan:
    captioning = Captioning(parts=TASK.captions)
    return IntrinsicPlan(
        kind=kind, captioning=captioning, coefficients=Coefficients(**coefficients), beta=0.0
    )


def train(
    sandbox: RewardSandbox, folder: Path, reward: Reward, given: IntrinsicPlan, *, trainer: str = "population"
) -> tuple[list[Outcome | None], SynchronousAnnotation]:
    upright = Predicate("likes it upright", lambda caption: float("is upright" in caption))
    asking = SynchronousAnnotation(upright, Backlog())
    made = make_trainer(
        trainer, sandbox, scratch=folder / "tmp", parallel=1, stop=threading.Event(),
        desk=AnnotationDesk(asking),
    )  # fmt: skip
    jobs = [
        TrainingJob(name, "train", 0, 7, reward, folder / name, STEPS, intrinsic=given) for name in ("a", "b")
    ]
    try:
        outcomes = made.train(TASK, jobs, on_start=lambda _: None, on_outcome=lambda *_: None)
    finally:
        made.close()
    return outcomes, asking


@pytest.mark.parametrize("trainer", ["population", "sb3"])
def test_policies_are_paid_for_what_the_annotator_likes(
    tmp_path: Path, sandbox: RewardSandbox, trainer: str
) -> None:
    outcomes, asking = train(sandbox, tmp_path, Native(), plan(), trainer=trainer)
    for name, outcome in zip("ab", outcomes, strict=True):
        assert isinstance(outcome, Evaluation), outcome
        assert max(outcome.curves["component/intrinsic"]) > 0.0
        tally, captions = read_paid(tmp_path / name)
        assert tally.captioned == tally.steps == STEPS
        assert tally.labels >= len(captions) > 5
        assert "is upright" in captions[0].caption
        assert captions[0].now == 1.0
        assert captions[-1].paid == 0.0
        assert (tmp_path / name / STATE).exists()
        assert (tmp_path / name / CAPTIONS).exists()
    assert asking.statistics().asked < sum(len(read_paid(tmp_path / name)[1]) for name in "ab"), (
        "both met the same captions, and the annotator read them once"
    )


def test_a_reward_function_is_paid_beside_the_learned_one(tmp_path: Path, sandbox: RewardSandbox) -> None:
    given = plan(intrinsic=Schedule.constant(2.0))
    (outcome, _), _ = train(sandbox, tmp_path, Coded(CODED), given)
    assert isinstance(outcome, Evaluation), outcome
    reward, level = outcome.curves["reward"], outcome.curves["component/level"]
    intrinsic = outcome.curves["component/intrinsic"]
    assert max(intrinsic) > 0.0
    for paid, own, learned in zip(reward, level, intrinsic, strict=True):
        assert paid == pytest.approx(own + learned, abs=1e-4)


def test_a_model_that_has_not_learned_pays_nothing(tmp_path: Path, sandbox: RewardSandbox) -> None:
    (outcome, _), _ = train(sandbox, tmp_path, Native(), plan("classification"))
    assert isinstance(outcome, Evaluation), outcome
    assert outcome.curves["component/intrinsic"][0] == 0.0
    standing, tally = read_standing(tmp_path / "a"), read_paid(tmp_path / "a")[0]
    assert standing.held_out.n > 5
    assert (standing.newest.n, standing.newest.count) == (tally.newest, tally.newest_expected)
