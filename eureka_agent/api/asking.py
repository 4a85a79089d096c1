"""The next questions that a front end may put to people about a run."""

from __future__ import annotations

from pathlib import Path

from eureka_agent.config import recorded_config
from eureka_agent.evolution.preferring import Preferring, Question
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import find_run
from eureka_agent.store.state import RunState


def questions(run: str = "latest", *, runs: Path | str = "runs", count: int | None = None) -> list[Question]:
    """Return which pairs of recorded episodes of a run to ask people about next, the most telling first.

    There are at most `count`, by default as many as the run asks after a generation; none before two episodes
    are recorded. No pair comes that was answered. The run's process may be at work, or over, and its fitness
    may be the task's: what people prefer is learned beside it then. Nothing is written, and nothing of the
    run is executed. An answer is a `Preference` (`store/said.py`) that is left in the run's inbox.
    """
    folder = find_run(Path(runs), run)
    state = RunState.of(read_events(folder.events))
    config = recorded_config(state.config)
    wanted = config.people.questions if count is None else count
    now = Preferring(folder, state, config.seed)
    return now.questions(wanted, generation=state.next_generation)
