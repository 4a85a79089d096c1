"""Recorded episodes on the disk: what is written comes back, and so does what earlier versions wrote."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trajectory_fakes import running, whole

from eureka_agent.errors import StoreError
from eureka_agent.tasks.registry import find_task
from eureka_agent.trajectories import (
    Origin,
    Trajectory,
    TrajectoryBatch,
    read_trajectories,
    write_trajectories,
)
from eureka_agent.trajectories.ending import UNKNOWN
from eureka_agent.trajectories.files import read_beginnings, read_scores
from eureka_agent.trajectories.inspection import inspect_environment
from eureka_agent.trajectories.trajectory import VERSION


def assert_equal(one: Trajectory, other: Trajectory) -> None:
    assert list(one.arrays) == list(other.arrays)
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, other.arrays[name], err_msg=name)
        assert array.dtype == other.arrays[name].dtype
    for field in fields(Trajectory):
        value = getattr(one, field.name)
        if not isinstance(value, (np.ndarray, dict)):
            assert value == getattr(other, field.name), field.name


@pytest.mark.parametrize("lengths", [[4, 2, 1], [1], []])
def test_episodes_come_back_as_they_were_written(tmp_path: Path, lengths: list[int]) -> None:
    origin = Origin("0-01", "search", 1, 9, 50_000)
    written = [whole(steps, earlier=i, origin=origin, progress=0.25 * i) for i, steps in enumerate(lengths)]
    write_trajectories(tmp_path / "x.npz", written)
    read = read_trajectories(tmp_path / "x.npz")
    assert len(read) == len(written)
    for one, other in zip(read, written, strict=True):
        assert_equal(one, other)


def test_signals_alone_and_choices_come_back(tmp_path: Path) -> None:
    height = np.arange(3, dtype=np.float32)
    choices = running({"height": height}, action=np.array([0, 1, 0]), simulator="device")
    for one in (running({"height": height}), choices):
        write_trajectories(tmp_path / "x.npz", [one])
        assert_equal(read_trajectories(tmp_path / "x.npz")[0], one)


def test_an_action_of_zero_that_was_clipped_comes_back(tmp_path: Path) -> None:
    one = running({"action": np.full((2, 1), 0.5, np.float32)}, action=np.zeros((2, 1), np.float32))
    write_trajectories(tmp_path / "x.npz", [one])
    assert_equal(read_trajectories(tmp_path / "x.npz")[0], one)


def test_trajectories_of_one_file_hold_the_same(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hold the same arrays"):
        write_trajectories(tmp_path / "x.npz", [whole(2), running(whole(2).signals)])


def test_a_training_that_left_none_has_none(tmp_path: Path) -> None:
    assert read_trajectories(tmp_path / "trajectories.npz") == []


def test_the_signals_of_earlier_versions_are_read(tmp_path: Path) -> None:
    arrays = {}
    for index, one in enumerate([whole(4), whole(1)]):
        for name, array in one.signals.items():
            arrays[f"episode{index}/{name}"] = array[:1] if name.startswith("prev_") else array
    np.savez_compressed(tmp_path / "trajectories.npz", **arrays)
    read = read_trajectories(tmp_path / "trajectories.npz")
    assert [one.length for one in read] == [4, 1]
    assert {(one.ending, one.fitness, one.action is None) for one in read} == {(UNKNOWN, None, True)}
    for one, written in zip(read, [whole(4), whole(1)], strict=True):
        for name, array in written.signals.items():
            np.testing.assert_array_equal(one.signals[name], array)


def side_by_side() -> dict[str, Any]:
    """Return steps of two worlds as earlier versions recorded them; two episodes end, two go on."""
    first = np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool)
    height = np.arange(8, dtype=np.float32).reshape(4, 2)
    return {
        "signal/height": height, "signal/prev_height": height - 1, "first": first,
        "terminated": np.array([[0, 0], [1, 0], [0, 0], [0, 0]], bool),
        "truncated": np.array([[0, 0], [0, 0], [0, 1], [0, 0]], bool),
        "native_reward": height.astype(np.float64), "fitness_per_episode": np.array([1.5, 2.5]),
    }  # fmt: skip


def test_the_random_play_of_earlier_versions_is_read(tmp_path: Path) -> None:
    arrays = side_by_side()
    np.savez_compressed(tmp_path / "transitions.npz", **arrays)
    read = read_trajectories(tmp_path / "transitions.npz")
    assert [(one.length, one.earlier, one.fitness) for one in read] == [
        (2, 0, 1.5), (2, 1, None), (3, 0, 2.5), (1, 1, None),
    ]  # fmt: skip
    assert [(one.terminated, one.truncated) for one in read[::2]] == [(True, False), (False, True)]
    batch = TrajectoryBatch.of(read)
    np.testing.assert_array_equal(batch.first, arrays["first"])
    np.testing.assert_array_equal(batch.signals["prev_height"], arrays["signal/prev_height"])
    np.testing.assert_array_equal(batch.fitness_per_episode, [1.5, 2.5])


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trajectories.npz").write_bytes(content)
    with pytest.raises(StoreError, match=r"trajectories\.npz contains no recorded episodes"):
        read_trajectories(tmp_path / "trajectories.npz")


@pytest.mark.parametrize(
    "changes",
    [
        {"version": np.array(0)},
        {"version": np.array(np.inf)},
        {"version": np.array("one")},
        {"episodes": np.frombuffer(b"no json", np.uint8)},
        {"episodes": np.frombuffer(b'[{"length": 10000000}]', np.uint8)},
        {"signal/height": np.zeros(2, np.float32)},
        {"signal/prev_height": np.zeros(9, np.float32)},
        {"native_reward": np.full(3, np.nan)},
        {"native_reward": np.zeros(4)},
        {"reward": np.array([object()])},
        {"seed": np.zeros(3)},
        {"surprise": np.zeros(3)},
        {"signal/\x1b[2J": np.zeros(3, np.float32)},
        {"signal/height": np.full(3, np.nan, np.float32)},
    ],
    ids=lambda changes: ascii(next(iter(changes))),
)
def test_a_damaged_file_is_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "x.npz"
    write_trajectories(path, [whole(3)])
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files}
    np.savez(path, allow_pickle=True, **(arrays | changes))
    with pytest.raises(StoreError, match="contains no recorded episodes"):
        read_trajectories(path)


@pytest.mark.parametrize("name", ["first", "terminated", "native_reward", "fitness_per_episode"])
def test_damaged_random_play_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "transitions.npz"
    np.savez(path, allow_pickle=False, **(side_by_side() | {name: np.zeros(())}))
    with pytest.raises(StoreError, match="contains no recorded episodes"):
        read_trajectories(path)


def test_scores_alone_are_read_from_both_forms_of_random_play(tmp_path: Path) -> None:
    task = find_task("cartpole")
    recording = inspect_environment(task)
    write_trajectories(tmp_path / "now.npz", recording.trajectories)
    assert read_scores(tmp_path / "now.npz") == tuple(recording.fitness_per_episode)
    np.savez(tmp_path / "before.npz", first=np.zeros((3, 2)), fitness_per_episode=[1.5, np.nan, 2.5])
    assert read_scores(tmp_path / "before.npz") == (1.5, 2.5)


def test_scores_of_what_holds_none_or_too_much_are_none(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no arrays")
    np.savez(tmp_path / "other.npz", first=np.zeros(3))
    np.savez(tmp_path / "wrong.npz", episodes=np.frombuffer(b"[{}]", np.uint8))
    np.savez(tmp_path / "pickle.npz", fitness_per_episode=np.array([print], dtype=object))
    np.savez_compressed(tmp_path / "bomb.npz", fitness_per_episode=np.zeros(2**22))
    (tmp_path / "link.npz").symlink_to(tmp_path / "other.npz")
    (tmp_path / "folder.npz").mkdir()
    for path in (*tmp_path.iterdir(), tmp_path / "nothing.npz"):
        assert read_scores(path) == ()
        assert read_beginnings(path) == ()


def test_where_episodes_begin_is_read_without_their_arrays(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    written = [
        whole(3, seed=5), whole(2, seed=5), whole(2, seed=5, simulator="device"), whole(2, seed=6),
        whole(2, seed=5, earlier=1), whole(2, seed=None),
    ]  # fmt: skip
    write_trajectories(path, written)
    begun = read_beginnings(path)
    assert list(begun) == [one.beginning for one in written]
    assert begun[0] == begun[1]
    assert len({*begun[1:4]}) == 3
    assert begun[4:] == (None, None)


def test_episodes_of_version_one_had_no_progress_and_count_as_of_a_whole_training(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_trajectories(path, [whole(3, progress=0.5)])
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files}
    told = json.loads(arrays["episodes"].tobytes())
    del told[0]["progress"]
    arrays |= {"version": np.array(1), "episodes": np.frombuffer(json.dumps(told).encode(), np.uint8)}
    np.savez(path, allow_pickle=False, **arrays)
    (episode,) = read_trajectories(path)
    assert_equal(episode, whole(3))
    assert episode.progress == 1.0
    assert read_scores(path) == (whole(3).fitness,)


def test_a_later_version_is_named_and_not_to_be_deleted(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    write_trajectories(path, [whole(3)])
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files}
    np.savez(path, allow_pickle=False, **(arrays | {"version": np.array(VERSION + 1)}))
    with pytest.raises(StoreError, match="later version of this program") as caught:
        read_trajectories(path)
    assert "elete" not in str(caught.value)
    assert "up to date" in caught.value.fix


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.npz").mkdir()
    for name in ("pipe.npz", "folder.npz"):
        with pytest.raises(StoreError, match="no regular file"):
            read_trajectories(tmp_path / name)


def read_or_error(path: Path) -> tuple[list[Trajectory], StoreError | None]:
    try:
        return read_trajectories(path), None
    except StoreError as error:
        return [], error


@pytest.mark.parametrize("form", ["now", "side by side", "signals", "empty"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_any_bytes_changed_or_cut_is_read_or_named(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    path = tmp_path / "x.npz"
    if form == "now":
        write_trajectories(path, [whole(3), whole(2)])
    elif form == "empty":
        write_trajectories(path, [])
    elif form == "signals":
        np.savez(path, allow_pickle=False, **{"episode0/height": np.zeros(3, np.float32)})
    else:
        np.savez(path, allow_pickle=False, **side_by_side())
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    read, error = read_or_error(path)
    assert all(isinstance(one, Trajectory) for one in read)
    assert error is None or (error.what.isprintable() and error.fix)
