"""A system call allow-list: what computing on mapped memory and answering on an open socket needs.

The filter is assembled by hand as classic BPF; everything not listed fails with EPERM. There is no way to
open, create or receive a file or a socket, to start or signal a process, or to map memory as code.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from eureka_agent.isolation.kernel import PR_SET_SECCOMP, prctl
from eureka_agent.isolation.layers import Layer

# name: (x86-64, aarch64); the most frequent first
_ALLOWED: dict[str, tuple[int, int]] = {
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "munmap": (11, 215),
    "madvise": (28, 233),
    "brk": (12, 214),
    "mremap": (25, 216),
    "futex": (202, 98),
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "ppoll": (271, 73),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "sched_yield": (24, 124),
    "nanosleep": (35, 101),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_WITHOUT_EXEC: dict[str, tuple[int, int]] = {"mmap": (9, 222), "mprotect": (10, 226)}
_FOR_THREADS: dict[str, tuple[int, int]] = {"sched_getaffinity": (204, 123)}
"""What starting threads needs besides `clone`, which is looked at more closely."""

_CLONE = (56, 220)
_CLONE3 = 435
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_FIRST_ARGUMENT, _OFFSET_THIRD_ARGUMENT = 0, 4, 16, 32
_PROT_EXEC = 4
_CLONE_THREAD = 0x10000
_X32_BIT = 0x40000000
_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def assemble(machine: str, *, threads: bool = False) -> bytes:
    """Return the filter for `machine` ("x86_64" or "aarch64") as packed `struct sock_filter`s.

    With `threads`, the process may start threads, but still no process.
    """
    column = list(_AUDIT_ARCH).index(machine)
    deny = _return(_ERRNO | errno.EPERM)
    code = [
        _instruction(_LOAD, _OFFSET_ARCH),
        _instruction(_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _return(_KILL),
        _instruction(_LOAD, _OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        code += [_instruction(_AT_LEAST, _X32_BIT, 0, 1), deny]
    for numbers in _WITHOUT_EXEC.values():
        code += [
            _instruction(_EQUAL, numbers[column], 0, 4),
            _instruction(_LOAD, _OFFSET_THIRD_ARGUMENT),
            _instruction(_ANY_BIT, _PROT_EXEC, 0, 1),
            deny,
            _return(_ALLOW),
        ]
    if threads:
        code += [
            _instruction(_EQUAL, _CLONE[column], 0, 4),
            _instruction(_LOAD, _OFFSET_FIRST_ARGUMENT),
            _instruction(_ANY_BIT, _CLONE_THREAD, 1, 0),
            deny,
            _return(_ALLOW),
        ]
    for numbers in (*_ALLOWED.values(), *(_FOR_THREADS.values() if threads else ())):
        code += [_instruction(_EQUAL, numbers[column], 0, 1), _return(_ALLOW)]
    # The C library falls back to clone, which the filter can look into, only where clone3 does not exist.
    code += [_instruction(_EQUAL, _CLONE3, 0, 1), _return(_ERRNO | errno.ENOSYS), deny]
    return b"".join(code)


def filter_system_calls(*, threads: bool = False) -> Layer:
    """Install the allow-list for good; it needs no_new_privs (or root) before. `threads`: see `assemble`."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return Layer("seccomp", False, f"no filter is written for {machine}")
    code = assemble(machine, threads=threads)
    memory = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(memory))
    try:
        prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program))
    except OSError as error:
        return Layer("seccomp", False, f"the kernel refused it ({os.strerror(error.errno or 0)})")
    count = len(_ALLOWED) + len(_WITHOUT_EXEC) + (len(_FOR_THREADS) + 1 if threads else 0)
    return Layer("seccomp", True, f"allow-list of {count} system calls")


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def _return(action: int) -> bytes:
    return _instruction(_RETURN, action)
