"""Asks a contained process to import files, and starts another where something came alive in it."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from eureka_agent.isolation import ForkServer, RewardSandbox, WorkerLimits
from eureka_agent.isolation.sandbox import ForkedChild, ZygoteKind, zygote_environment

_HERE = Path(__file__).parent
_KIND = ZygoteKind("saved_child:main", ("saved_child",))
_LIMITS = WorkerLimits(memory_bytes=2**29)
_MAX_PACKET = 2**18
_HANGS_S = 60.0


class Seen(NamedTuple):
    """What came of importing the files written from one source."""

    effects: list[str]
    disagreements: list[str]
    raised: str
    """The exception that the text itself raises when it is executed; empty if none."""


class Importer(RewardSandbox):
    """A sandbox whose children execute files as Python imports them; use as a context manager."""

    def __init__(self) -> None:
        super().__init__(limits=_LIMITS, kind=_KIND)
        self._child: ForkedChild | None = None
        self._channel: socket.socket | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def _zygote(self, wrap: Sequence[str]) -> ForkServer:
        if wrap:  # what the children run lies outside what bubblewrap shows
            wrap = [wrap[0], "--ro-bind", str(_HERE), str(_HERE), *wrap[1:]]
        server = ForkServer(
            entry=_KIND.entry,
            preload=_KIND.preload,
            wrap=wrap,
            env=zygote_environment(),
            single_threaded=True,
        )
        server.start()
        return server

    def close(self) -> None:
        """End the child and the zygote."""
        self._end_child()
        super().close()

    def see(
        self, source: str, files: Mapping[str, bytes], names: Sequence[str], compared_with: int | None
    ) -> Seen:
        """Import the files that were written from `source`, which defines `names`.

        `compared_with` is the seed of signals on which loaded and plain rewards are compared, if they are.
        """
        texts = {name: data.decode("latin-1") for name, data in files.items()}
        seen = self._ask({"source": source, "files": texts, "names": list(names), "seed": compared_with})
        if seen.effects:
            self._end_child()
        return seen

    def _ask(self, request: Mapping[str, Any]) -> Seen:
        channel = self._channel or self._start_child()
        try:
            channel.send(json.dumps(request).encode())
            answer = channel.recv(_MAX_PACKET)
        except OSError:
            answer = b""
        return Seen(**json.loads(answer)) if answer else Seen(["the process ended or hung"], [], "")

    def _start_child(self) -> socket.socket:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(_HANGS_S)
        with theirs:
            self._child = self.fork("import", [theirs.fileno()])
        return self._channel

    def _end_child(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._child is not None:
            self.kill_child(self._child)
        self._channel = self._child = None
