"""Fuzzing of saved rewards, from the source to an import outside every sandbox, with very many files.

    python benchmarks/fuzz_saved.py [--files 100000] [--seed 0] [--jobs 2] [--writer current|old]

Sources come from the grammar of `tests/fuzz/saved_grammar.py`; each holds text that would do something if it
came alive. What the static rules accept is written with a hostile header and without one, then executed as an
import and as a script, in a process without rights in which every effect is seen. `--writer old` puts the
header writer of earlier versions back, and their rule about characters: there the fuzzing must find the hole.
The result is an error where a file had an effect, or was another one than the text that was checked.
"""

from __future__ import annotations

import argparse
import datetime
import multiprocessing
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fuzz"))

from fuzzed_saved import Fault, Tally, fuzz_saved
from saved_writers import WRITERS

from eureka_agent.resources import usable_cores

SHOWN = 5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=usable_cores())
    parser.add_argument("--writer", choices=sorted(WRITERS), default="current")
    arguments = parser.parse_args()
    started = time.monotonic()
    tally = fuzz(arguments.files, arguments.seed, arguments.jobs, arguments.writer)
    for kind, faults in (("effect", tally.effects), ("disagreement", tally.disagreements)):
        for fault in sorted(faults, key=lambda fault: len(fault.source))[:SHOWN]:
            print(shown(kind, fault))
    print(line(tally, arguments.seed, time.monotonic() - started))
    return 1 if tally.effects or tally.disagreements else 0


def fuzz(files: int, seed: int, jobs: int, writer: str) -> Tally:
    """Try `files` inputs in `jobs` processes; which of them tries an input makes no difference."""
    total = Tally()
    parts = [range(job, files, jobs) for job in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for tally in pool.map(partial(fuzz_saved, seed=seed, writer=writer), parts):
            total.add(tally)
    return total


def shown(kind: str, fault: Fault) -> str:
    """Return a fault in words, with the source that shows it."""
    return f"{kind} of file {fault.number}: {'; '.join(fault.words)}\n{fault.source!a}\n"


def line(tally: Tally, seed: int, seconds: float) -> str:
    """Return what came of it in one line."""
    share = tally.imported / max(1, tally.files)
    return (
        f"{datetime.date.today():%Y-%m-%d}: {tally.files:,} files, seed {seed}: {tally.imported:,} accepted "
        f"and imported ({share:.1%}), {tally.unwritten} accepted and not written, "
        f"{tally.raising} raise and do not load, {tally.compared:,} compared with the loaded reward; "
        f"{len(tally.effects)} effects, {len(tally.disagreements)} disagreements; {seconds:.0f} s on "
        f"{usable_cores()} cores, {platform.machine()}, Python {platform.python_version()}."
    )


if __name__ == "__main__":
    sys.exit(main())
