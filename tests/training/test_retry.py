"""What crashed is tried once more; what failed by itself is not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parents[1] / "evolution"))

from fakes import FakeTrainer, source_worth

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Contest, Outcome, TrainingFailure, TrainingJob
from eureka_agent.training.retry import RetryOnCrash

CRASH = TrainingFailure("failed", "killed by signal 9", crashed=True)
TASK = cast(Task, None)  # the fake looks at none


def jobs(*names: str) -> list[TrainingJob]:
    common: dict[str, Any] = {"stage": "search", "replicate": 0, "seed": 1, "env_steps": 1}
    return [
        TrainingJob(name=name, reward=Coded(source_worth(1.0)), folder=Path(), **common) for name in names
    ]


class Failing:
    """Fails a job as its list of failures says, once each."""

    def __init__(self, **failures: list[TrainingFailure]) -> None:
        self.failures = failures

    def __call__(self, job: TrainingJob) -> TrainingFailure | None:
        left = self.failures.get(job.name)
        return left.pop(0) if left else None


def train(failing: Failing, *names: str) -> tuple[list[Outcome | None], list[tuple[str, Outcome]], list[str]]:
    trainer = FakeTrainer(fail=failing)
    told: list[tuple[str, Outcome]] = []
    outcomes = RetryOnCrash(trainer).train(
        TASK,
        jobs(*names),
        on_start=lambda _: None,
        on_outcome=lambda job, outcome: told.append((job.name, outcome)),
    )
    return outcomes, told, [job.name for job in trainer.jobs]


def test_a_training_that_crashed_once_is_trained_and_told_once() -> None:
    outcomes, told, trained = train(Failing(b=[CRASH]), "a", "b", "c")
    assert all(isinstance(outcome, Evaluation) for outcome in outcomes)
    assert sorted(name for name, _ in told) == ["a", "b", "c"]
    assert sorted(trained) == ["a", "b", "b", "c"]


def test_a_second_crash_counts() -> None:
    outcomes, told, trained = train(Failing(b=[CRASH, CRASH]), "a", "b")
    assert outcomes[1] == CRASH
    assert ("b", CRASH) in told
    assert trained.count("b") == 2


def test_a_failure_of_the_reward_itself_is_not_tried_again() -> None:
    failure = TrainingFailure("failed", "the reward was NaN")
    outcomes, told, trained = train(Failing(a=[failure]), "a")
    assert outcomes == [failure]
    assert told == [("a", failure)]
    assert trained == ["a"]


def test_who_is_tried_again_still_competes_with_the_whole_generation() -> None:
    trainer = FakeTrainer(fail=Failing(b=[CRASH]))
    before = (("0-00", ((1.0, 0.1),)),)
    contestants = [replace(job, contest=Contest(before)) for job in jobs("a", "b", "c")]
    told: list[TrainingJob] = []
    RetryOnCrash(trainer).train(
        TASK, contestants, on_start=lambda _: None, on_outcome=lambda job, _: told.append(job)
    )
    again = trainer.jobs[-1]
    assert again.name == "b"
    assert again.contest is not None
    assert [key for key, _ in again.contest.ended] == ["0-00", *(f"{n}/search-0" for n in "ac")]
    assert sorted(told, key=lambda job: job.name) == contestants, (
        "outcomes are told of the jobs that were given"
    )
