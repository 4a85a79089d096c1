"""A run's clock: what time it is, and how much of it passes while a process lives."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since the epoch."""


def steady(wall: Clock = time.time, monotonic: Clock = time.monotonic) -> Clock:
    """Return a clock that starts at `wall` now and goes on at the pace of `monotonic`.

    A log's times are also how long a run has worked, which a budget may limit: a wall clock that is set anew
    in between would spend hours that never passed, or give some back.
    """
    start, began = wall(), monotonic()
    return lambda: start + (monotonic() - began)
