"""How fast a generation is trained: `python benchmarks/speed.py [--trainer sb3] [--case half_cheetah] …`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from eureka_agent.evolution.speed import CASES, measure_speed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", default="population", choices=["population", "sb3"])
    parser.add_argument("--case", action="append", choices=list(CASES), help="all by default")
    parser.add_argument("--parallel", type=int, help="threads, or processes of sb3; one a core by default")
    parser.add_argument("--candidates", type=int)
    parser.add_argument("--env-steps", type=int)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON", help="a PPO setting")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = {name: json.loads(value) for name, value in (pair.split("=", 1) for pair in given.set)}
    report = measure_speed(
        given.case,
        trainer=given.trainer,
        parallel=given.parallel,
        candidates=given.candidates,
        env_steps=given.env_steps,
        **settings,
    )
    if given.json:
        print(json.dumps(asdict(report), indent=2))
        return
    print(f"{report.machine}, {report.cores} cores")
    for row in report.rows:
        print(f"{row.case}: {report.settings[row.case]}")
        print(
            f"  {row.trainer}, {row.parallel} at a time: {row.candidates} candidates of"
            f" {row.env_steps_each:,} steps ({row.env_steps:,} with evaluation) in"
            f" {row.wall_s} s wall, {row.cpu_s} s CPU, {row.memory_mb} MB:"
            f" {row.candidates_a_minute:.1f} candidates a minute,"
            f" {row.candidates_a_cpu_minute:.1f} a CPU minute; fitness {row.fitness}"
        )


if __name__ == "__main__":
    main()
