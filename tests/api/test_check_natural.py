"""`check` and `train` take a natural reward from a file, and say by its own lines what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eureka_agent.api.check import check, reward_of
from eureka_agent.cli.app import app
from eureka_agent.errors import RewardError
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.registry import find_task

NATURAL = (
    "import torch\n\n\ndef compute_reward(pole_angle, cart_velocity):\n"
    "    r = torch.exp(-pole_angle.abs())\n    r -= 0.01 * cart_velocity**2\n"
    '    return r, {"r": r}\n'
)


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text)
    return path


def test_check_shows_what_was_rewritten(tmp_path: Path) -> None:
    findings = check(written(tmp_path, NATURAL), "cartpole", unsafe_isolation=True)
    assert {finding.severity for finding in findings} == {"note"}
    assert {finding.line for finding in findings if finding.line} == {1, 5, 6}


def test_check_counts_no_notes(tmp_path: Path) -> None:
    path = written(tmp_path, NATURAL)
    result = CliRunner().invoke(app, ["check", str(path), "--task", "cartpole", "--unsafe-isolation"])
    assert result.exit_code == 0
    assert "note [rewritten]" in result.output
    assert "accepted: 0 errors, 0 warnings" in result.output


def test_findings_of_the_critic_cite_the_file(tmp_path: Path) -> None:
    text = NATURAL.replace("import torch\n", "import torch\nfrom typing import Dict\n\n")
    text = text.replace("pole_angle, cart_velocity", "pole_angle, cart_velocity, pole_angular_velocity")
    findings = check(written(tmp_path, text), "cartpole", unsafe_isolation=True)
    assert 6 in [f.line for f in findings if f.severity == "warning"], "an argument that is never used"


def test_train_is_given_the_portable_form(tmp_path: Path) -> None:
    reward = reward_of(find_task("cartpole"), str(written(tmp_path, NATURAL)))
    assert isinstance(reward, Coded)
    assert "np.exp(-np.abs(pole_angle))" in reward.text


def test_train_refuses_what_cannot_be_rewritten(tmp_path: Path) -> None:
    path = written(tmp_path, NATURAL.replace("r -=", "pole_angle -="))
    with pytest.raises(RewardError, match="line 6"):
        reward_of(find_task("cartpole"), str(path))
