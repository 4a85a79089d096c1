"""A child that cannot write is no failed candidate."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from eureka_agent.errors import StoreError
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
