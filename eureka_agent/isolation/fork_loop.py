"""The server's side of `forkserver.py`: import once, then fork a child for every request.

The loop is single-threaded on purpose: what a forked child inherits is then exactly what was imported.
Messages in: a configuration, then `fork` and `kill`. Messages out: `ready`, one `reply` a request, and
`exit` for every child that ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from eureka_agent.isolation.kernel import die_with_parent
from eureka_agent.isolation.messages import receive_message, send_message

Entry = Callable[[dict[str, Any], list[int]], None]


def main(control_fd: int) -> None:
    """Serve forks on the inherited socket `control_fd` until its other side closes."""
    die_with_parent()
    os.set_inheritable(control_fd, False)
    control = socket.socket(fileno=control_fd)
    first = receive_message(control)
    if first is None or _asker_is_gone(control):
        return
    config = first[0]
    try:
        for module in config["preload"]:
            importlib.import_module(module)
        module, _, function = config["entry"].partition(":")
        entry: Entry = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, OSError):
        send_message(control, {"event": "failed", "error": traceback.format_exc(limit=-3)})
        return
    if config["quiet"]:
        _silence()
    gc.freeze()  # a child's garbage collection then leaves the shared pages alone
    send_message(control, {"event": "ready"})
    _Loop(control, entry, single_threaded=config["single_threaded"]).run()


def _asker_is_gone(control: socket.socket) -> bool:
    """Say whether the asker ended before it could take this process with it; imports can take long."""
    poller = select.poll()
    poller.register(control, select.POLLHUP)
    return bool(poller.poll(0))


class _Loop:
    """Children by their pidfd, and the poll loop over them and the control socket."""

    def __init__(self, control: socket.socket, entry: Entry, *, single_threaded: bool) -> None:
        self.control = control
        self.entry = entry
        self.single_threaded = single_threaded
        self.children: dict[int, int] = {}
        self.poller = select.poll()
        self.poller.register(control, select.POLLIN)

    def run(self) -> None:
        """Serve until the control socket closes, then kill every child."""
        with contextlib.suppress(OSError):  # the asker may vanish while a reply is on its way
            while True:
                ready = [fd for fd, _ in self.poller.poll()]
                for fd in ready:
                    if fd in self.children:
                        self._reap(fd)
                if self.control.fileno() in ready and not self._serve_one():
                    break
        for pid in self.children.values():
            _kill_group(pid)
        for pid in self.children.values():
            os.waitpid(pid, 0)

    def _serve_one(self) -> bool:
        received = receive_message(self.control)
        if received is None:
            return False
        message, fds = received
        if message["op"] == "fork":
            reply = self._fork(message["payload"], fds)
        else:
            reply = self._kill(message["child"])
        for fd in fds:
            os.close(fd)
        send_message(self.control, {"event": "reply", "id": message["id"], **reply})
        return True

    def _fork(self, payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        threads = len(os.listdir("/proc/self/task"))
        if self.single_threaded and threads > 1:
            return {"error": f"the fork server has {threads} threads and must have one to fork safely"}
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            return {"error": f"the fork server could not fork: {error}"}
        if pid == 0:
            _run_child(self.entry, payload, fds, server)
        pidfd = os.pidfd_open(pid)
        self.children[pidfd] = pid
        self.poller.register(pidfd, select.POLLIN)
        return {"child": pid}

    def _kill(self, child: int) -> dict[str, Any]:
        # Only pids not reaped yet: such a number cannot have been given to another process.
        if child in self.children.values():
            _kill_group(child)
        return {}

    def _reap(self, pidfd: int) -> None:
        pid = self.children.pop(pidfd)
        self.poller.unregister(pidfd)
        os.close(pidfd)
        _kill_group(pid)  # what the child started ends with it
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        send_message(self.control, {"event": "exit", "child": pid, "code": code})


def _run_child(entry: Entry, payload: Mapping[str, Any], fds: list[int], server: int) -> NoReturn:
    """Become a session of its own with only `fds` open, run the entry, and end without clean-up."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        if os.getppid() != server:
            os._exit(1)
        _close_all_but(fds)
        entry(dict(payload), list(fds))
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - the border of a process: nothing may unwind into the server's loop
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):  # the log's disk is full
                stream.flush()
        os._exit(code)


def _close_all_but(fds: list[int]) -> None:
    start = 3
    for fd in sorted(fds):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def _kill_group(pid: int) -> None:
    """Kill a child and its process group; the child itself too where it has not made its session yet."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
