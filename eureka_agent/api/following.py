"""What follows a run's log while it grows, and can never stop it."""

from __future__ import annotations

from eureka_agent.report.tracking.quietly import Quietly
from eureka_agent.report.tracking.tensorboard import TensorBoardFiles
from eureka_agent.store.event_types import Event, Notice
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.state import RunState


def follow_with_tensorboard(folder: RunFolder, log: EventLog, state: RunState) -> None:
    """Write TensorBoard's files of what the log holds, and of every event from now on."""
    files = TensorBoardFiles(folder)
    quietly = Quietly("TensorBoard's files are not complete", lambda text: _tell(log, text))

    def on_event(event: Event) -> None:
        quietly(lambda: files.follow(event, state))

    quietly(lambda: files.begin(log.events))
    log.listen(on_event)


def _tell(log: EventLog, text: str) -> None:
    log.append(Notice(text=text))
