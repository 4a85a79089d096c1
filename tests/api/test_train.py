from __future__ import annotations

from pathlib import Path

from eureka_agent.api.train import train

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
