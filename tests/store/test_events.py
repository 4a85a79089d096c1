from __future__ import annotations

import fcntl
import json
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import RunLockedError, StoreError
from eureka_agent.files import write_json
from eureka_agent.store.event_types import FORMAT_VERSION, Notice, RequestSent, parse_event
from eureka_agent.store.events import EventLog, read_events
from eureka_agent.store.lock import holder_of, run_lock
from eureka_agent.store.records import RequestKey


def open_log(path: Path) -> EventLog:
    return EventLog(path, clock=lambda: 1.0)


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    log = open_log(tmp_path / "events.jsonl")
    heard: list[str] = []
    log.listen(lambda event: heard.append(getattr(event, "text", "")))
    for word in ("one", "two", "three"):
        log.append(Notice(text=word))
    assert [event.model_dump() for event in read_events(log.path)] == [e.model_dump() for e in log.events]
    assert heard == ["one", "two", "three"]


@given(cut=st.integers(min_value=0, max_value=400))
def test_a_log_cut_anywhere_opens_with_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    log = open_log(path)
    for number in range(5):
        log.append(Notice(text=f"{number}: line\nbreak"))
    content = path.read_bytes()
    path.write_bytes(content[: min(cut, len(content))])
    whole = path.read_bytes().count(b"\n")
    again = open_log(path)
    again.append(Notice(text="more"))
    assert [event.seq for event in read_events(path)] == list(range(whole + 1))


def test_a_damaged_line_is_an_error_that_names_it(tmp_path: Path) -> None:
    log = open_log(tmp_path / "events.jsonl")
    log.append(Notice(text="one"))
    log.append(Notice(text="two"))
    log.path.write_text(log.path.read_text().replace('"text":"one"', "garbage"))
    with pytest.raises(StoreError, match="line 1"):
        read_events(log.path)


def test_a_log_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    line = json.dumps({"v": FORMAT_VERSION + 1, "seq": 0, "time": 0, "type": "surprise"}) + "\n"
    path.write_text(line)
    with pytest.raises(StoreError, match="newer version"):
        open_log(path)
    assert path.read_text() == line


def test_appending_from_many_threads_loses_nothing(tmp_path: Path) -> None:
    log = open_log(tmp_path / "events.jsonl")
    threads = [
        threading.Thread(target=lambda: [log.append(Notice(text="tick")) for _ in range(20)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.seq for event in read_events(log.path)] == list(range(160))


def test_nan_cannot_enter_the_log(tmp_path: Path) -> None:
    log = open_log(tmp_path / "events.jsonl")
    with pytest.raises(ValueError, match="finite number"):
        log.append(RequestSent(key=RequestKey("designer", "0-00", 0), model="m", reserved_usd=float("nan")))
    assert read_events(log.path) == []


FILL = """
import resource, signal, sys
from pathlib import Path
from eureka_agent.errors import StoreError
from eureka_agent.store.event_types import Notice
from eureka_agent.store.events import EventLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = EventLog(Path(sys.argv[1]), clock=lambda: 1.0)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    for number in range(1000):
        log.append(Notice(text="x" * 100))
except StoreError as error:
    print(len(log.events), error)
"""


def test_a_full_disk_is_a_clear_error_and_the_log_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True)
    acknowledged, message = done.stdout.split(" ", 1)
    assert "Free some space" in message
    assert len(read_events(path)) == int(acknowledged) > 0
    assert path.read_bytes().endswith(b"\n")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    open_log(path).append(Notice(text="goes on"))


REPLACE = """
import resource, signal, sys
from pathlib import Path
from eureka_agent.errors import StoreError
from eureka_agent.files import write_atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
write_atomic(path, "old")
resource.setrlimit(resource.RLIMIT_FSIZE, (16, resource.RLIM_INFINITY))
try:
    write_atomic(path, "new" * 100)
except StoreError as error:
    print(error)
"""


def test_a_file_on_a_full_disk_keeps_its_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    done = subprocess.run(
        [sys.executable, "-c", REPLACE, str(path)], capture_output=True, text=True, check=True
    )
    assert "Free some space" in done.stdout
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_atomic_files_leave_no_temporary_behind(tmp_path: Path) -> None:
    write_json(tmp_path / "a" / "b.json", {"x": 1})
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.json"]
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        write_json(tmp_path / "file" / "b.json", {"x": 1})


def test_two_processes_cannot_work_in_one_run(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from eureka_agent.store.lock import run_lock
from eureka_agent.store.state import RunState
from eureka_agent.errors import RunLockedError
try:
    with run_lock(Path({str(tmp_path)!r})):
        print("got it")
except RunLockedError as error:
    print(error)
"""
    with run_lock(tmp_path):
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert "Another process (pid" in out
        assert "--new" in out
    with pytest.raises(RunLockedError), run_lock(tmp_path), run_lock(tmp_path):
        pass
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "got it"


def test_who_works_in_a_run_is_told_without_being_in_the_way(tmp_path: Path) -> None:
    assert holder_of(tmp_path) is None
    with run_lock(tmp_path):
        assert holder_of(tmp_path) == str(os.getpid())
        assert holder_of(tmp_path) == str(os.getpid())
    assert holder_of(tmp_path) is None
    # Somebody who looks holds the lock for a moment; who comes to work waits for that.
    look = os.open(tmp_path / ".lock", os.O_RDONLY)
    fcntl.flock(look, fcntl.LOCK_SH)
    with run_lock(tmp_path, wait=lambda _: os.close(look)):
        assert holder_of(tmp_path) == str(os.getpid())
    (tmp_path / ".lock").unlink()
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    assert holder_of(tmp_path) is None


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"v":"1","seq":0,"time":1,"type":"x"}',
        '{"v":1,"seq":0,"time":null,"type":"x"}',
        '{"seq":0,"time":1,"type":"x"}',
        "[]",
    ],
    ids=lambda line: line[:40],
)
def test_a_line_that_is_no_event_is_an_error_that_names_it(tmp_path: Path, line: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(StoreError, match="line 1"):
        read_events(path)


@pytest.mark.parametrize(
    "data", [{"type": "training_finished", "name": "0-00"}, {"type": "reply_received", "key": 3, "reply": []}]
)
def test_an_event_that_lacks_something_is_an_error_that_names_it(data: dict[str, object]) -> None:
    with pytest.raises(StoreError, match=f"Event 0 .{data['type']}"):
        parse_event({"v": 1, "seq": 0, "time": 1.0, **data})
