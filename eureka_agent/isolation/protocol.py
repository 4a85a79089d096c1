"""What asker and worker say to each other: one packet a request, one a reply; numbers lie in shared memory.

The channel is a SEQPACKET socket pair, so a packet is read whole or not at all. A reply is a fixed header
and, only where there is something to say, JSON of limited length: component names at first, or an error.
"""

from __future__ import annotations

import fcntl
import os
import struct

REQUEST = struct.Struct("<BBxxIII")
"""kind, flags, sequence number, steps, rows of a step."""

REPLY = struct.Struct("<BBxxI")
"""status, number of components, sequence number of the request; JSON may follow."""

MAX_SOURCE = 64 * 1024
"""The longest reward, in bytes."""

MAX_PACKET = 160 * 1024
"""The longest reply that is read."""

ONCE, IN_ORDER = 1, 2
"""Kinds of request: all rows in one call, or one call a step in order."""

HAS_RESETS, ANNOUNCE = 1, 2
"""Flags of a request: the marks of episode starts are set; say the component names."""

OK, REWARD_FAULT, ASKER_FAULT = 0, 1, 2
"""Statuses of a reply."""

MAX_TEXT = 4000
"""The longest text of an error, in characters."""


def plain(text: str) -> str:
    """Return text without what could rewrite a terminal or fit into no file: control and half characters."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def create_region(name: str, size: int) -> int:
    """Return a descriptor of zeroed anonymous memory whose size is fixed.

    The seals keep either side from shrinking it, which would kill the other one at its next access.
    """
    fd = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, size)
    os.fchmod(fd, 0o400)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return fd


def read_only(fd: int) -> int:
    """Return another descriptor of the same memory through which it can never be mapped for writing."""
    return os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
