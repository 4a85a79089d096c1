"""The event log: one JSON object a line, append-only, flushed to the disk before the next step begins.

A process killed while it appends leaves a last line without its newline; that line was never acknowledged,
so opening the log drops it. Any other line that does not parse means that somebody edited the file: an error.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from eureka_agent.errors import StoreError
from eureka_agent.files import disk_error
from eureka_agent.store.checked import Json
from eureka_agent.store.event_types import (
    FORMAT_VERSION,
    Event,
    Notice,
    RunStarted,
    event_json,
    parse_event,
    plain,
)

_DIGITS = 300
"""Most digits of a whole number: what is longer may not fit into a float."""


class EventLog:
    """An open log. `append` is safe from several threads; listeners are told after the disk was."""

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Event], None]] = []
        self.events: list[Event] = read_events(path)
        _drop_unfinished_line(path)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with every event from now on, in the order of the log."""
        self._listeners.append(listener)

    def append(self, event: Event) -> Event:
        """Write an event and return it with its number and time once it is on the disk.

        Raises StoreError, and ValueError for a number that JSON has no word for; nothing is written then.
        """
        with self._lock:
            stamp = {"seq": len(self.events), "time": round(self._clock(), 3)}
            stamped = event.model_copy(update=stamp)
            text = json.dumps(event_json(stamped), default=plain, allow_nan=False, separators=(",", ":"))
            self._write(text + "\n")
            self.events.append(stamped)
            for listener in self._listeners:
                listener(stamped)
            return stamped

    def _write(self, line: str) -> None:
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if self.path.exists():
                os.truncate(self.path, size)
            raise disk_error(self.path, error) from error


def read_events(path: Path) -> list[Event]:
    """Read every acknowledged event of a log, oldest first; raises StoreError if it cannot be trusted."""
    try:
        with path.open("rb") as file:
            return list(events_of(file, path))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, error) from error


def read_start(path: Path) -> RunStarted | None:
    """Return the event that began the run, of which the rest of the log is not read; None where none is seen.

    Only notices stand before it. Raises StoreError as `read_events` does.
    """
    try:
        with path.open("rb") as file:
            first = next((event for event in events_of(file, path) if not isinstance(event, Notice)), None)
    except OSError as error:
        raise _unreadable(path, error) from error
    return first if isinstance(first, RunStarted) else None


def events_of(file: Iterable[bytes], path: Path, first: int = 1) -> Iterator[Event]:
    """Yield the events of the lines that are whole, of which the first has the number `first`."""
    for number, line in enumerate(file, first):
        if not line.endswith(b"\n"):
            return
        data = _parse(line, number, path)
        if data["v"] > FORMAT_VERSION:
            raise StoreError(
                f"{path} was written by a newer version (format {data['v']}, line {number}).",
                allowed=f"run folders of format {FORMAT_VERSION} or older",
                fix="Upgrade eureka-agent, or start another run with --new. Nothing was changed.",
            )
        if data.get("seq") != number - 1:
            raise StoreError(
                f"{path}, line {number}: event {data.get('seq')!r:.40} where {number - 1} was expected.",
                fix="The log was edited or two logs were mixed. Restore it from a copy, or start with --new.",
            )
        yield parse_event(data)


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be read: {error.strerror or error}.",
        allowed="a log that you may read",
        fix="Correct its permissions, or name another run.",
    )


def _parse(line: bytes, number: int, path: Path) -> Json:
    try:
        data = json.loads(line, parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise StoreError(
            f"{path}, line {number}: not a JSON event ({error}).",
            fix="The log was damaged or edited. Restore it from a copy, or start another run with --new.",
        ) from error
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("type"), str)
        or not isinstance(data.get("v"), int)
        or not isinstance(data.get("time"), int | float)
    ):
        raise StoreError(f"{path}, line {number}: not an event.", fix="Restore the log, or start with --new.")
    return data


def _finite(text: str) -> float:
    """Return a number; ValueError for NaN and infinities, which no log of this program holds."""
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text[:40]} is not a finite number")
    return value


def _whole(text: str) -> int:
    """Return a whole number; ValueError for one that is larger than any float."""
    if len(text) > _DIGITS:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _drop_unfinished_line(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        end = content.rfind(b"\n") + 1
        if end != len(content):
            os.truncate(path, end)
