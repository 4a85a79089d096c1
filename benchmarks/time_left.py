"""How far the time left that a watched run shows is from the truth: finished logs, replayed.

    python benchmarks/time_left.py runs/*/events.jsonl

Each log is told to the estimator event by event, under the clock that its events carry. At twenty moments,
evenly spread from the end of the first generation to nine tenths of the run, what would have been shown is
compared with what was left. Prints median and 90 % quantile of the relative error, and how often it was
within a third. Logs of several processes, and those that waited for a person, say nothing of the estimator.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from eureka_agent.cli.time_left import Told, replay
from eureka_agent.store.events import read_events

MOMENTS = 20
END = 0.9


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("logs", nargs="+", type=Path)
    everything: list[float] = []
    for log in parser.parse_args().logs:
        found = errors(list(replay(read_events(log))))
        everything += found
        if found:
            print(f"{log.parent.name}: {described(found)}")
    print(
        f"all: {described(everything)}" if everything else "No log has a second generation or a confirmation."
    )


def errors(told: list[Told]) -> list[float]:
    """Return the relative error at each moment; none where a log ends in its first generation."""
    known = [one for one in told if one.generation >= 1 and one.predicted is not None]
    if not known or not known[0].true:
        return []
    total = told[0].true
    found = []
    for at in np.linspace(known[0].at, max(known[0].at, END * total), MOMENTS):
        last = max((one for one in known if one.at <= at), key=lambda one: one.at)
        shown = (last.predicted or 0.0) - (at - last.at)
        found.append(abs(shown - (total - at)) / (total - at))
    return found


def described(found: list[float]) -> str:
    """Return the errors in words."""
    within = np.mean(np.array(found) <= 1 / 3)
    median, high = np.quantile(found, [0.5, 0.9])
    return f"median {median:.0%}, 90 % below {high:.0%}, within a third {within:.0%} of {len(found)} moments"


if __name__ == "__main__":
    main()
