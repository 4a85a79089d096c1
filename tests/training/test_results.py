"""A child that cannot write is no failed candidate."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

import pytest

from eureka_agent.errors import StoreError, TrainingError
from eureka_agent.training.executor import ChildLimits, LocalExecutor
from eureka_agent.training.job import TrainingFailure
from eureka_agent.training.results import CANNOT_WRITE, ending_where_the_disk_does, read_result


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), StoreError("Could not write it.")]
)
def test_a_child_on_a_full_disk_ends_with_an_exit_code_of_its_own(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(SystemExit) as ended, ending_where_the_disk_does(tmp_path):
        raise error
    assert ended.value.code == CANNOT_WRITE


def test_what_is_not_the_disk_is_not_taken_for_it(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), ending_where_the_disk_does(tmp_path):
        raise ConnectionResetError(errno.ECONNRESET, "reset")


def test_no_result_for_want_of_space_stops_the_run_and_blames_no_candidate(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not write") as caught:
        read_result(tmp_path / "result.json", "x", CANNOT_WRITE)
    assert "Free some space" in caught.value.fix


def test_no_result_for_any_other_reason_is_a_crash(tmp_path: Path) -> None:
    outcome = read_result(tmp_path / "result.json", "x", -9)
    assert isinstance(outcome, TrainingFailure)
    assert outcome.crashed
    assert "signal 9" in outcome.reason


@pytest.mark.parametrize("fitness", [float("nan"), float("inf"), "high", None])
def test_a_score_that_no_log_can_hold_is_no_result(tmp_path: Path, fitness: object) -> None:
    evaluation = {
        "stage": "search", "replicate": 0, "seed": 1, "fitness": fitness, "episode_fitness": [1.0],
        "env_steps": 1, "wall_s": 0.1, "best_checkpoint": 0,
    }  # fmt: skip
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"job": "x", "evaluation": evaluation}))
    outcome = read_result(path, "x", 0)
    assert isinstance(outcome, TrainingFailure)
    assert "cannot be read" in outcome.reason


def test_a_failure_has_a_known_status_and_a_reason_in_words(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"job": "x", "failure": {"status": "confirmed", "reason": ["forged"]}}))
    outcome = read_result(path, "x", 0)
    assert isinstance(outcome, TrainingFailure)
    assert outcome.status == "failed"
    assert "cannot be read" in outcome.reason


def test_trainers_that_cannot_be_started_stop_the_run_and_blame_no_candidate(tmp_path: Path) -> None:
    executor = LocalExecutor(
        entry="no_such_module:main", preload=("no_such_module",), scratch=tmp_path, parallel=1,
        stop=threading.Event(),
    )  # fmt: skip
    with pytest.raises(TrainingError, match="could not be started"):
        executor.run_child({}, (), ChildLimits(wall_s=60.0, memory_mb=512))
    executor.close()
