"""One process at a time in a run folder. The kernel frees the lock however the process ends."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eureka_agent.errors import RunLockedError, StoreError
from eureka_agent.files import disk_error


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
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
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise RunLockedError(
                f"Another process (pid {holder}) is working in {folder}.",
                allowed="one process a run folder",
                fix="Wait for it, watch it with `eureka-agent show`, or start another run with --new.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
