"""Whole runs that are disturbed until they are finished; nothing may be lost, repeated or left unsaid.

    python benchmarks/chaos.py [--runs 50] [--seed 0] [--attempts 2] [--parallel 1] [--output chaos.md]

Every run is `evolve cartpole` in processes of its own, with the population trainer or Stable-Baselines3, its
replies replayed or from a service that fails. Workers, the zygote, trainers, their server and the run itself
are killed, the disk fills up (root only), the clock is wrong and jumps. The same call is made again until the
run is finished. Where replies are replayed, the end must be that of an undisturbed run, exactly.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "chaos"), str(TESTS / "llm")]

from disk import why_no_disk  # noqa: E402 - the engine lies beside its test
from scenario import Case, Report, disturbed, undisturbed  # noqa: E402

from eureka_agent.resources import usable_cores  # noqa: E402

KINDS = ("parent", "zygote", "worker", "server", "trainer", "disk")
KEPT_VIOLATIONS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first run; the others follow")
    parser.add_argument("--attempts", type=int, default=2, help="how often each run is disturbed")
    parser.add_argument("--parallel", type=int, default=1, help="runs side by side")
    parser.add_argument("--output", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="eureka-chaos-") as name:
        root = Path(name)
        if why := why_no_disk(root):
            print(f"no disk is filled: {why}")
        ends = {trainer: undisturbed(trainer, root / trainer) for trainer in ("population", "sb3")}

        def run(number: int) -> Report:
            case = _case(arguments.seed + number, number, disk=not why, attempts=arguments.attempts)
            report = disturbed(case, root / f"{number}", None if case.wire else ends[case.trainer])
            print(_line(report), flush=True)
            return report

        with ThreadPoolExecutor(arguments.parallel) as pool:
            reports = list(pool.map(run, range(arguments.runs)))
    text = _table(reports, arguments, time.monotonic() - started, why)
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text)
    return 1 if any(report.violations for report in reports) else 0


def _case(seed: int, number: int, *, disk: bool, attempts: int) -> Case:
    """Every third run trains with Stable-Baselines3, and every second has a service that fails."""
    return Case(seed, "sb3" if number % 3 == 2 else "population", number % 2 == 1, disk, attempts)


def _line(report: Report) -> str:
    case = report.case
    struck = ", ".join(f"{kind} {report.struck[kind]}" for kind in KINDS if kind in report.struck)
    words = "; ".join(violation[:600] for violation in report.violations[:KEPT_VIOLATIONS])
    return (
        f"seed {case.seed}, {case.trainer}, {_replies(case)}: {report.attempts} attempts, "
        f"{struck or 'nothing struck'}, {report.wall_s:.0f} s{f' VIOLATED: {words}' if words else ''}"
    )


def _replies(case: Case) -> str:
    return "failing service" if case.wire else "replayed"


def _table(reports: Sequence[Report], arguments: argparse.Namespace, wall_s: float, why: str) -> str:
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        groups.setdefault((report.case.trainer, _replies(report.case)), []).append(report)
    head = ["trainer", "replies", "runs", "attempts", *KINDS, "violations"]
    lines = [
        f"{datetime.date.today():%Y-%m-%d}: {len(reports)} runs, seeds {arguments.seed} to "
        f"{arguments.seed + len(reports) - 1}, each disturbed in {arguments.attempts} attempts; "
        f"{wall_s / 60:.0f} minutes, {arguments.parallel} at a time, on {usable_cores()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}{f'; {why}' if why else ''}.",
        "",
        f"| {' | '.join(head)} |",
        f"| {' | '.join('---' for _ in head)} |",
    ]
    for (trainer, replies), group in sorted(groups.items()):
        struck = sum((Counter(report.struck) for report in group), Counter())
        cells = [trainer, replies, len(group), sum(report.attempts for report in group)]
        cells += [struck[kind] for kind in KINDS]
        cells.append(sum(bool(report.violations) for report in group))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
