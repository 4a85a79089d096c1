from __future__ import annotations

from pathlib import Path

import pytest

from eureka_agent.api.train import train
from eureka_agent.errors import ConfigError

FAILS_WHEN_EXECUTED = """
LIMIT = 1.0 / 0.0
def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
"""


def test_a_reward_file_is_executed_by_its_worker_and_not_by_whoever_asks(tmp_path: Path) -> None:
    path = tmp_path / "reward.py"
    path.write_text(FAILS_WHEN_EXECUTED)
    report = train("cartpole", path, env_steps=64, output=tmp_path / "out")
    assert "ZeroDivisionError" in report.trainings[0].failure


def test_a_sequence_of_rewards_trains_each_from_the_policy_of_the_one_before(tmp_path: Path) -> None:
    sequence = train("cartpole", ["sparse", "reference"], seeds=2, env_steps=256, output=tmp_path / "both")
    first = train("cartpole", "sparse", seeds=2, env_steps=256, output=tmp_path / "first")
    for number, (whole, part) in enumerate(zip(sequence.trainings, first.trainings, strict=True)):
        before = tmp_path / "both" / "before-1" / f"seed-{number}" / "policy.npz"
        assert part.policy is not None
        assert before.read_bytes() == part.policy.read_bytes()
        alone = train(
            "cartpole", "reference", seeds=2, env_steps=256, init_policy=before, output=tmp_path / f"{number}"
        ).trainings[number]
        assert whole.policy is not None
        assert alone.policy is not None
        assert whole.fitness == alone.fitness
        assert whole.policy.read_bytes() == alone.policy.read_bytes()
        assert whole.env_steps == part.env_steps + alone.env_steps
    assert sequence.reward == "sparse, then reference"


def test_a_seed_whose_reward_failed_is_not_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "reward.py"
    path.write_text(FAILS_WHEN_EXECUTED)
    report = train("cartpole", [path, "sparse"], env_steps=64, output=tmp_path / "out")
    assert "ZeroDivisionError" in report.trainings[0].failure
    assert not (tmp_path / "out" / "seed-0").exists()


def test_no_reward_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no reward"):
        train("cartpole", [], output=tmp_path / "out")
