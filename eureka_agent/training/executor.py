"""Runs trainer jobs on this machine: one child process each, side by side, with limits that kill.

Children are forked from a server that has the heavy libraries loaded already, so that a job starts in
milliseconds instead of seconds. The server's environment is built from nothing: no key reaches a child.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from eureka_agent.errors import TrainingError, WorkerCrashedError
from eureka_agent.isolation.forkserver import ForkServer
from eureka_agent.resources import ONE_THREAD, usable_cores

_Item = TypeVar("_Item")

PASSED_ON = ("LANG", "LC_ALL", "PATH", "TZ", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
             "MUJOCO_GL", "EUREKA_AGENT_ENVS", "EUREKA_AGENT_TEMPLATES")  # fmt: skip
"""The only variables of the person's environment that a trainer sees; none of them holds a secret."""


WATCH_S = 0.1
"""Seconds between two looks at what a running child has finished."""


@dataclass(frozen=True)
class ChildLimits:
    """What one child may use."""

    wall_s: float
    memory_mb: int


@dataclass(frozen=True)
class ChildEnd:
    """How a child ended; whether it succeeded is for the reader of its result file to say."""

    exit_code: int | None
    timed_out: bool


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
    ) -> None:
        """`entry` and `preload` are the fork server's; `gpu` lets children use one."""
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

    def run_child(
        self,
        payload: Mapping[str, Any],
        fds: Sequence[int],
        limits: ChildLimits,
        *,
        watch: Callable[[], None] | None = None,
    ) -> ChildEnd:
        """Run one child to its end or its wall limit; its whole process group is gone afterwards.

        `watch` is called every `WATCH_S` seconds while it runs, and once after its end.
        """
        server = self._running_server()
        child = server.fork({**payload, "memory_mb": limits.memory_mb}, fds)
        end = time.monotonic() + limits.wall_s
        try:
            while True:
                left = end - time.monotonic()
                code = server.wait(child, max(0.0, left if watch is None else min(WATCH_S, left)))
                if watch is not None:
                    watch()
                if code is not None or time.monotonic() >= end:
                    return ChildEnd(code, timed_out=code is None)
        finally:
            server.kill(child)

    def map(self, run: Callable[[_Item], None], items: Sequence[_Item]) -> None:
        """Call `run` for every item, at most `parallel` at once; after a stop or an error none starts."""
        failed = threading.Event()

        def guarded(item: _Item) -> None:
            if self.stop.is_set() or failed.is_set():
                return
            try:
                run(item)
            except BaseException:
                failed.set()
                raise

        with ThreadPoolExecutor(self.parallel, thread_name_prefix="training") as pool:
            for future in [pool.submit(guarded, item) for item in items]:
                future.result()
