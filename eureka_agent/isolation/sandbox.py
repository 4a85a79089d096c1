"""Where the reward workers of a run live: one zygote, contained as well as the machine allows, and tested."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import weakref
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eureka_agent.errors import EurekaError, SandboxError, WorkerCrashedError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.bubblewrap import find_bubblewrap, wrap_commands
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.forkserver import ForkServer
from eureka_agent.isolation.layers import LAYER_NAMES, EscapeAttempt, IsolationReport, Layer
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.limits import WorkerLimits
from eureka_agent.resources import ONE_THREAD

_START_TIMEOUT_S = 30.0
_READY_TIMEOUT_S = 10.0
_KILL_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class ZygoteKind:
    """What the children of a zygote are for; its entry answers the payload kind `probe` with a self-test."""

    entry: str
    preload: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables besides those that every zygote gets."""


WORKERS = ZygoteKind(
    "eureka_agent.isolation.worker:main", ("eureka_agent.isolation.worker", "eureka_agent.isolation.warm")
)


@dataclass(frozen=True)
class ForkedChild:
    """A child and the zygote that it belongs to: its pid means nothing to another one."""

    server: ForkServer
    pid: int


class RewardSandbox:
    """Starts reward workers; use as a context manager, once a run.

    With `unsafe`, a machine on which generated code cannot be contained is accepted (the report says so)
    instead of refused. `bwrap` is the path of bubblewrap, None to do without; by default it is looked for.
    `skip` names in-process layers to leave out, to see what the self-test says. Methods may be called
    from several threads.
    """

    def __init__(
        self,
        unsafe: bool = False,
        *,
        bwrap: str | None = "auto",
        limits: WorkerLimits | None = None,
        skip: Collection[str] = (),
        log: Path | None = None,
        kind: ZygoteKind = WORKERS,
    ) -> None:
        self.limits = limits or WorkerLimits()
        self._unsafe = unsafe
        self._bwrap = find_bubblewrap() if bwrap == "auto" else bwrap
        self._skip = sorted(skip)
        self._log = log
        self._kind = kind
        self._server: ForkServer | None = None
        self._starting = threading.Lock()
        self._closed = False
        self._report: IsolationReport | None = None
        self._children: weakref.WeakKeyDictionary[RewardWorker, ForkedChild] = weakref.WeakKeyDictionary()

    def __enter__(self) -> RewardSandbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def report(self) -> IsolationReport:
        """What contains the workers, as proven at the start; raises SandboxError before it."""
        if self._report is None:
            raise SandboxError("the sandbox was not started", fix="use it in a with statement")
        return self._report

    def start(self) -> None:
        """Start the zygote and run the self-test; raises SandboxError where code could not be contained."""
        self._closed = False
        self._server, outer = self._start_zygote()
        try:
            self._report = self._self_test(self._server, outer)
        except EurekaError:
            self.close()
            raise
        if not self._report.contained and not self._unsafe:
            self.close()
            raise _not_contained(self._report)

    def close(self) -> None:
        """Kill every worker and the zygote; may be called again."""
        with self._starting:
            self._closed = True
            if self._server is not None:
                self._server.close()

    def spawn(
        self,
        source_text: str,
        layout: SignalLayout,
        *,
        timeout_s: float = _READY_TIMEOUT_S,
        plain: bool = False,
    ) -> RewardWorker:
        """Start a worker with its rights given up, and load the reward in it.

        With `plain` the worker executes the file as Python imports it, neither checked nor bound to facades.
        Raises RewardError where the reward does not load, WorkerTimeoutError or WorkerCrashedError where it
        hangs or ends while loading.
        """
        worker = self._fork_worker("plain" if plain else "reward", layout)
        try:
            worker.load(source_text, timeout_s)
        except EurekaError:
            self.kill(worker)
            raise
        return worker

    def kill(self, worker: RewardWorker) -> None:
        """End a worker, whatever it is doing; whoever waits for its answer gets a WorkerCrashedError."""
        child = self._children.get(worker)
        if child is not None:
            self.kill_child(child)
        worker.close()

    def fork(self, kind: str, fds: Sequence[int], **more: Any) -> ForkedChild:
        """Fork a child of the zygote for a `kind` of payload; see `ForkServer.fork`."""
        server = self._started()
        return ForkedChild(server, server.fork(self._payload(kind, **more), fds))

    def kill_child(self, child: ForkedChild) -> None:
        """End a child that `fork` made, whatever it is doing."""
        child.server.kill(child.pid)
        with contextlib.suppress(WorkerCrashedError):  # a dead zygote took its children with it
            child.server.wait(child.pid, _KILL_TIMEOUT_S)

    def _started(self) -> ForkServer:
        """Return the zygote; one that died (for want of memory, say) is started and tested again."""
        with self._starting:
            if self._server is None:
                raise SandboxError("the sandbox was not started", fix="use it in a with statement")
            if not self._server.alive() and not self._closed:
                self._server.close()
                self._revive()
            return self._server

    def _revive(self) -> None:
        before = self.report
        try:
            self._server, outer = self._start_zygote()
            self._report = self._self_test(self._server, outer)
        except WorkerCrashedError as error:  # no reward was asked: none is to blame
            raise SandboxError(
                f"The sandbox could not be started again: {error.what}",
                fix=f"{error.fix}; then give the same command again: the run continues.",
            ) from error
        if (self._report.backend, self._report.contained) != (before.backend, before.contained):
            self._server.close()
            raise SandboxError(
                f"The sandbox was started again and held with {self._report.backend}, "
                f"before with {before.backend}.",
                fix="See `eureka-agent doctor`, then give the same command again: the run continues.",
            )

    def _start_zygote(self) -> tuple[ForkServer, Layer]:
        """Start the zygote in the best outer sandbox that works; return it and what that was."""
        if self._bwrap is None:
            return self._zygote(()), Layer("bubblewrap", False, "bwrap is not installed, or not wanted")
        refusals: list[str] = []
        for command in wrap_commands(self._bwrap):
            try:
                server = self._zygote(command)
            except WorkerCrashedError as error:
                refusals.append(error.what.splitlines()[-1])
                continue
            ids = "a new user namespace" if "--unshare-user" in command else "the host's user ids"
            return server, Layer("bubblewrap", True, f"{self._bwrap}, own pid, net, ipc and uts, {ids}")
        return self._zygote(()), Layer("bubblewrap", False, f"{self._bwrap} failed: {'; '.join(refusals)}")

    def _zygote(self, wrap: Sequence[str]) -> ForkServer:
        server = ForkServer(
            entry=self._kind.entry,
            preload=self._kind.preload,
            wrap=wrap,
            env=zygote_environment() | dict(self._kind.environment),
            single_threaded=True,
            start_timeout_s=_START_TIMEOUT_S,
            log=self._log,
        )
        server.start()
        return server

    def _self_test(self, server: ForkServer, outer: Layer) -> IsolationReport:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs, socket.socket(socket.AF_UNIX) as service:
            service.bind("")  # an abstract address of the kernel's choice
            service.listen()
            payload = self._payload("probe", service=service.getsockname().hex())
            child = server.fork(payload, [theirs.fileno()])
            theirs.close()
            ours.settimeout(_READY_TIMEOUT_S)
            try:
                answer = ours.recv(protocol.MAX_PACKET)
            except OSError:
                answer = b""
        server.kill(child)
        code = server.wait(child, _KILL_TIMEOUT_S)
        if not answer:
            raise SandboxError(
                f"the self-test of the isolation ended without a result (exit code {code})",
                fix="run again with a log file for the sandbox, and report what it says",
            )
        result = json.loads(answer)
        inner = {layer["name"]: Layer(**layer) for layer in result["layers"]}
        layers = tuple(outer if name == outer.name else inner[name] for name in LAYER_NAMES)
        attempts = tuple(EscapeAttempt(**attempt) for attempt in result["attempts"])
        backend = " + ".join(layer.name for layer in layers if layer.held) or "none"
        return IsolationReport(backend, layers, all(attempt.denied for attempt in attempts), attempts)

    def _fork_worker(self, kind: str, layout: SignalLayout) -> RewardWorker:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        inputs = protocol.create_region("signals", layout.input_bytes)
        output = protocol.create_region("rewards", layout.output_bytes)
        lifeline, held = os.pipe()
        shown = protocol.read_only(inputs)
        worker = RewardWorker(layout, [ours.detach(), inputs, output, held])
        given = [theirs.detach(), shown, output, lifeline]
        try:
            forked = self.fork(kind, given, layout=layout.to_json())
            worker.child = forked.pid
            self._children[worker] = forked
        except EurekaError:
            worker.close()
            raise
        finally:
            for fd in (given[0], shown, lifeline):
                os.close(fd)
        return worker

    def _payload(self, kind: str, **more: Any) -> dict[str, Any]:
        return {"kind": kind, "limits": asdict(self.limits), "skip": self._skip, **more}


def zygote_environment() -> dict[str, str]:
    """Return the whole environment of the zygote: nothing of ours but where shared libraries are."""
    environment = {**ONE_THREAD, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    if libraries := os.environ.get("LD_LIBRARY_PATH"):
        environment["LD_LIBRARY_PATH"] = libraries
    return environment


def _not_contained(report: IsolationReport) -> SandboxError:
    allowed = [f"{attempt.name} ({attempt.detail})" for attempt in report.attempts if not attempt.denied]
    missing = [f"{layer.name}: {layer.detail}" for layer in report.layers if not layer.held]
    return SandboxError(
        f"Generated code cannot be contained on this machine; a probe could: {'; '.join(allowed)}. "
        f"Layers that did not hold: {'; '.join(missing)}.",
        allowed="a Linux machine with bubblewrap and user namespaces, or with Landlock and seccomp",
        fix="install bubblewrap (apt install bubblewrap), or accept the risk with --unsafe-isolation",
    )
