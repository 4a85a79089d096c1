"""Fuzzing of everything that reads what it cannot trust, with very many inputs.

    python benchmarks/fuzz.py [--inputs 100000] [--seed 0] [--output fuzz.md]

Targets, inputs and what must hold for each are those of `tests/fuzz/targets.py`. Inputs come in rounds of
`ROUND`, each with a seed of its own; a round ends at its first failing input, which is made small and shown.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fuzz"))

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from targets import TARGETS, Target

from eureka_agent.resources import usable_cores

ROUND = 2_000
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@dataclass
class Row:
    """What came of one target."""

    name: str
    inputs: int = 0
    failures: int = 0
    seconds: float = 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    rows = []
    for name, target in TARGETS.items():
        row = fuzz(name, target, arguments.inputs * target.share // 100, arguments.seed)
        print(f"{row.name}: {row.inputs} inputs, {row.failures} failures, {row.seconds:.0f} s", flush=True)
        rows.append(row)
    text = table(rows, arguments.seed)
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text)
    return 1 if any(row.failures for row in rows) else 0


def fuzz(name: str, target: Target, inputs: int, seed: int) -> Row:
    """Try `target` on at least `inputs` inputs."""
    row, rounds, started = Row(name), 0, time.monotonic()
    while row.inputs < inputs:
        _round(row, target, min(ROUND, inputs - row.inputs), seed + 1_000_000 * rounds)
        rounds += 1
    row.seconds = time.monotonic() - started
    return row


def _round(row: Row, target: Target, inputs: int, seed: int) -> None:
    limits = settings(
        max_examples=inputs, deadline=None, database=None, suppress_health_check=QUIET,
        phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip

    @hypothesis.seed(seed)
    @limits
    @given(st.data())
    def attempt(data: st.DataObject) -> None:
        given_input = data.draw(target.inputs)
        row.inputs += 1
        target.check(given_input)

    try:
        attempt()
    except Exception:  # noqa: BLE001 - any exception but a border's own is what this looks for
        row.failures += 1
        traceback.print_exc(limit=-4)


def table(rows: list[Row], seed: int) -> str:
    """Return what came of it, as Markdown."""
    lines = [
        f"{datetime.date.today():%Y-%m-%d}: {sum(row.inputs for row in rows):,} inputs, seed {seed}, "
        f"{sum(row.seconds for row in rows) / 60:.0f} minutes on {usable_cores()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}, hypothesis {hypothesis.__version__}.",
        "",
        "| what reads | inputs | failures | seconds |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {row.name} | {row.inputs:,} | {row.failures} | {row.seconds:.0f} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
