"""The fault table: whole evolutions on services that fail, in both wire formats, streamed and not.

    python benchmarks/wire_faults.py [--slow 4] [fault …]

Designer, clients, retries, journal and loop are the real ones, and so are the bytes on the loopback; training
is a stand-in, and a clock that only waits move keeps it short. Each fault meets two requests of a run of 12
candidates. Exits with 1 if a run did not finish, or if a call was repeated whose reply was in the journal.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "llm"), str(TESTS / "evolution")]

from hosted import FaultyRun, run_with_fault  # noqa: E402
from servers import FAULTS  # noqa: E402

WIRES = [("openai", False), ("openai", True), ("anthropic", False), ("anthropic", True)]
WORDS = {
    "429": "429", "429 seconds": "429, `Retry-After: 7`", "429 milliseconds": "429, `retry-after-ms: 2500`",
    "429 date": "429, `Retry-After` a date in 30 s", "429 spent": "429, spending limit reached",
    "reset": "connection reset in the middle of the body",
    "cut": "connection closed in the middle of the body",
    "garbage": "body that is no JSON", "html": "HTML with status 200", "empty object": "empty JSON object",
    "slow": "no byte for longer than an attempt waits", "drip": "signs of life, but no reply",
    "length": "reply cut by its length limit", "filter": "reply ended by the content filter",
    "empty": "empty reply", "odd type": "good reply with a wrong content type",
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", default=[*FAULTS, "404"])
    parser.add_argument("--slow", type=float, default=4.0, help="seconds of silence of the slow service")
    arguments = parser.parse_args()
    print("| fault | what happened | billed, perhaps | calls repeated | runs finished |")
    print("| --- | --- | --- | --- | --- |")
    good = True
    for fault in arguments.faults:
        runs = [run(dialect, fault, stream=stream, slow_s=arguments.slow) for dialect, stream in WIRES]
        good &= all(r.finished and r.repeated == 0 for r in runs)
        print(row(fault, runs), flush=True)
    return 0 if good else 1


def run(dialect: str, fault: str, *, stream: bool, slow_s: float) -> FaultyRun:
    with tempfile.TemporaryDirectory() as folder:
        return run_with_fault(Path(folder), dialect, fault, stream=stream, slow_s=slow_s)


def row(fault: str, runs: list[FaultyRun]) -> str:
    happened = sorted({what_happened(r, [wait for each in runs for wait in each.waits]) for r in runs})
    lost = sorted({r.lost for r in runs})
    repeated = sum(r.repeated for r in runs)
    finished = f"{sum(r.finished for r in runs)} of {len(runs)}"
    cells = [WORDS.get(fault, fault), "; or ".join(happened), " or ".join(map(str, lost)), str(repeated)]
    return f"| {' | '.join([*cells, finished])} |"


def what_happened(done: FaultyRun, waits: list[float]) -> str:
    """Say in words what the figures of a run are; `waits` are those of all runs with this fault."""
    parts = []
    if done.waits:
        parts.append(f"asked again after {seconds(waits)}")
    if done.said:
        parts.append(f"{len(done.said)} commands ended with an error, the next went on")
    if done.finishes:
        parts.append(f"{len(done.finishes)} replies taken as {' and '.join(sorted(set(done.finishes)))}")
    if done.repairs:
        parts.append(f"{done.repairs} repairs asked for")
    return ", ".join(parts) or "replies taken as they are"


def seconds(waits: list[float]) -> str:
    """Return the range of waits, in whole seconds where they are long."""
    low, high = min(waits), max(waits)
    return f"{low:.0f} to {high:.0f} s" if high > 10 else f"{low:.1f} to {high:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
