"""The asker's side of tracing: a reward's text in, a program for a device out, still to be looked at.

A zygote of its own, since it needs JAX; a fresh child for every reward, since nothing has to be kept. What
comes back is bytes that generated code could have written: `rewards/exported.py` takes them in.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerTimeoutError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.layers import IsolationReport
from eureka_agent.isolation.limits import GIB, WorkerLimits
from eureka_agent.isolation.sandbox import RewardSandbox, ZygoteKind
from eureka_agent.rewards.loader import MAX_MODULE_BYTES
from eureka_agent.rewards.output import MAX_COMPONENT_NAME, MAX_COMPONENTS

TRACING = ZygoteKind(
    "eureka_agent.isolation.tracer:main",
    ("eureka_agent.isolation.tracer", "eureka_agent.isolation.warm_tracer"),
    {"JAX_PLATFORMS": "cpu"},  # no driver of a GPU is looked for: lowering for one needs none
)
TRACE_LIMITS = WorkerLimits(memory_bytes=8 * GIB, cpu_s=120, threads=True)
"""Address space, most of it the reserved stacks and heaps of JAX's threads."""

TIMEOUT_S = 30.0


@dataclass(frozen=True)
class TracedReward:
    """What a tracing child said; nothing of it is to be believed."""

    module: bytes
    """A serialised program."""
    components: tuple[str, ...]


class RewardTracer:
    """Traces rewards; use as a context manager, once a run. Arguments are those of `RewardSandbox`."""

    def __init__(self, unsafe: bool = False, *, bwrap: str | None = "auto", log: Path | None = None) -> None:
        self._sandbox = RewardSandbox(unsafe, bwrap=bwrap, limits=TRACE_LIMITS, log=log, kind=TRACING)

    def __enter__(self) -> RewardTracer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def report(self) -> IsolationReport:
        """What contains the tracing children, as proven at the start."""
        return self._sandbox.report

    def start(self) -> None:
        """Start the zygote and run the self-test; raises SandboxError where code could not be contained."""
        self._sandbox.start()

    def close(self) -> None:
        """End the zygote and what still traces; may be called again."""
        self._sandbox.close()

    def trace(
        self, source: str, signals: Sequence[tuple[str, Sequence[int], str]], *, timeout_s: float = TIMEOUT_S
    ) -> TracedReward:
        """Trace one reward; `signals` are those it may ask for: name, shape of one world, dtype.

        Raises RewardError where it does not load or cannot be traced, WorkerTimeoutError or
        WorkerCrashedError where the child hangs or ends.
        """
        body = source.encode(errors="replace")
        if len(body) >= protocol.MAX_SOURCE:
            raise RewardError(
                f"The reward has {len(body)} bytes.", allowed=f"fewer than {protocol.MAX_SOURCE} bytes"
            )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        region = protocol.create_region("module", MAX_MODULE_BYTES)
        lifeline, held = os.pipe()
        try:
            shapes = [[name, list(shape), dtype] for name, shape, dtype in signals]
            child = self._sandbox.fork(
                "trace", [theirs.fileno(), region, lifeline], signals=shapes, capacity=MAX_MODULE_BYTES
            )
            try:
                theirs.close()
                return _read_reply(_exchange(ours, body, timeout_s), region)
            finally:
                self._sandbox.kill_child(child)
        finally:
            ours.close()
            theirs.close()
            for fd in (region, lifeline, held):
                os.close(fd)


def _exchange(channel: socket.socket, body: bytes, timeout_s: float) -> bytes:
    channel.settimeout(timeout_s)
    try:
        channel.send(body)
        return channel.recv(protocol.MAX_PACKET)
    except TimeoutError:
        raise WorkerTimeoutError(
            f"The reward was not traced within {timeout_s:g} s.",
            fix="Avoid loops: every round of a Python loop becomes part of the program.",
        ) from None
    except OSError:
        return b""


def _read_reply(reply: bytes, region: int) -> TracedReward:
    if len(reply) < protocol.REPLY.size:
        _crashed("its process ended")
    status, _, _ = protocol.REPLY.unpack_from(reply)
    try:
        said: Any = json.loads(reply[protocol.REPLY.size :])
    except (ValueError, RecursionError):
        said = None
    if status == protocol.REWARD_FAULT and isinstance(said, list) and len(said) == 3:
        what, allowed, fix = (str(text)[: protocol.MAX_TEXT] for text in said)
        raise RewardError(what, allowed=allowed, fix=fix)
    if status != protocol.OK or not isinstance(said, dict):
        _crashed("it answered outside the protocol")
    size, names = said.get("bytes"), _names(said.get("components"))
    if not (isinstance(size, int) and 0 < size <= MAX_MODULE_BYTES and names):
        _crashed("it answered outside the protocol")
    return TracedReward(os.pread(region, size, 0), names)


def _names(given: Any) -> tuple[str, ...]:
    """Return component names, or none at all where they are not what they must be."""
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_COMPONENTS:
        return ()
    right = all(isinstance(name, str) and 1 <= len(name) <= MAX_COMPONENT_NAME for name in given)
    return tuple(given) if right and len(set(given)) == len(given) else ()


def _crashed(why: str) -> NoReturn:
    raise WorkerCrashedError(
        f"The reward was not traced: {why}.",
        fix="Look for very large arrays and endless loops in the reward.",
    )
