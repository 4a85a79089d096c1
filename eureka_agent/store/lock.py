"""One process at a time in a run folder. The kernel frees the lock however the process ends."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eureka_agent.errors import RunLockedError, StoreError
from eureka_agent.files import disk_error

_ATTEMPTS, _PAUSE_S = 5, 0.02
"""Tries to lock a folder, and the wait between them: `holder_of` looks by taking the lock for a moment."""


def holder_of(folder: Path) -> str | None:
    """Return the number of the process that works in a run folder, as it noted it; None where nobody does.

    Nothing is written, and who begins to work there meanwhile is not in the way of it for long (`run_lock`).
    """
    try:
        descriptor = os.open(folder / ".lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _noted(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None


def _noted(descriptor: int) -> str:
    noted = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
    return noted if noted.isdecimal() else "unknown"


def _take(descriptor: int, wait: Callable[[float], object]) -> None:
    """Lock for this process; BlockingIOError where another holds it for longer than a look takes."""
    for attempt in range(_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if attempt == _ATTEMPTS - 1:
                raise
            wait(_PAUSE_S)


@contextmanager
def run_lock(folder: Path, *, wait: Callable[[float], object] = time.sleep) -> Iterator[None]:
    """Hold the folder's lock; raises RunLockedError naming the process that has it.

    Raises StoreError where the lock is a link: what lies elsewhere would be written over.
    """
    path = folder / ".lock"
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(path, flags, 0o644)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreError(
                f"{path} is a symbolic link, and was not followed.",
                allowed="a file of the run folder itself",
                fix="Look at where it points, then remove the link.",
            ) from error
        raise disk_error(path, error) from error
    try:
        try:
            _take(descriptor, wait)
        except BlockingIOError:
            raise RunLockedError(
                f"Another process (pid {_noted(descriptor)}) is working in {folder}.",
                allowed="one process a run folder",
                fix="Wait for it, watch it with `eureka-agent show`, or start another run with --new.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
