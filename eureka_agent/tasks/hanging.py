"""Calls of environments that never return: a thread watches them, for nothing in their own thread can.

Only a child process that may be given up watches; elsewhere the notes cost next to nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from eureka_agent.errors import TaskError

PATIENCE = 3.0
"""A call is given up after so many times what it may take: one that returns late is told better by itself."""
LOOK_EVERY_S = 1.0

_calls: dict[int, tuple[float, float, str, Any]] = {}
"""What each thread waits for: since when, how long it may take, the method, its environment."""
_reported: list[TaskError] = []


def begin(env: Any, method: str, wall_s: float) -> None:
    """Note that this thread calls a method of an environment, which may take `wall_s` seconds."""
    _calls[threading.get_ident()] = (time.monotonic(), wall_s, method, env)


def end() -> None:
    """Note that this thread's call returned."""
    _calls.pop(threading.get_ident(), None)


def report(error: TaskError) -> None:
    """Note that a call hung in another process, which steps environments for this one."""
    _reported.append(error)


def hung(now: float) -> TaskError | None:
    """Return what to say of a call that has taken far too long by `now`, on the clock of `time.monotonic`."""
    if _reported:
        return _reported[0]
    for began, wall_s, method, env in list(_calls.values()):
        if now - began > PATIENCE * wall_s:
            return TaskError(
                f"{method}() of {type(env.unwrapped).__name__} has not returned for {now - began:.0f} s.",
                allowed=f"at most {wall_s:g} s a call",
                fix="Look for a loop that waits, a window or a download in the environment.",
            )
    return None


def end_process_if_hung(give_up: Callable[[TaskError], object], *, every_s: float = LOOK_EVERY_S) -> None:
    """Watch from now on; where a call hangs, tell `give_up` and end this process."""

    def watch() -> None:
        while (error := hung(time.monotonic())) is None:
            time.sleep(every_s)
        try:
            give_up(error)
        finally:
            os._exit(1)

    threading.Thread(target=watch, name="hanging", daemon=True).start()
