"""Record policies of differing fitness for the tasks of `benchmarks/planted_faults.py`.

    python benchmarks/planted_recording.py [task …]

Trains each task's reference for two small budgets and its first hack for one, and keeps the first episodes of
each as seeds and actions in `benchmarks/data/planted/<task>.npz`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "planted"))

from planted_corpus import load_planted
from planted_policies import Kept, write_kept

import eureka_agent
from eureka_agent.trajectories.files import FILE, read_trajectories

FOLDER = Path(__file__).parent / "data" / "planted"
EARLY, LATE = 8_000, 30_000
"""Steps of environments."""
EPISODES = 3


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in parser.parse_args().tasks or sorted({reward.task for reward in load_planted()}):
        episodes = list(recorded(name))
        write_kept(FOLDER / f"{name}.npz", episodes)
        print(f"{name}: {', '.join(sorted({e.policy for e in episodes}))}", flush=True)
    return 0


def recorded(name: str) -> Iterator[Kept]:
    hacks = sorted(eureka_agent.find_task(name).hacks)
    plans = [("reference", EARLY), ("reference", LATE), *((f"hack:{hack}", EARLY) for hack in hacks[:1])]
    for reward, steps in plans:
        with tempfile.TemporaryDirectory() as folder:
            report = eureka_agent.train(name, reward, env_steps=steps, output=folder)
            for episode in read_trajectories(report.trainings[0].folder / FILE)[:EPISODES]:
                yield Kept.of(f"{reward} after {steps} steps", episode)


if __name__ == "__main__":
    sys.exit(main())
