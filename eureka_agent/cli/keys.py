"""A key that does something while a run is watched, where there is a terminal to press it in."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

_LOOK_AGAIN_S = 1.0
"""Seconds between two looks whether a process that was sent to the background is in front again."""
_restore: list[Callable[[], None]] = []
_listened: list[tuple[int, list[Any]]] = []
"""Terminals that are listened to, and their modes before."""
_one_reads = threading.Lock()
DEAF_S = 5.0
_deaf_until = 0.0


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
    before = termios.tcgetattr(terminal)
    over, done = os.pipe()
    reader = threading.Thread(target=_read, args=(terminal, over, key.encode(), pressed), daemon=True)
    tty.setcbreak(terminal)
    # From the background that would suspend the process; a shell resets the terminal itself then.
    _restore.append(
        lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before) if in_front(terminal) else None
    )
    _listened.append((terminal, before))
    reader.start()
    try:
        yield True
    finally:
        _listened.clear()
        os.write(done, b".")
        reader.join()
        os.close(over)
        os.close(done)
        restore_terminal()


@contextmanager
def typing(deaf_s: float = DEAF_S) -> Iterator[None]:
    """Let a person type lines as ever: meanwhile nobody listens for a key, nor for `deaf_s` afterwards.

    Whoever is still typing when the run goes on does not mean the key.
    """
    global _deaf_until
    with _one_reads:
        for terminal, before in _listened:
            if in_front(terminal):  # to change it from the background would suspend the process
                termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        try:
            yield
        finally:
            for terminal, _ in _listened:
                if in_front(terminal):
                    tty.setcbreak(terminal)
            _deaf_until = time.monotonic() + deaf_s


def restore_terminal() -> None:
    """Give the terminal back as it was; for those who end the process without leaving `listening`."""
    while _restore:
        _restore.pop()()


def _terminal(stream: IO[Any]) -> int | None:
    """Return the descriptor of a terminal that this process may read from; None where there is none."""
    try:
        descriptor = stream.fileno()
        own = os.isatty(descriptor) and in_front(descriptor)
    except (OSError, ValueError, AttributeError):
        return None
    return descriptor if own else None


def in_front(terminal: int) -> bool:
    """Tell whether this process, and no other, is the one that its terminal belongs to now."""
    return os.tcgetpgrp(terminal) == os.getpgrp()


def _read(terminal: int, over: int, key: bytes, pressed: Callable[[], object]) -> None:
    while over not in select.select([terminal, over], [], [])[0]:
        if not in_front(terminal):  # to read from the background would suspend the process
            select.select([over], [], [], _LOOK_AGAIN_S)
            continue
        with _one_reads:
            if not select.select([terminal], [], [], 0.0)[0]:
                continue  # a person has typed a line meanwhile
            try:
                typed = os.read(terminal, 1)
            except OSError:
                return
        if not typed:
            return  # the terminal was closed
        if typed.lower() == key and time.monotonic() >= _deaf_until:
            pressed()
            return
