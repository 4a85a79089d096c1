"""The log of a run that another process writes: read once, and from then on only what was appended."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import NamedTuple

from eureka_agent.errors import StoreError
from eureka_agent.store.event_types import Event, RunStarted
from eureka_agent.store.events import events_of
from eureka_agent.store.state import RunState


class _Mark(NamedTuple):
    """By which it is seen that a file is another one, or has grown."""

    device: int
    inode: int
    size: int
    changed_ns: int


class FollowedLog:
    """The state of a run, brought up to date when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()

    def catch_up(self) -> list[Event]:
        """Take in what was appended since the last time, and return it.

        A log that became shorter, or another file, or does not go on as it began, is read anew. Raises
        StoreError where it cannot be read or trusted: the same again until the file changes.
        """
        mark = _mark(self.path)
        if mark == self._mark:
            if self._error is not None:
                raise self._error
            return []
        if self._error is not None or mark[:2] != self._mark[:2] or mark.size < self._offset:
            self._begin()
        self._mark = mark
        try:
            return self._read()
        except StoreError as error:
            if (anew := self._read_anew()) is not None:
                return anew
            self._error = error
            raise

    def _begin(self) -> None:
        self.state = RunState()
        self.start: RunStarted | None = None
        """Its first event that is no notice, once it was read."""
        self.number = 0
        """Events that were read."""
        self._offset = 0
        self._mark = _Mark(0, 0, -1, 0)
        self._error: StoreError | None = None

    def _read(self) -> list[Event]:
        content = _read_from(self.path, self._offset)
        whole = content[: content.rfind(b"\n") + 1]  # the last line may be half written
        found = list(events_of(io.BytesIO(whole), self.path, self.number + 1))
        self.state.take(found)
        self.start = self.start or next((one for one in found if isinstance(one, RunStarted)), None)
        self.number += len(found)
        self._offset += len(whole)
        return found

    def _read_anew(self) -> list[Event] | None:
        """Read a log that was replaced in place by a longer one; where that fails, what was known stays."""
        if self._offset == 0:
            return None
        other = FollowedLog(self.path)
        try:
            found = other._read()
        except StoreError:
            return None
        self.state, self.start = other.state, other.start
        self.number, self._offset = other.number, other._offset
        return found


def _mark(path: Path) -> _Mark:
    try:
        status = path.lstat()
    except OSError as error:
        raise _gone(path, error.strerror or str(error)) from error
    if not stat.S_ISREG(status.st_mode):
        raise _gone(path, "it is no plain file")
    return _Mark(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _read_from(path: Path, offset: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            file.seek(offset)
            return file.read()
    except OSError as error:
        raise _gone(path, error.strerror or str(error)) from error


def _gone(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path} cannot be read: {why}.",
        allowed="the log of a run, a plain file that you may read",
        fix="If the run was moved or deleted, look at another one.",
    )
