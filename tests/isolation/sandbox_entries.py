"""What the children of the sandbox tests run: an asker elsewhere, and code the loader would refuse."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import signal
import socket
import time
from typing import Any

import numpy as np

from eureka_agent.isolation import RewardWorker, WorkerLimits
from eureka_agent.isolation.lockdown import lock_down


def ask(payload: dict[str, Any], fds: list[int]) -> None:
    """Attach to a worker as a trainer does, ask once, and write the reward to the first descriptor."""
    worker = RewardWorker.attach(payload["handle"], fds[1:])
    arrays = {name: np.asarray(values, np.float32) for name, values in payload["signals"].items()}
    if payload.get("hang"):
        os.write(fds[0], b"asking")
        worker.compute(arrays, timeout_s=60)
    output = worker.compute(arrays)
    os.write(fds[0], json.dumps([output.reward.tolist(), list(output.components)]).encode())


def attack(payload: dict[str, Any], fds: list[int]) -> None:
    """Lock down with some layers left out, run one attack, and send what came of it."""
    channel = socket.socket(fileno=fds[0])
    lock_down(WorkerLimits(**payload.get("limits", {})), skip=payload.get("skip", ()))
    try:
        result = str(ATTACKS[payload["attack"]](fds[1:]))
    except (OSError, ValueError, MemoryError) as error:
        result = f"{type(error).__name__}: {error}"
    channel.send(result.encode())


def _write_to_signal(fds: list[int]) -> str:
    region = mmap.mmap(fds[0], 4096, access=mmap.ACCESS_READ)
    values = np.frombuffer(region, np.float32)
    try:
        values[0] = 1.0
    except ValueError:
        values.flags.writeable = True
    return "written"


def _map_writable(fds: list[int]) -> str:
    mmap.mmap(fds[0], 4096)
    return "mapped"


def _unprotect(fds: list[int]) -> str:
    region = mmap.mmap(fds[0], 4096, access=mmap.ACCESS_READ)
    address = np.frombuffer(region, np.uint8).ctypes.data
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(address), 4096, mmap.PROT_READ | mmap.PROT_WRITE) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    return "unprotected"


def _make_code(fds: list[int]) -> str:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    return "executable"


def _list_root(fds: list[int]) -> str:
    return str(os.listdir("/"))


def _spin(fds: list[int]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        pass
    return "span"


ATTACKS = {
    "write to a signal": _write_to_signal,
    "map it writable": _map_writable,
    "unprotect it": _unprotect,
    "reopen it": lambda fds: os.open(f"/proc/self/fd/{fds[0]}", os.O_RDWR),
    "resize it": lambda fds: os.ftruncate(fds[0], 1),
    "make code": _make_code,
    "list the root": _list_root,
    "open a file": lambda fds: os.open(__file__, os.O_RDONLY),
    "make a file": lambda fds: os.open("/tmp/eureka-agent-test", os.O_CREAT | os.O_WRONLY),
    "make memory": lambda fds: os.memfd_create("more"),
    "open a socket": lambda fds: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "open a socket pair": lambda fds: socket.socketpair(),
    "fork": lambda fds: os.fork() or os._exit(0),
    "execute": lambda fds: os.execv("/bin/true", ["true"]),
    "kill the parent": lambda fds: os.kill(os.getppid(), signal.SIGKILL),
    "kill everything": lambda fds: os.kill(-1, signal.SIGKILL),
    "become root": lambda fds: os.setresuid(0, 0, 0),
    "raise its limits": lambda fds: __import__("resource").setrlimit(4, (-1, -1)),
    "allocate": lambda fds: np.empty(2**33, np.uint8).size,
    "spin": _spin,
}
