"""Starts the dashboard on a port of this machine, and ends its streams when it is stopped."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from eureka_agent.errors import ConfigError
from eureka_agent.serve.app import dashboard
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.gate import EVERYWHERE, LOOPBACK, Door
from eureka_agent.serve.streams import Streams

_ANOTHER = "Name another one with --host and --port."
NEXT_PORTS = 20
"""Ports after a taken one of which a free one is suggested."""
GRACE_S = 3


def serve(runs: Path, *, host: str, port: int, tell: Callable[[str], object]) -> None:
    """Serve the dashboard until it is interrupted; `tell` gets its address and what else a person must know.

    Raises ConfigError where it cannot listen there.
    """
    listening = listen(host, port)
    door = door_of(host, listening)
    for line in greeting(runs, door):
        tell(line)
    streams, drawings = Streams(), Drawings()
    app = dashboard(runs, door, streams=streams, drawings=drawings)
    with closing(listening):
        DashboardServer(settings(app), streams, drawings).run(sockets=[listening])


def door_of(host: str, listening: socket.socket) -> Door:
    """Return the door of a dashboard that listens; `--host ""` and `--host 0` are every address, too."""
    bound, port = listening.getsockname()[:2]
    return Door(bound if bound in EVERYWHERE else host, port)


def settings(app: ASGIApp) -> uvicorn.Config:
    """Return how the dashboard is served."""
    return uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S, ws="none", lifespan="off",
    )  # fmt: skip


def greeting(runs: Path, door: Door) -> list[str]:
    """Return what a person reads first: the address, and what listening beyond this machine means."""
    lines = [f"Dashboard of {runs}: {door.address}"]
    if door.host not in (*LOOPBACK, "::1"):
        where = "every address of this machine" if door.host in EVERYWHERE else door.host
        lines.append(
            f"It listens on {where}: whoever reaches that and has this address can read all these runs and "
            "give feedback, and nothing on the way is encrypted."
        )
    return [*lines, "Keep the address to yourself: it opens the dashboard. Stop it with Ctrl-C."]


class DashboardServer(uvicorn.Server):
    """Ends streams and drawings first: else it would wait for pages that are looked at, and for pictures."""

    def __init__(self, config: uvicorn.Config, streams: Streams, drawings: Drawings) -> None:
        super().__init__(config)
        self._streams, self._drawings = streams, drawings

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order where the terminal is closed, too, unless that was to be ignored (nohup)."""
        in_main = threading.current_thread() is threading.main_thread()
        heeded = in_main and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
        before = signal.signal(signal.SIGHUP, self.handle_exit) if heeded else None
        with super().capture_signals():
            yield
            if heeded:
                signal.signal(signal.SIGHUP, before)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, for which nobody need close a page."""
        self._streams.close()
        self._drawings.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; ConfigError where it cannot, with a port that is free."""
    try:
        return _bound(host, port)
    except OverflowError as error:
        raise ConfigError(f"There is no port {port}.", allowed="0 to 65535") from error
    except OSError as error:
        raise cannot_listen(host, port, error) from error


def cannot_listen(host: str, port: int, error: OSError) -> ConfigError:
    """Return what is wrong, with a port that is free where this one is taken: only then another one helps."""
    return ConfigError(
        f"The dashboard cannot listen on {host}, port {port}: {error.strerror or error}.",
        allowed="an address of this machine, and a port that is free",
        fix=_suggestion(host, port) if error.errno == errno.EADDRINUSE else _ANOTHER,
    )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)
    except (OSError, OverflowError):
        found.close()
        raise
    return found


def _suggestion(host: str, port: int) -> str:
    for other in range(port + 1, min(port + 1 + NEXT_PORTS, 65_536)):
        try:
            _bound(host, other).close()
        except OSError:
            continue
        return f"Another dashboard may run there already. Port {other} is free: --port {other}."
    return _ANOTHER
