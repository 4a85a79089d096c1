from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eureka_agent.analysis.trajectories import read_trajectories, write_trajectories
from eureka_agent.errors import StoreError


def episode(steps: int) -> dict[str, np.ndarray]:
    return {
        "height": np.arange(steps, dtype=np.float32),
        "joints": np.ones((steps, 3), np.float32),
        "prev_height": np.array([7.0, *range(steps - 1)], dtype=np.float32),
    }


def test_episodes_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_trajectories(tmp_path, [episode(4), episode(2), episode(1)])
    read = read_trajectories(tmp_path)
    assert [sorted(one) for one in read] == [["height", "joints", "prev_height"]] * 3
    for one, written in zip(read, [episode(4), episode(2), episode(1)], strict=True):
        for name, array in written.items():
            np.testing.assert_array_equal(one[name], array)
            assert one[name].dtype == np.float32


def test_a_training_that_left_none_has_none(tmp_path: Path) -> None:
    assert read_trajectories(tmp_path) == []
    write_trajectories(tmp_path, [])
    assert read_trajectories(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trajectories.npz").write_bytes(content)
    with pytest.raises(StoreError, match=r"trajectories\.npz holds no recorded episodes"):
        read_trajectories(tmp_path)
