"""A limit on how long this process waits for other people's code."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from eureka_agent.errors import TaskError


@contextmanager
def at_most(wall_s: float, what: str) -> Iterator[None]:
    """Raise TaskError inside the block once it has run for `wall_s` seconds; `what` says what it does.

    Only a main thread can be interrupted, and only between two instructions of Python: in other threads the
    block takes its time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signum: int, _frame: object) -> NoReturn:
        raise TaskError(
            f"{what} took longer than {wall_s:g} s.",
            allowed="an environment whose constructor, reset and step return",
            fix="Step it by hand; look for a sleep, a loop that waits, a window, or a download.",
        )

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
