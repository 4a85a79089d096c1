"""Would `--draft 4` have drafted out what was worth training?

    python benchmarks/drafting.py RUNS [RUNS …] [--record TASK[:STEPS] …] [--seed 0]

Takes recorded runs (folders of runs whose candidates were all trained to the end) and, generation by
generation, asks each reward what it pays the recorded episodes of the generations before: the present checks,
on the run's own recordings. Candidates of a generation stand for the drafts of which a quarter is trained.
Prints how often the best one, the better half of that quarter and all of it, and the task's reference if it
were one draft more, would not have been trained; and what a check costs. `--record` first makes runs of
`search` in the first folder: four generations of eight, without early stops and without a confirmation.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
from pathlib import Path

import eureka_agent
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.store.event_types import Event, GenerationJudged
from eureka_agent.store.state import RunState

GENERATIONS = 4
SAMPLES = 8


def record(runs: Path, name: str, seed: int) -> None:
    """Search without early stops and without a confirmation."""
    task, _, steps = name.partition(":")
    stop = threading.Event()

    def listen(event: Event, state: RunState) -> None:
        if isinstance(event, GenerationJudged) and event.generation == GENERATIONS - 1:
            stop.set()

    with contextlib.suppress(Interrupted):
        eureka_agent.evolve(
            task, model="search", generations=GENERATIONS, samples=SAMPLES, seed=seed, halving=False,
            env_steps=int(steps) if steps else None, target=1e9, runs=runs, on_event=listen, stop=stop,
            parallel=1,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--record", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in given.record:
        record(given.runs[0], name, given.seed)


if __name__ == "__main__":
    main()
