from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_helpers import alive, eventually

from eureka_agent.errors import SandboxError, WorkerCrashedError
from eureka_agent.isolation.forkserver import ForkServer
from eureka_agent.isolation.messages import send_message
from eureka_agent.resources import ONE_THREAD

ENTRY = "forkserver_entries:act"
ENV = {"PATH": "/usr/bin:/bin", **ONE_THREAD}


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(entry=ENTRY, env=ENV) as started:
        yield started


def _ask(server: ForkServer, **payload: object) -> tuple[int, str]:
    reader, writer = os.pipe()
    child = server.fork(payload, [writer])
    os.close(writer)
    answer = os.read(reader, 65536).decode()
    os.close(reader)
    return child, answer


def test_exit_codes_are_reported(server: ForkServer):
    assert server.wait(server.fork({"do": "exit", "code": 7}), 5) == 7
    assert server.wait(server.fork({"do": "exit", "code": 0}), 5) == 0
    assert server.wait(server.fork({"do": "raise"}), 5) == 1


def test_a_child_whose_last_words_cannot_be_written_ends_as_it_meant_to_and_alone():
    """A log on a full disk: the child must not fall back into the server's loop and end its siblings."""
    with ForkServer(entry=ENTRY, env=ENV, log=Path("/dev/full")) as server:
        sibling, _ = _ask(server, do="sleep")
        assert server.wait(server.fork({"do": "talk", "code": 7}), 5) == 7
        assert server.wait(server.fork({"do": "raise"}), 5) == 1
        assert server.wait(sibling, 0) is None
        assert server.alive()


def test_a_server_whose_asker_died_before_it_was_up_imports_nothing(tmp_path: Path):
    """The kernel's "die with parent" is too late for a parent that is dead already."""
    ours, theirs = socket.socketpair()
    preload = {"preload": ["forkserver_marks"], "entry": ENTRY, "quiet": True, "single_threaded": False}
    send_message(ours, preload)
    ours.close()
    boot = "import sys; from eureka_agent.isolation.fork_loop import main; main(int(sys.argv[1]))"
    folders = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parents[2])))
    subprocess.run(
        [sys.executable, "-c", boot, str(theirs.fileno())], pass_fds=[theirs.fileno()], check=False,
        env={**ENV, "MARK": str(tmp_path / "mark"), "PYTHONPATH": folders},
    )  # fmt: skip
    theirs.close()
    assert not (tmp_path / "mark").exists()


def test_a_child_holds_only_the_given_environment_and_descriptors(server: ForkServer, monkeypatch):
    monkeypatch.setenv("CANARY_KEY", "sk-canary")
    child, environment = _ask(server, do="environment")
    assert "canary" not in environment.lower()
    assert server.wait(child, 5) == 0
    _, answer = _ask(server, do="descriptors")
    open_fds, passed, is_leader = eval(answer)
    assert set(open_fds) == {0, 1, 2, *passed}
    assert is_leader


def test_kill_ends_the_whole_group(server: ForkServer):
    child, grandchild = _ask(server, do="grandchild")
    assert server.wait(child, 0.01) is None
    server.kill(child)
    assert server.wait(child, 5) == -signal.SIGKILL
    assert eventually(lambda: not alive(int(grandchild)))
    server.kill(child)  # gone: nothing happens


def test_threads_may_share_a_server(server: ForkServer):
    codes: dict[int, int | None] = {}

    def one(number: int) -> None:
        codes[number] = server.wait(server.fork({"do": "exit", "code": number}), 10)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {n: n for n in range(12)}


def test_closing_ends_children_and_further_calls_say_so():
    server = ForkServer(entry=ENTRY, env=ENV)
    server.start()
    child, pid = _ask(server, do="sleep")
    assert server.alive()
    server.close()
    server.close()
    assert eventually(lambda: not alive(int(pid)))
    assert not server.alive()
    with pytest.raises(WorkerCrashedError, match="fork server has ended"):
        server.fork({"do": "exit", "code": 0})
    server.kill(child)


def test_a_server_survives_the_thread_that_started_it():
    server = ForkServer(entry=ENTRY, env=ENV)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    time.sleep(0.1)
    assert server.wait(server.fork({"do": "exit", "code": 3}), 5) == 3
    server.close()


def test_a_killed_server_is_reported():
    with ForkServer(entry=ENTRY, env=ENV) as server:
        child, pid = _ask(server, do="sleep")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(WorkerCrashedError, match="exit code -9"):
            server.wait(child, 5)
        assert eventually(lambda: not alive(int(pid)))


def test_a_missing_module_is_named():
    server = ForkServer(entry="no_such_module:main", env=ENV)
    with pytest.raises(WorkerCrashedError, match="no_such_module"):
        server.start()


def test_a_wrapper_that_fails_is_quoted():
    server = ForkServer(entry=ENTRY, env=ENV, wrap=["sh", "-c", "echo no luck >&2; exit 3"])
    with pytest.raises(WorkerCrashedError, match="no luck"):
        server.start()


def test_a_log_receives_what_children_write(tmp_path: Path):
    log = tmp_path / "server.log"
    with ForkServer(entry=ENTRY, env=ENV, log=log) as server:
        assert server.wait(server.fork({"do": "raise"}), 5) == 1
    assert "from the child" in log.read_text()


def test_a_single_threaded_server_refuses_to_fork_with_threads():
    with (
        ForkServer(entry=ENTRY, env=ENV, preload=["forkserver_threads"], single_threaded=True) as server,
        pytest.raises(SandboxError, match="2 threads"),
    ):
        server.fork({"do": "exit", "code": 0})


def test_everything_ends_when_the_asking_process_is_killed(tmp_path: Path):
    script = (
        "import os, sys, time\n"
        f"sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "from eureka_agent.isolation.forkserver import ForkServer\n"
        f"server = ForkServer(entry={ENTRY!r}, env={ENV!r}); server.start()\n"
        "reader, writer = os.pipe()\n"
        "server.fork({'do': 'sleep'}, [writer])\n"
        "print(server.pid, os.read(reader, 100).decode(), flush=True)\n"
        "time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    asker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root)
    assert asker.stdout is not None
    pids = [int(word) for word in asker.stdout.readline().split()]
    asker.kill()
    asker.wait()
    asker.stdout.close()
    assert len(pids) == 2
    assert eventually(lambda: not any(map(alive, pids)))


def _can_be_read(fd: int, timeout_s: float) -> bool:
    return bool(select.select([fd], [], [], timeout_s)[0])


def test_the_end_of_a_child_can_be_polled(server: ForkServer):
    child, _ = _ask(server, do="sleep")
    with server.end_of(child) as ended:
        assert not _can_be_read(ended, 0)
        server.kill(child)
        assert _can_be_read(ended, 5)
    assert server.wait(child, 0) == -signal.SIGKILL
    with server.end_of(child) as ended:
        assert _can_be_read(ended, 0), "it ended before anybody asked"


def test_the_end_of_the_server_is_the_end_of_its_children():
    with ForkServer(entry=ENTRY, env=ENV) as server:
        child, _ = _ask(server, do="sleep")
        with server.end_of(child) as ended:
            server.close()
            assert _can_be_read(ended, 5)
