"""A tracker in a thread of its own: a network that hangs holds up no training."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Sequence

from eureka_agent.files import read_own_text, write_json
from eureka_agent.report.tracking.quietly import Quietly
from eureka_agent.report.tracking.telling import Telling
from eureka_agent.report.tracking.tracker import About, Tracker
from eureka_agent.store.event_types import Event
from eureka_agent.store.layout import RunFolder

DRAIN_S = 60.0
"""Seconds that the end of a run waits for its tracker."""
LAST_S = 4.0
"""Seconds that a run waits which was told to stop."""
LOOK_S = 0.2
"""Seconds between two looks at whether it was."""


class InBackground:
    """Tells a tracker of a run's events; `put` returns at once."""

    def __init__(
        self, tracker: Tracker, about: About, folder: RunFolder, before: Sequence[Event], *,
        sent: Sent, tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        """`before` are the events that the log holds already, of which the first ones were `sent`."""
        self._tracker, self._about = tracker, about
        self._telling, self._sent, self._tell = Telling(tracker, folder), sent, tell
        self._quietly = Quietly(f"{sent.name} is not told any more", self._say)
        self._left = False
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        for event in before:
            self._queue.put(event)
        self._thread = threading.Thread(target=self._work, name=f"{sent.name}-tracker", daemon=True)
        self._thread.start()

    def put(self, event: Event) -> None:
        """Take in an event."""
        self._queue.put(event)

    def close(self, wait_s: float, stop: threading.Event) -> None:
        """Tell what is left, for so many seconds at most; nothing is written to the run afterwards.

        Somebody who stops the run waits no longer than `LAST_S`.
        """
        self._queue.put(None)
        end = time.monotonic() + wait_s
        while self._thread.is_alive() and not stop.is_set() and (left := end - time.monotonic()) > 0:
            self._thread.join(min(left, LOOK_S))
        if stop.is_set():
            self._thread.join(LAST_S)
        self._left = True
        if self._thread.is_alive():
            self._tell(f"{self._sent.name} did not answer in time: it was not told all of the run.")

    def _say(self, text: str) -> None:
        if not self._left:
            self._tell(text)

    def _work(self) -> None:
        self._quietly(self._begin)
        known = self._sent.number
        while (event := self._queue.get()) is not None:
            self._quietly(lambda event=event: self._take(event, told=event.seq < known))
        self._quietly(self._telling.close)

    def _begin(self) -> None:
        try:
            self._tracker.begin(self._about)
        except (KeyboardInterrupt, SystemExit) as error:  # a library that asks a person who is not there
            raise RuntimeError(f"it gave up with {type(error).__name__}") from error

    def _take(self, event: Event, *, told: bool) -> None:
        self._telling.take(event, told=told)
        if not told and not self._left:
            self._sent.note(max(self._sent.number, event.seq + 1))


class Sent:
    """How many events of a run its tracker was told of, kept beside the log: a resumed run repeats none."""

    def __init__(self, name: str, folder: RunFolder) -> None:
        self.name = name
        self._path = folder.root / "tracked.json"
        self.number = self._read().get(name, 0)

    def note(self, number: int) -> None:
        """Note that the first so many were told."""
        self.number = number
        write_json(self._path, self._read() | {self.name: number})

    def _read(self) -> dict[str, int]:
        """Return the numbers of all trackers; a file that is none of ours says nothing."""
        try:
            found = json.loads(read_own_text(self._path) or "{}")
        except (ValueError, RecursionError):
            return {}
        items = found.items() if isinstance(found, dict) else ()
        return {name: n for name, n in items if isinstance(n, int) and n >= 0}
