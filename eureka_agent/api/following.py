"""What follows a run's log while it grows, and can never stop it."""

from __future__ import annotations

import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

from eureka_agent.config import TRACKERS, RunConfig, TrackerName, TrackingConfig
from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.report.tracking.background import DRAIN_S, LAST_S, InBackground, Sent
from eureka_agent.report.tracking.quietly import Quietly
from eureka_agent.report.tracking.tensorboard import TensorBoardFiles, tag_of
from eureka_agent.report.tracking.tracker import About, Tracker, make_tracker, settings_of
from eureka_agent.store.event_types import Event, Notice
from eureka_agent.store.events import EventLog
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.ownership import is_own
from eureka_agent.store.state import RunState


def follow_with_tensorboard(folder: RunFolder, log: EventLog, state: RunState) -> None:
    """Write TensorBoard's files of what the log holds, from its next event on, and of every event.

    Not before it: what goes wrong is journalled, and a run is at rest until its log says that it goes on.
    """
    begun = threading.Event()
    files = TensorBoardFiles(folder)
    quietly = Quietly("TensorBoard's files are not complete", lambda text: _tell(log, text))

    def on_event(event: Event) -> None:
        if begun.is_set():
            quietly(lambda: files.follow(event, state))
        else:
            begun.set()
            quietly(lambda: files.begin(log.events))

    log.listen(on_event)


NOBODY = "none"
"""In the place of a tracker's name: the run is told to nobody, whatever it began with."""


def tracked_by(config: RunConfig, name: str | None) -> RunConfig:
    """Return a configuration with this tracker; ConfigError for one that is none."""
    if name == NOBODY:
        name = None
    if name is not None and name not in TRACKERS:
        raise ConfigError(
            f"There is no tracker {name!r:.80}.{did_you_mean(name, TRACKERS)}",
            allowed=", ".join((*TRACKERS, NOBODY)),
            fix="Name one of these with --track, or leave it out.",
        )
    return replace(config, tracking=TrackingConfig(cast("TrackerName | None", name)))


@contextmanager
def tracked(
    name: TrackerName | None, folder: RunFolder, log: EventLog, state: RunState, stop: threading.Event
) -> Iterator[None]:
    """Tell a tracker of the run while it goes on; None tells nobody. Once `stop` is set nobody waits for it.

    Raises ConfigError where its library is not installed.
    """
    if name is None:
        yield
        return
    following = _Following(name, make_tracker(name), folder, log, state)
    log.listen(following.on_event)
    try:
        yield
    finally:
        following.close(LAST_S if sys.exc_info()[0] else DRAIN_S, stop)


class _Following:
    """Begins with the log's next event, which says that the run starts or is resumed."""

    def __init__(
        self, name: TrackerName, tracker: Tracker, folder: RunFolder, log: EventLog, state: RunState
    ) -> None:
        self._tracker, self._folder, self._log, self._state = tracker, folder, log, state
        self._sent = Sent(name, folder)
        self._telling: InBackground | None = None

    def on_event(self, event: Event) -> None:
        if self._telling is None:
            self._begin()
        else:
            self._telling.put(event)

    def _begin(self) -> None:
        """Tell what the log holds, unless that was told before."""
        state = self._state
        own = bool(state.run_id) and is_own(state.run_id, state.config)
        if not own:
            self._sent.number = 0  # somebody else's note, and an id that may be that of a run of one's own
        about = About(
            id=state.run_id if own else uuid.uuid4().hex,
            name=tag_of(self._folder.name).replace("/", "_"),
            folder=self._folder.root.absolute(),
            settings=settings_of(state.config),
            resumed=self._sent.number > 0,
        )
        self._telling = InBackground(
            self._tracker, about, self._folder, tuple(self._log.events),
            sent=self._sent, tell=lambda text: _tell(self._log, text),
        )  # fmt: skip

    def close(self, wait_s: float, stop: threading.Event) -> None:
        if self._telling is not None:
            self._telling.close(wait_s, stop)


def _tell(log: EventLog, text: str) -> None:
    log.append(Notice(text=text))
