"""What the dashboard takes while a run trains: seconds of processor time a second, with 0, 1 and 8 viewers.

    python benchmarks/dashboard.py [--seconds 60] [--viewers 0 1 8]

A process serves a folder with one run, to whose log events are appended as fast as a search of the built-in
tasks does: three a second, of which two are checkpoints. A viewer does what a page does: it listens, and
asks for each part that changed. The exit status is 1 where more than 4 % of a core was taken.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / place) for place in ("", "report")]

from synthetic_run import synthetic_run  # noqa: E402

ALLOWED = 0.04
EVENTS_A_SECOND = 3
RUN = "cartpole-benchmark"


def main() -> int:
    """Measure with each number of viewers and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--viewers", type=int, nargs="+", default=[0, 1, 8])
    given = parser.parse_args()
    shares = {number: measured(number, given.seconds) for number in given.viewers}
    for number, share in shares.items():
        print(f"{number:>3} viewers: {100 * share:.2f} % of a core")
    return int(max(shares.values()) > ALLOWED)


def measured(viewers: int, seconds: float) -> float:
    """Return seconds of processor time that the server takes each second, once its pages are open."""
    with tempfile.TemporaryDirectory() as name:
        runs = Path(name)
        lines = _lines(runs)
        log = runs / RUN / "events.jsonl"
        begun = next(number for number, line in enumerate(lines) if '"generation": 3,' in line)
        log.write_text("".join(lines[:begun]))
        with _served(runs) as (process, port, cookie):
            stop = threading.Event()
            threads = [threading.Thread(target=_view, args=(port, cookie, stop)) for _ in range(viewers)]
            for thread in threads:
                thread.start()
            time.sleep(5)  # the first look at a run reads all of it
            before, since = _processor_s(process.pid), time.monotonic()
            for line in lines[begun:]:
                if time.monotonic() - since > seconds:
                    break
                with log.open("a") as file:
                    file.write(line)
                time.sleep(1 / EVENTS_A_SECOND)
            share = (_processor_s(process.pid) - before) / (time.monotonic() - since)
            stop.set()
        for thread in threads:
            thread.join()
    return share


def _lines(runs: Path) -> list[str]:
    """Return the log of a whole run of 80 candidates, two checkpoints after each other event of its end."""
    synthetic_run(runs / RUN)
    lines: list[str] = []
    for line in (runs / RUN / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        lines.append(_line(event, len(lines)))
        if event["type"] == "training_started":
            for checkpoint in range(4):
                steps = 10_000 * (checkpoint + 1)
                reached = {"checkpoint": checkpoint, "env_steps": steps, "fitness": 1.0, "error": 0.1}
                lines.append(_line({**event, "type": "checkpoint_reached", **reached}, len(lines)))
    return lines


def _line(event: dict[str, object], number: int) -> str:
    return f"{json.dumps({**event, 'seq': number})}\n"


@contextlib.contextmanager
def _served(runs: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    command = [sys.executable, "-m", "eureka_agent", "serve", "--runs", str(runs), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r":(\d+)/\?token=(\S+)", process.stdout.readline())
        assert found is not None
        try:
            yield process, int(found[1]), f"eureka_agent_{found[1]}={found[2]}"
        finally:
            process.terminate()


def _view(port: int, cookie: str, stop: threading.Event) -> None:
    """Listen to the page of the run, and ask for what changed, as its script does."""
    known: dict[str, str] = {}
    stream = _ask(port, cookie, f"/run/{RUN}/stream")
    while not stop.is_set() and (line := stream.fp.readline().decode()):
        if line.startswith("data: {"):
            versions = json.loads(line.removeprefix("data: "))
            for part in [name for name in versions if known and versions[name] != known.get(name)]:
                _ask(port, cookie, f"/run/{RUN}/part/{part}").read()
            known = versions


def _ask(port: int, cookie: str, page: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", page, headers={"cookie": cookie})
    return connection.getresponse()


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
