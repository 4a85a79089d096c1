"""A dashboard on a free port of this machine, served as people have it served, in a thread."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from eureka_agent.serve.app import dashboard
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.gate import Door
from eureka_agent.serve.server import DashboardServer, listen, settings
from eureka_agent.serve.streams import Streams

PATIENCE_S = 120.0
"""On a machine with other work things take their time; a test waits no longer than it must."""


@dataclass(frozen=True)
class Served:
    door: Door
    streams: Streams
    server: uvicorn.Server

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.door.port}"

    def ask(self, page: str) -> http.client.HTTPResponse:
        """Ask for a page with the token's cookie; the answer may go on for ever."""
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=PATIENCE_S)
        connection.request("GET", page, headers={"cookie": f"{self.door.cookie}={self.door.token}"})
        return connection.getresponse()


@contextlib.contextmanager
def served(
    runs: Path, *, most: int = 64, look_s: float = 0.05, drawings: Drawings | None = None
) -> Iterator[Served]:
    with listen("127.0.0.1", 0) as listening:
        door, streams = Door("127.0.0.1", listening.getsockname()[1]), Streams(most, look_s)
        drawings = drawings or Drawings()
        app = dashboard(runs, door, streams=streams, drawings=drawings)
        server = DashboardServer(settings(app), streams, drawings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            until(lambda: server.started)
            yield Served(door, streams, server)
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; AssertionError if it does not for too long."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
