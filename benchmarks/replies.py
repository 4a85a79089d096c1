"""How many of a model's replies were usable: `python benchmarks/replies.py RUNS [RUNS …]`.

One row for each model and task over all runs of the folders: candidates whose first reply passed the critic,
those that passed after at most the repairs that the run allowed, and, of those that were trained, how many
trainings ended with a score.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from eureka_agent.archive.candidate import Status
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder, list_runs
from eureka_agent.store.state import RunState

COLUMNS = ("asked", "passed at once", "passed after repair", "trained without failure")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+")
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for root in parser.parse_args().runs:
        for folder in list_runs(root):
            for row, found in counted(folder):
                counts[row].update(found)
                counts[row[0], "all"].update(found)
    print(f"| model | task | {' | '.join(COLUMNS)} |\n| --- | --- {'| --- ' * len(COLUMNS)}|")
    for (model, task), found in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] == "all")):
        shown = [str(found["asked"])] + [share(found[name], found["asked"]) for name in COLUMNS[1:3]]
        shown.append(f"{found[COLUMNS[3]]} of {found['ended']}")
        print(f"| {model} | {task} | {' | '.join(shown)} |")


def counted(folder: RunFolder) -> list[tuple[tuple[str, str], Counter[str]]]:
    state = RunState.of(read_events(folder.events))
    turns = Counter(key.slot for key in state.replies)
    task = Path(state.config["task"]["value"]).name
    rows = []
    for candidate in state.candidates.values():
        if not turns[candidate.id]:
            continue  # nobody was asked for it: the person's own reward
        found = Counter({"asked": 1})
        if candidate.status is not Status.REFUSED:
            found["passed after repair"] = 1
            found["passed at once"] = int(turns[candidate.id] == 1)
        if candidate.status in (Status.TRAINED, Status.STOPPED, Status.CONFIRMED):
            found["trained without failure"] = 1
        if candidate.status not in (Status.REFUSED, Status.PROPOSED):
            found["ended"] = 1
        rows.append(((candidate.proposer, task), found))
    return rows


def share(count: int, total: int) -> str:
    return f"{count} ({count / total:.0%})"


if __name__ == "__main__":
    main()
