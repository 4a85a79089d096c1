"""Rewards are compared with the first of them, seed by seed; one that fails fails alone."""

from __future__ import annotations

from pathlib import Path

from refining_fakes import REWARD, WritingTrainer, bench_of

from eureka_agent.evolution.comparing import STAGE, standings
from eureka_agent.rewards.reward import Coded, Sparse
from eureka_agent.training.job import TrainingFailure, TrainingJob

BETTER = Coded(REWARD.replace("0.5", "0.6"))
BROKEN = Coded(REWARD.replace("0.5", "0.7"))


def worth(text: str, job: TrainingJob) -> float:
    """Seeds differ more than rewards do: only pairs tell them apart."""
    return 100.0 * job.replicate + (2.0 if "0.6" in text else 0.0) + 0.1 * job.replicate * ("0.6" in text)


def test_pairs_of_seeds_are_compared(tmp_path: Path) -> None:
    first, better, sparse = standings(
        [Coded(REWARD), BETTER, Sparse()], bench_of(tmp_path, WritingTrainer(worth)), seeds=3
    )
    assert first.difference is None
    assert better.difference is not None
    assert better.difference.low > 1.5
    assert sparse.difference is not None
    assert tuple(sparse.difference)[:3] == (0.0, 0.0, 0.0)


def test_one_that_fails_fails_alone(tmp_path: Path) -> None:
    trainer = WritingTrainer(worth, fails=lambda text, job: "It hung." if "0.7" in text else "")
    first, broken, better = standings([Coded(REWARD), BROKEN, BETTER], bench_of(tmp_path, trainer), seeds=2)
    assert broken.scores.fitness == ()
    assert "2 of 2 trainings failed: It hung." in broken.scores.failure
    assert all(isinstance(outcome, TrainingFailure) for outcome in broken.outcomes)
    assert broken.difference is None
    assert better.difference is not None
    assert first.scores.fitness == (0.0, 100.0)


def test_where_the_first_fails_nothing_is_compared(tmp_path: Path) -> None:
    trainer = WritingTrainer(worth, fails=lambda text, job: "It hung." if "0.7" in text else "")
    _, better = standings([BROKEN, BETTER], bench_of(tmp_path, trainer), seeds=2)
    assert better.difference is None
    assert better.scores.fitness


def test_one_reward_more_trains_only_that_one(tmp_path: Path) -> None:
    standings([Coded(REWARD), BETTER], bench_of(tmp_path, WritingTrainer(worth)), seeds=2)
    again = WritingTrainer(worth)
    standings([Coded(REWARD), BETTER, Sparse()], bench_of(tmp_path, again), seeds=2)
    assert again.trained == [f"sparse/{STAGE}-0", f"sparse/{STAGE}-1"]
