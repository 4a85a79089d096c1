"""A fork server: import heavy libraries once, then get a fresh child process in milliseconds.

Used twice: as the zygote of reward workers (NumPy only, inside bubblewrap), and as the server of trainer
processes (torch preloaded). The server is started with exactly the environment it is given, so a secret of
the asking process is in neither the server nor its children. `fork_loop.py` is the other side.

Life and death: the server ends when the asking process closes the control socket or dies; children end with
the server; what a child started ends with the child's process group.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eureka_agent.errors import SandboxError, WorkerCrashedError
from eureka_agent.isolation.messages import receive_message, send_message

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_BOOT = (
    "import sys; sys.path += [folder for folder in sys.argv[2:] if folder not in sys.path]; "
    "from eureka_agent.isolation.fork_loop import main; main(int(sys.argv[1]))"
)
_CLOSE_TIMEOUT_S = 5.0


class ForkServer:
    """A process that forks children on request; every method may be called from several threads.

    `entry` names a function "package.module:function", called in each child as `entry(payload, fds)`.
    `preload` modules are imported in the server before the first fork. `wrap` is put before the command line
    (bubblewrap). `env` is the whole environment of server and children. With `single_threaded`, a fork is
    refused while the server has more than one thread. `log` receives what server and children write to
    stdout and stderr; None discards it. Whatever this process can import, the server finds too, as far
    as `wrap` lets it see the files.
    """

    def __init__(
        self,
        *,
        entry: str,
        preload: Sequence[str] = (),
        wrap: Sequence[str] = (),
        env: Mapping[str, str],
        single_threaded: bool = False,
        start_timeout_s: float = 60.0,
        log: Path | None = None,
    ) -> None:
        self._config = {
            "entry": entry,
            "preload": list(preload),
            "single_threaded": single_threaded,
            "quiet": log is None,
        }
        self._wrap = list(wrap)
        self._env = dict(env)
        self._start_timeout_s = start_timeout_s
        self._log = log
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._ids = itertools.count()
        self._sending = threading.Lock()
        self._changed = threading.Condition()  # guards everything below
        self._state = "new"
        self._death = ""
        self._replies: dict[int, dict[str, Any]] = {}
        self._exits: dict[int, int] = {}
        self._watched: dict[int, int] = {}

    def __enter__(self) -> ForkServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The pid of the started command (of bubblewrap where `wrap` is used), None before the start."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the server and wait until its modules are imported.

        Raises WorkerCrashedError, with what the server wrote, when it ends or is not ready in time.
        """
        self._control, theirs = socket.socketpair()
        errors = _error_file(self._log)
        # The kernel's "die with parent" means the *thread* that started a process: this one stays.
        self._keeper = threading.Thread(target=self._keep, args=(theirs, errors), daemon=True)
        self._keeper.start()
        with self._changed:
            self._changed.wait_for(lambda: self._state != "new", self._start_timeout_s)
            ready, why = self._state == "ready", self._death
        if ready:
            os.close(errors)
            return
        self.close()
        tail = "\n".join(text for text in (_tail(errors).strip(), why.strip()) if text) or "it wrote nothing"
        os.close(errors)
        raise WorkerCrashedError(
            f"the fork server did not start within {self._start_timeout_s:g} s: {tail}",
            fix="check that the modules it imports are installed, and that the machine has free memory",
        )

    def close(self) -> None:
        """Kill every child's process group and end the server; may be called again."""
        if self._control is not None:
            _shut(self._control)  # the server sees its end, and the keeper waits for it
        if self._keeper is not None:
            self._keeper.join()
        if self._control is not None:
            self._control.close()

    def fork(self, payload: Mapping[str, Any], fds: Sequence[int] = ()) -> int:
        """Fork a child that runs the entry with `payload` (JSON) and copies of `fds`; return its pid.

        The pid is the one that the server sees (another pid namespace under bubblewrap). The caller keeps its
        own descriptors. Raises SandboxError when the server refuses, WorkerCrashedError when it is dead.
        """
        reply = self._ask({"op": "fork", "payload": dict(payload)}, fds)
        if "error" in reply:
            raise SandboxError(
                str(reply["error"]), fix="keep threads out of preloaded modules; check the process limit"
            )
        return int(reply["child"])

    def kill(self, child: int) -> None:
        """Kill the child's whole process group; nothing happens where it is gone already."""
        try:
            self._ask({"op": "kill", "child": child})
        except WorkerCrashedError:
            return  # children die with the server

    def wait(self, child: int, timeout_s: float | None = None) -> int | None:
        """Return the child's exit code (a negative signal number where one killed it), None on timeout.

        Raises WorkerCrashedError when the server died before it could tell.
        """
        with self._changed:
            self._wait_for(lambda: child in self._exits, timeout_s)
            return self._exits.get(child)

    @contextmanager
    def end_of(self, child: int) -> Iterator[int]:
        """Give a descriptor that can be read once the child, or the server, has ended: something to poll."""
        watched = os.eventfd(0, os.EFD_CLOEXEC)
        with self._changed:
            self._watched[child] = watched
            if child in self._exits or self._state == "dead":
                os.eventfd_write(watched, 1)
        try:
            yield watched
        finally:
            with self._changed:
                del self._watched[child]
            os.close(watched)

    def alive(self) -> bool:
        """Whether the server is started and answering."""
        with self._changed:
            return self._state == "ready"

    def _ask(self, message: Mapping[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        number = next(self._ids)
        control = self._control
        if control is None:
            raise WorkerCrashedError("the fork server was not started", fix="call start() first")
        with self._sending:
            try:
                send_message(control, {**message, "id": number}, fds)
            except OSError:
                _shut(control)  # the keeper then sees the end, and says why below
        with self._changed:
            self._wait_for(lambda: number in self._replies, None)
            return self._replies.pop(number)

    def _wait_for(self, happened: Callable[[], bool], timeout_s: float | None) -> None:
        """Wait, holding the condition, until `happened` or the timeout; raise where the server ends first."""
        self._changed.wait_for(lambda: happened() or self._state == "dead", timeout_s)
        if not happened() and self._state == "dead":
            raise WorkerCrashedError(
                f"the fork server has ended{': ' + self._death if self._death else ''}",
                fix="the run's log may say why; start the command again to resume the run",
            )

    def _keep(self, theirs: socket.socket, errors: int) -> None:
        """Start the server and read its messages until it ends (runs in the keeper thread)."""
        boot = [sys.executable, "-P", "-s", "-c", _BOOT, str(theirs.fileno())]
        command = [*self._wrap, *boot, *filter(None, sys.path), str(_PACKAGE_ROOT)]
        assert self._control is not None
        try:
            self._process = subprocess.Popen(
                command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if self._log is None else errors,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
            send_message(self._control, self._config)
            while (received := receive_message(self._control)) is not None:
                self._note(received[0])
        except ConnectionError:
            pass  # it ended in the middle of a message; its exit code is read below
        except OSError as error:
            self._set_death(str(error))
        finally:
            theirs.close()
            if self._process is not None:
                time_limit = time.monotonic() + _CLOSE_TIMEOUT_S
                while self._process.poll() is None and time.monotonic() < time_limit:
                    time.sleep(0.001)
                self._process.kill()
                code = self._process.wait()
                self._set_death("" if code == 0 else f"exit code {code}")
            with self._changed:
                self._state = "dead"
                for watched in self._watched.values():
                    os.eventfd_write(watched, 1)
                self._changed.notify_all()

    def _set_death(self, why: str) -> None:
        with self._changed:
            self._death = self._death or why

    def _note(self, message: Mapping[str, Any]) -> None:
        with self._changed:
            match message["event"]:
                case "ready":
                    self._state = "ready"
                case "failed":
                    self._death = str(message["error"])
                case "reply":
                    if "child" in message:
                        self._exits.pop(message["child"], None)  # a pid used before
                    self._replies[message["id"]] = dict(message)
                case "exit":
                    self._exits[message["child"]] = message["code"]
                    if (watched := self._watched.get(message["child"])) is not None:
                        os.eventfd_write(watched, 1)
            self._changed.notify_all()


def _error_file(log: Path | None) -> int:
    """Return a descriptor for the server's stderr: the log, or memory until the server is ready."""
    if log is None:
        return os.memfd_create("forkserver-errors")
    return os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _tail(fd: int, length: int = 2000) -> str:
    size = os.fstat(fd).st_size
    return os.pread(fd, length, max(0, size - length)).decode(errors="replace")


def _shut(control: socket.socket) -> None:
    try:
        control.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed or never connected: there is nobody left to tell
