"""What `oni` says while it trains."""

from __future__ import annotations

import pytest

from eureka_agent.api.oni import OniProgress
from eureka_agent.cli.oni import _print_progress
from eureka_agent.intrinsic.annotation.asking import AskingStatistics
from eureka_agent.training.protocol import CheckpointReached, LearnedSoFar

NOBODY_WAITS = AskingStatistics(
    asked=30, answered=30, known=0, failed=0, given_up=0, dropped=0, unasked=0, failures=0, waiting=0,
    in_flight=0, over=False,
)  # fmt: skip


def line(capsys: pytest.CaptureFixture[str], learned: LearnedSoFar) -> str:
    reached = CheckpointReached(
        job="oni", checkpoint=0, env_steps=8192, fitness=0.5, error=0.1, learned=learned
    )
    _print_progress(OniProgress(0, reached, NOBODY_WAITS))
    return capsys.readouterr().out


def test_accuracy_on_the_newest_labels_stands_beside_that_on_all_held_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = LearnedSoFar(labels=30, captions=40, paid=0.5, accuracy=0.9, newest=20, newest_expected=0.6)
    assert "30 labels, 90% of those held out right, 60% of the newest 20 expected;" in line(capsys, told)


def test_nothing_is_said_of_labels_that_nobody_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert "30 labels; 0% of the last steps paid" in line(
        capsys, LearnedSoFar(labels=30, captions=9, paid=0.0)
    )
