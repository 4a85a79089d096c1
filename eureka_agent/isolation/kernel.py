"""The few Linux calls that Python does not wrap: prctl, and system calls by number."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def prctl(option: int, argument: int, pointer: int = 0) -> None:
    """Call prctl(2) with zeros for the unused arguments; raises OSError."""
    words = [ctypes.c_ulong(word) for word in (argument, pointer, 0, 0)]
    if libc.prctl(ctypes.c_int(option), *words) != 0:
        raise_errno(f"prctl({option}, {argument})")


def syscall(number: int, *arguments: int | ctypes.c_void_p) -> int:
    """Make a system call by its number and return its result; raises OSError."""
    words = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *words))
    if result < 0:
        raise_errno(f"system call {number}")
    return result


def raise_errno(action: str) -> None:
    """Raise the OSError of the last failed C call."""
    number = ctypes.get_errno()
    raise OSError(number, f"{action}: {os.strerror(number)}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends.

    A change of uid clears the request, so it is made again after one.
    """
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
