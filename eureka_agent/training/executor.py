"""Runs trainer jobs on this machine: one child process each, side by side, with limits that kill.

Children are forked from a server that has the heavy libraries loaded already, so that a job starts in
milliseconds instead of seconds. The server's environment is built from nothing: no key reaches a child.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from eureka_agent.errors import TrainingError, WorkerCrashedError
from eureka_agent.isolation.forkserver import ForkServer
from eureka_agent.isolation.messages import MalformedMessageError
from eureka_agent.resources import ONE_THREAD, usable_cores
from eureka_agent.training.conversation import LOOK_EVERY_S, Conversation, Hear, Speak

_Item = TypeVar("_Item")

DRAIN_S = 6.0
"""What a child still gets after a stop; a training that needs longer is given up, and resumed anew."""

PASSED_ON = ("LANG", "LC_ALL", "PATH", "TZ", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
             "MUJOCO_GL", "EUREKA_AGENT_ENVS", "EUREKA_AGENT_TEMPLATES")  # fmt: skip
"""The only variables of the person's environment that a trainer sees; none of them holds a secret."""


@dataclass(frozen=True)
class ChildLimits:
    """What one child may use."""

    wall_s: float
    memory_mb: int


@dataclass(frozen=True)
class ChildEnd:
    """How a child ended; whether it succeeded is for the reader of its result file to say."""

    exit_code: int | None
    timed_out: bool = False
    fault: str = ""
    """What it did that no child may do, and was ended for, or why nobody knows its exit code."""


FOR_A_GPU = ("CUDA_VISIBLE_DEVICES", "XLA_PYTHON_CLIENT_MEM_FRACTION", "XLA_PYTHON_CLIENT_PREALLOCATE")
"""What children that may use a GPU see, too; the others see no GPU."""


def scrubbed_environment(
    folder: Path, source: Mapping[str, str] = os.environ, *, gpu: bool = False
) -> dict[str, str]:
    """Return the whole environment of trainer processes; home and temporary files lie in `folder`."""
    kept = {name: source[name] for name in PASSED_ON if name in source}
    own = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONHASHSEED": "0",
        "SDL_VIDEODRIVER": "dummy",
    }
    devices = {"CUDA_VISIBLE_DEVICES": ""}
    if gpu:
        devices = {name: source[name] for name in FOR_A_GPU if name in source}
    return kept | ONE_THREAD | own | devices


class _Patience:
    """How long a child is waited for: to its limit, or a moment only once a stop was asked for."""

    def __init__(self, wall_s: float, stop: threading.Event, drain_s: float) -> None:
        self._deadline = time.monotonic() + wall_s
        self._stop, self._drain_s = stop, drain_s
        self.cut = False
        """Whether the deadline is the stop's."""

    def __call__(self) -> float:
        """Return the deadline, on the clock of `time.monotonic`."""
        sooner = time.monotonic() + self._drain_s
        if self._stop.is_set() and not self.cut and sooner < self._deadline:
            self._deadline, self.cut = sooner, True
        return self._deadline


class Executor(Protocol):
    """Where children run."""

    parallel: int

    def converse(
        self,
        payload: Mapping[str, Any],
        request: Mapping[str, Any],
        fds: Sequence[int],
        limits: ChildLimits,
        hear: Hear,
        speak: Speak = tuple,
    ) -> ChildEnd:
        """Run one child to its end and talk with it; see `LocalExecutor.converse`."""
        ...

    def map(self, run: Callable[[_Item], None], items: Sequence[_Item], *, most: int) -> None:
        """Call `run` for every item, at most so many at once; after a stop or an error none starts."""
        ...

    def close(self) -> None:
        """Kill what still runs."""
        ...


