"""A dashboard for tests: its folder of runs, and a client that came through the door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from eureka_agent.serve.app import dashboard
from eureka_agent.serve.drawings import Drawings
from eureka_agent.serve.gate import Door
from eureka_agent.serve.streams import Streams
from eureka_agent.store.event_types import FeedbackGiven
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState

PORT, TOKEN = 8765, "a-token-for-tests"
HOME = f"http://127.0.0.1:{PORT}"
OURS = {"origin": HOME, "hx-request": "true"}
"""Headers of a form that one of the dashboard's own pages sends."""


def stranger(
    runs: Path,
    *,
    host: str = "127.0.0.1",
    streams: Streams | None = None,
    drawings: Drawings | None = None,
) -> TestClient:
    """Return a client that has no token."""
    app = dashboard(runs, Door(host, PORT, TOKEN), streams=streams, drawings=drawings)
    return TestClient(app, base_url=HOME, follow_redirects=False)


def guest(runs: Path, **options: Any) -> TestClient:
    """Return a client that has it."""
    client = stranger(runs, **options)
    assert client.get(f"/?token={TOKEN}").status_code == 303
    return client


def unfinished(root: Path, generations: int = 2, samples: int = 9) -> RunFolder:
    """Write the log of a run whose search goes on, with `generations` judged."""
    from synthetic_run import synthetic_run

    synthetic_run(root, generations=generations, samples=samples)
    lines = (root / "events.jsonl").read_text().splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if '"finalists_named"' in line)
    (root / "events.jsonl").write_text("".join(lines[:end]))
    return RunFolder(root)


def log_of(folder: RunFolder) -> tuple[EventLog, RunState]:
    """Open a run's log as the process that works on the run does, with its state."""
    ticks = iter(range(2_000_000_000, 3_000_000_000))
    log = EventLog(folder.events, clock=lambda: float(next(ticks)))
    state = RunState.of(log.events)
    log.listen(state.apply)
    return log, state


def journalled(folder: RunFolder, said: Any) -> None:
    """Write into a run's log that something was said."""
    log_of(folder)[0].append(FeedbackGiven(said=said, through="test"))
