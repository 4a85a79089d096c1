"""Asking a run that this process works on to end its search: the request is on the disk at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from eureka_agent.store.layout import RunFolder

_LOOK_S = 0.2
"""How often it is looked whether nobody can ask any more; who asks is heard without delay."""


@contextmanager
def noting(finish: threading.Event | None, folder: RunFolder) -> Iterator[None]:
    """Leave the request to finish in the run's folder as soon as `finish` is set.

    The next event may be an hour away; a process that is killed before it would have forgotten who asked.
    """
    if finish is None:
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(target=_note, args=(finish, over, folder), name="finish", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _note(finish: threading.Event, over: threading.Event, folder: RunFolder) -> None:
    while not finish.wait(_LOOK_S):
        if over.is_set():
            return
    with suppress(OSError):  # where no empty file can be written the log cannot either, and that is told
        folder.finish_request.touch()
