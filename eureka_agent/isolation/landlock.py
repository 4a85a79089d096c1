"""Landlock by raw system calls: no file, no TCP, no abstract socket and no signal beyond this process.

The numbers are the same on every architecture. Rights are only asked for where the kernel's version of the
interface knows them; unknown ones would be refused as a whole.
"""

from __future__ import annotations

import ctypes
import os
import struct

from eureka_agent.isolation.kernel import syscall
from eureka_agent.isolation.layers import Layer

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_VERSION_FLAG = 1

_FILE_RIGHTS = {1: 0x1FFF, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # refer, truncate, device ioctl
_NET_RIGHTS = {4: 0b11}  # bind and connect TCP
_SCOPES = {6: 0b11}  # abstract unix sockets, signals


def restrict_everything() -> Layer:
    """Deny this process everything that Landlock can deny; it needs no_new_privs or root before."""
    try:
        abi = syscall(_CREATE_RULESET, 0, 0, _VERSION_FLAG)
        words = [_rights(_FILE_RIGHTS, abi), _rights(_NET_RIGHTS, abi), _rights(_SCOPES, abi)]
        size = 8 if abi < 4 else 16 if abi < 6 else 24
        attributes = ctypes.create_string_buffer(struct.pack("<3Q", *words)[:size], size)
        ruleset = syscall(_CREATE_RULESET, ctypes.cast(attributes, ctypes.c_void_p), size, 0)
        try:
            syscall(_RESTRICT_SELF, ruleset, 0)
        finally:
            os.close(ruleset)
    except OSError as error:
        return Layer("landlock", False, f"the kernel refused it ({os.strerror(error.errno or 0)})")
    reach = "files" if abi < 4 else "files and TCP" if abi < 6 else "files, TCP, abstract sockets and signals"
    return Layer("landlock", True, f"interface {abi}: {reach}")


def _rights(by_version: dict[int, int], abi: int) -> int:
    return sum(bits for version, bits in by_version.items() if version <= abi)