class LocalExecutor:
    """A pool of trainer children on this machine."""

    def __init__(
        self,
        *,
        entry: str,
        preload: Sequence[str],
        scratch: Path,
        parallel: int | None,
        stop: threading.Event,
        gpu: bool = False,
        drain_s: float = DRAIN_S,
    ) -> None:
        """`entry` and `preload` are the fork server's; `gpu` lets children use one.

        A child that still runs `drain_s` after a stop is killed.
        """
        self._drain_s = drain_s
        self.parallel = parallel or usable_cores()
        self._gpu = gpu
        self.stop = stop
        scratch.mkdir(parents=True, exist_ok=True)
        self._scratch, self._entry, self._preload = scratch, entry, preload
        self._starting = threading.Lock()
        self._server: ForkServer | None = None

    def _running_server(self) -> ForkServer:
        """Return the server, started if there is none or the last one died (for want of memory, say).

        Raises TrainingError where it cannot be started.
        """
        with self._starting:
            if self._server is None or not self._server.alive():
                self.close()
                self._server = ForkServer(
                    entry=self._entry,
                    preload=self._preload,
                    env=scrubbed_environment(self._scratch, gpu=self._gpu),
                    log=self._scratch / "trainers.log",
                )
                try:
                    self._server.start()
                except WorkerCrashedError as error:  # no training began: no candidate is to blame
                    raise TrainingError(
                        f"The trainer processes could not be started: {error.what}",
                        fix=f"{error.fix}; then give the same command again: the run continues.",
                    ) from error
            return self._server

    def close(self) -> None:
        """Kill what still runs."""
        if self._server is not None:
            self._server.close()

    def run_child(self, payload: Mapping[str, Any], fds: Sequence[int], limits: ChildLimits) -> ChildEnd:
        """Run one child to its end, its wall limit or a stop; its whole process group is gone afterwards."""
        server = self._running_server()
        patience = _Patience(limits.wall_s, self.stop, self._drain_s)
        child = server.fork({**payload, "memory_mb": limits.memory_mb}, fds)
        try:
            while (left_s := patience() - time.monotonic()) > 0:
                code = server.wait(child, min(left_s, LOOK_EVERY_S))
                if code is not None:
                    return ChildEnd(code)
            return ChildEnd(None, timed_out=not patience.cut)
        finally:
            server.kill(child)

    def converse(
        self,
        payload: Mapping[str, Any],
        request: Mapping[str, Any],
        fds: Sequence[int],
        limits: ChildLimits,
        hear: Hear,
        speak: Speak = tuple,
    ) -> ChildEnd:
        """Run one child as `run_child` does, and talk with it over a channel, its only descriptor.

        `request` is the first message to it, with copies of `fds`. What it says goes to `hear`, which raises
        MalformedMessageError for what the child may not say: then it is killed, as it is at its limit and
        a moment after a stop. What `speak` returns meanwhile is sent to it.
        """
        server = self._running_server()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                child = server.fork(payload, [theirs.fileno()])
            try:
                with server.end_of(child) as ended:
                    talk = Conversation(ours, ended=ended, hear=hear, speak=speak)
                    patience = _Patience(limits.wall_s, self.stop, self._drain_s)
                    talk.send(request, fds, timeout_s=limits.wall_s)
                    if not talk.hear_until(patience):
                        return ChildEnd(None, timed_out=not patience.cut)
                    return ChildEnd(server.wait(child))
            except MalformedMessageError as error:
                return ChildEnd(None, fault=f"ended for sending {error}")
            except WorkerCrashedError as error:
                return ChildEnd(None, fault=error.what)
            finally:
                server.kill(child)

    def map(self, run: Callable[[_Item], None], items: Sequence[_Item], *, most: int) -> None:
        """Call `run` for every item, at most so many at once; after a stop or an error none starts."""
        failed = threading.Event()

        def guarded(item: _Item) -> None:
            if self.stop.is_set() or failed.is_set():
                return
            try:
                run(item)
            except BaseException:
                failed.set()
                raise

        with ThreadPoolExecutor(most, thread_name_prefix="training") as pool:
            for future in [pool.submit(guarded, item) for item in items]:
                future.result()
