"""What a front end may ask people about a run, and the episodes that the questions are about."""

from __future__ import annotations

from pathlib import Path

from eureka_agent.config import recorded_config
from eureka_agent.errors import StoreError
from eureka_agent.evolution.preferring import Preferring, Question
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import find_run
from eureka_agent.store.said import Episode
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import FILE, read_trajectories
from eureka_agent.trajectories.trajectory import Trajectory


def recorded_episode(
    episode: Episode, run: str | Path = "latest", *, runs: Path | str = "runs"
) -> Trajectory:
    """Return what was recorded of an episode that a question is about; StoreError where nothing is there."""
    path = find_run(Path(runs), str(run)).training(episode.name, "search", episode.replicate) / FILE
    found = read_trajectories(path)
    if episode.number >= len(found):
        raise StoreError(
            f"{path} holds {len(found)} episodes, so that there is none with the number {episode.number}.",
            allowed="the episodes that `questions` asks about",
            fix="Ask for the questions again: recordings of the worst are deleted where a run has too many.",
        )
    return found[episode.number]


def questions(
    run: str | Path = "latest", *, runs: Path | str = "runs", count: int | None = None
) -> list[Question]:
    """Return which pairs of recorded episodes of a run to ask people about next, the most telling first.

    There are at most `count`, by default as many as the run asks after a generation; none before two episodes
    are recorded. No pair comes that was answered. `alike` of a question says that both of its episodes begin
    in the same state. The run's process may be at work, or over, and its fitness may be the task's: what
    people prefer is learned beside it then. Nothing is written, and nothing of the run is executed. An answer
    is a `Preference` (`store/said.py`) that is left in the run's inbox.
    """
    folder = find_run(Path(runs), str(run))
    state = RunState.of(read_events(folder.events))
    config = recorded_config(state.config)
    wanted = config.people.questions if count is None else count
    now = Preferring(folder, state, config.seed)
    return now.questions(wanted, generation=state.next_generation)
