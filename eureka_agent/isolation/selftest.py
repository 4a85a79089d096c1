"""What a probe worker tries after its lock-down: every attempt must be denied.

A report that only says what was switched on would be a promise; this is the evidence.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
from collections.abc import Callable
from functools import partial

import numpy as np

from eureka_agent.isolation.kernel import libc, raise_errno
from eureka_agent.isolation.layers import EscapeAttempt
from eureka_agent.isolation.limits import GIB, WorkerLimits

_CLONE_NEWUSER = 0x10000000
_PTRACE_TRACEME = 0
_NOWHERE = ("192.0.2.1", 9)
"""An address reserved for documentation; asking for a route to it sends nothing."""


def attempt_everything(limits: WorkerLimits, service: bytes) -> tuple[EscapeAttempt, ...]:
    """Try each forbidden thing and return what happened. Only for a process that ends right after it.

    `service` is the address of an abstract Unix socket that the asker listens on.
    """
    forbidden: dict[str, Callable[[], str]] = {
        "read /etc/passwd": partial(_read, "/etc/passwd"),
        "write a file": _write_file,
        "read another process's environment": _read_environments,
        "read another process's memory": _read_memory,
        "signal the parent": _signal_parent,
        "reach the network": _reach_network,
        "reach a local service": partial(_reach_service, service),
        "start a process": _start_process,
        "trace processes": _trace,
        "make a user namespace": _new_user_namespace,
        "allocate beyond the limit": partial(_allocate, limits.memory_bytes + GIB),
    }
    return tuple(_try(name, action) for name, action in forbidden.items())


def _try(name: str, action: Callable[[], str]) -> EscapeAttempt:
    try:
        return EscapeAttempt(name, False, action())
    except MemoryError:
        return EscapeAttempt(name, True, "MemoryError")
    except OSError as error:
        return EscapeAttempt(name, True, os.strerror(error.errno) if error.errno else str(error))


def _read(path: str) -> str:
    with open(path, "rb") as file:
        return f"read {len(file.read(100))} bytes"


def _write_file() -> str:
    path = f"/tmp/eureka-agent-probe-{os.getpid()}"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.unlink(path)
    return f"wrote {path}"


def _read_environments() -> str:
    """Read the environment of the parent, and of every process in sight."""
    pids = [str(os.getppid())]
    with contextlib.suppress(OSError):
        pids += [name for name in os.listdir("/proc") if name.isdigit() and name != str(os.getpid())]
    for pid in pids:
        with contextlib.suppress(OSError):
            return f"process {pid}: {_read(f'/proc/{pid}/environ')}"
    raise PermissionError(f"none of {len(pids)} could be read")


def _read_memory() -> str:
    """Copy from the parent's memory; "bad address" alone would show that asking is allowed."""
    here = ctypes.create_string_buffer(8)
    mine = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    theirs = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    if libc.process_vm_readv(os.getppid(), mine, 1, theirs, 1, 0) < 0 and ctypes.get_errno() != errno.EFAULT:
        raise_errno("process_vm_readv")
    return "the parent's memory is open"


def _signal_parent() -> str:
    os.kill(os.getppid(), 0)
    return "signal 0 was delivered"


def _reach_network() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.connect(_NOWHERE)
    return "there is a route out"


def _reach_service(address: bytes) -> str:
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(address)
    return "an abstract Unix socket was reached"


def _start_process() -> str:
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    return "fork succeeded"


def _trace() -> str:
    if libc.ptrace(_PTRACE_TRACEME, 0, None, None) != 0:
        raise_errno("ptrace")
    return "ptrace is open"


def _new_user_namespace() -> str:
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise_errno("unshare")
    return "unshare succeeded"


def _allocate(size: int) -> str:
    np.empty(size, dtype=np.uint8)  # address space only: nothing is touched
    return f"{size / GIB:g} GiB were granted"
