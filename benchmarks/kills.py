"""A real run, killed with SIGKILL at random moments and resumed each time, must end in the same archive.

    python benchmarks/kills.py [--kills 20] [--seed 0]

Runs `evolve cartpole` once in peace and once being killed, and compares candidates, sources, scores and the
confirmation. Trainings are bitwise reproducible on one machine, so that equality is exact.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eureka_agent.store.event_types import TrainingFinished
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import list_runs
from eureka_agent.store.state import RunState

COMMAND = [sys.executable, "-m", "eureka_agent", "evolve", "cartpole", "--generations", "3", "--samples", "4"]
COMMAND += [
    "--env-steps",
    "4096",
    "--confirm-top",
    "1",
    "--confirm-seeds",
    "2",
    "--target",
    "10000",
    "--json",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        peace, war = Path(name) / "peace", Path(name) / "war"
        started = time.monotonic()
        subprocess.run([*COMMAND, "--runs", str(peace)], check=True, stdout=subprocess.DEVNULL)
        lasted = time.monotonic() - started
        kills = run_killed(war, arguments.kills, random.Random(arguments.seed), lasted)
        same = archive(peace) == archive(war)
        done = trainings(war)
        repeated = len(done) - len(set(done))
        print(
            f"{kills} kills of a run of {lasted:.0f} s: {len(done)} trainings journalled, {repeated} repeated"
        )
        print("the archive is the same" if same else "THE ARCHIVE DIFFERS")
        return 0 if same and not repeated else 1


def run_killed(runs: Path, kills: int, moments: random.Random, lasted: float) -> int:
    done = 0
    while True:
        process = subprocess.Popen([*COMMAND, "--runs", str(runs)], stdout=subprocess.DEVNULL)
        if done < kills:
            try:
                process.wait(moments.uniform(1.5, 1.5 + 2.5 * lasted / kills))
            except subprocess.TimeoutExpired:
                process.kill()
                done += 1
        if process.wait() == 0:
            return done


def state_of(runs: Path) -> RunState:
    (folder,) = list_runs(runs)
    return RunState.of(read_events(folder.events))


def trainings(runs: Path) -> list[tuple[str, str, int]]:
    (folder,) = list_runs(runs)
    events = read_events(folder.events)
    return [(e.name, e.stage, e.replicate) for e in events if isinstance(e, TrainingFinished)]


def archive(runs: Path) -> object:
    state = state_of(runs)
    rows = []
    for candidate in state.archive(sign=1.0).candidates:
        scores = sorted((e.stage, e.replicate, e.fitness, e.episode_fitness) for e in candidate.evaluations)
        rows.append(
            (candidate.id, candidate.operator, candidate.parents, candidate.source, candidate.status, scores)
        )
    return rows, state.confirmation


if __name__ == "__main__":
    sys.exit(main())
