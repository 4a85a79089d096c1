"""What a task's safety signals reached in recorded episodes: of the winner, beside the baselines."""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.analysis.safety import sizes_reached
from eureka_agent.errors import EurekaError
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import ConfirmationRow
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory


def render_safety(folder: RunFolder, state: RunState, signals: Sequence[str]) -> str:
    """Return a table of the 99 % and the maximum of each signal's size; empty where nothing is known.

    Of a signal that is a vector every element counts. Rewards without recorded episodes have no row.
    """
    if not signals or state.confirmation is None:
        return ""
    shown = [row for row in state.confirmation.table if row.name in _shown(state)]
    rows = [_row(row.name, played, signals) for row in shown if (played := _episodes(folder, row))]
    if not rows:
        return ""
    lines = [
        "## Safety",
        "",
        "What 99 % of the steps of the recorded episodes stay below, and the maximum, of absolute values:",
        "",
        f"| reward | episodes | {' | '.join(f'`{name}`' for name in signals)} |",
        f"| --- | --- |{' --- |' * len(signals)}",
        *rows,
    ]
    return "\n".join(lines)


def _shown(state: RunState) -> set[str | None]:
    baselines = {row.name for row in state.confirmation.table} if state.confirmation else set[str]()
    return {*(baselines - state.candidates.keys()), state.confirmation and state.confirmation.winner}


def _episodes(folder: RunFolder, row: ConfirmationRow) -> Sequence[Trajectory]:
    """Return the recorded episodes of a reward's trainings on fresh seeds, as far as they can be read."""
    found: list[Trajectory] = []
    for replicate in range(len(row.seeds)):
        path = folder.training(row.name, "confirm", replicate) / FILE
        try:
            found += read_trajectories(path) if path.exists() else []
        except EurekaError:  # a table for a person: what else is known is worth showing
            continue
    return found


def _row(name: str, episodes: Sequence[Trajectory], signals: Sequence[str]) -> str:
    reached = [sizes_reached(episodes, signal) for signal in signals]
    cells = ["–" if sizes is None else f"{sizes[0]:.4g}, {sizes[1]:.4g}" for sizes in reached]
    return f"| {name} | {len(episodes)} | {' | '.join(cells)} |"
