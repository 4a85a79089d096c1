"""A log that another process writes is read once, and from then on only what was appended."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic_run import synthetic_run

from eureka_agent.errors import StoreError
from eureka_agent.store.events import read_events
from eureka_agent.store.followed import FollowedLog
from eureka_agent.store.state import RunState


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    root = tmp_path_factory.mktemp("whole") / "run"
    synthetic_run(root, generations=1, samples=4)
    return (root / "events.jsonl").read_bytes().splitlines(keepends=True)


def test_a_log_followed_line_by_line_gives_the_state_of_the_whole(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"")
    log = FollowedLog(path)
    with path.open("ab") as file:
        for number, line in enumerate(lines, 1):
            file.write(line[:10])
            file.flush()
            assert log.catch_up() == []  # half a line was not acknowledged
            file.write(line[10:])
            file.flush()
            assert [event.seq for event in log.catch_up()] == [number - 1]
    assert log.number == len(lines)
    assert log.start is not None
    assert log.state == RunState.of(read_events(path))
    assert log.catch_up() == []


def test_what_replaces_a_log_is_read_anew(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines))
    log = FollowedLog(path)
    assert len(log.catch_up()) == len(lines)
    before = log.state
    path.write_bytes(b"".join(lines[:5]))
    assert len(log.catch_up()) == 5
    assert log.state is not before
    other = tmp_path / "other"
    other.write_bytes(b"".join(lines))
    other.replace(path)
    assert len(log.catch_up()) == len(lines)


def test_a_log_that_a_longer_one_replaced_in_place_is_read_anew(
    tmp_path: Path, lines: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("longer") / "run"
    synthetic_run(other, generations=2, samples=4)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines))
    log = FollowedLog(path)
    log.catch_up()
    before = log.state
    longer = (other / "events.jsonl").read_bytes().replace(b'"task": "', b'"task": "another ')
    path.write_bytes(longer)
    assert len(log.catch_up()) == len(longer.splitlines())
    assert log.state is not before
    assert log.state == RunState.of(read_events(path))


def test_what_was_known_of_a_log_stays_where_it_is_damaged_further_on(
    tmp_path: Path, lines: list[bytes]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines))
    log = FollowedLog(path)
    log.catch_up()
    path.write_bytes(b"".join(lines) + b"no event\n")
    with pytest.raises(StoreError, match=f"{len(lines) + 1}"):
        log.catch_up()
    assert log.state.candidates


def test_a_damaged_log_says_the_same_until_it_is_mended(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines) + b"no event\n")
    log = FollowedLog(path)
    told = set()
    for _ in range(3):
        with pytest.raises(StoreError) as caught:
            log.catch_up()
        told.add(str(caught.value))
    assert len(told) == 1
    path.write_bytes(b"".join(lines))
    assert len(log.catch_up()) == len(lines)


@pytest.mark.parametrize("kind", ["missing", "link", "folder"])
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, lines: list[bytes], kind: str) -> None:
    path = tmp_path / "events.jsonl"
    if kind == "link":
        (tmp_path / "real").write_bytes(b"".join(lines))
        path.symlink_to(tmp_path / "real")
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(StoreError):
        FollowedLog(path).catch_up()
