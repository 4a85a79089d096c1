"""A key that does something while a run is watched, where there is a terminal to press it in."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

_restore: list[Callable[[], None]] = []


@contextmanager
def listening(key: str, pressed: Callable[[], object], *, stream: IO[str] | None = None) -> Iterator[bool]:
    """Call `pressed`, in a thread, when `key` is pressed for the first time; yield whether it can be.

    Nothing is read where `stream` (standard input) is no terminal, or belongs to another process in front.
    Ctrl-C and Ctrl-Z stay what they are; what else is typed meanwhile is dropped.
    """
    terminal = _terminal(sys.stdin if stream is None else stream)
    if terminal is None:
        yield False
        return
    import termios
    import tty

    before = termios.tcgetattr(terminal)
    _restore.append(lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before))
    over, done = os.pipe()
    reader = threading.Thread(target=_read, args=(terminal, over, key.encode(), pressed), daemon=True)
    try:
        tty.setcbreak(terminal)
        reader.start()
        yield True
    finally:
        os.write(done, b".")
        reader.join()
        os.close(over)
        os.close(done)
        restore_terminal()


def restore_terminal() -> None:
    """Give the terminal back as it was; for those who end the process without leaving `listening`."""
    while _restore:
        _restore.pop()()


def _terminal(stream: IO[Any]) -> int | None:
    """Return the descriptor of a terminal that this process may read from; None where there is none."""
    try:
        descriptor = stream.fileno()
        own = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return None
    return descriptor if own else None


def _read(terminal: int, over: int, key: bytes, pressed: Callable[[], object]) -> None:
    while over not in select.select([terminal, over], [], [])[0]:
        try:
            typed = os.read(terminal, 1)
        except OSError:
            return
        if not typed:
            return  # the terminal was closed
        if typed.lower() == key:
            pressed()
            return
