"""Length-prefixed JSON messages with file descriptors, over a stream socket between trusted processes."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

MAX_BYTES = 16 * 2**20
"""The longest message that is read; a longer one means that the stream is broken."""

MAX_FDS = 252
"""The most file descriptors that travel with one message; Linux allows 253."""

_LENGTH = struct.Struct("<I")


def send_message(control: socket.socket, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
    """Send `message` and copies of `fds`; raises OSError when the other side is gone."""
    if len(fds) > MAX_FDS:
        raise ValueError(f"{len(fds)} file descriptors in one message; at most {MAX_FDS} travel together")
    body = json.dumps(message).encode()
    if len(body) > MAX_BYTES:
        raise ValueError(f"message of {len(body)} bytes; at most {MAX_BYTES} bytes travel in one")
    # The descriptors ride on the length, so that a reader never meets them in the middle of a body.
    socket.send_fds(control, [_LENGTH.pack(len(body))], list(fds))
    control.sendall(body)


def receive_message(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and its descriptors; None when the other side has closed or talks nonsense."""
    head, fds, _, _ = socket.recv_fds(control, _LENGTH.size, MAX_FDS)
    head += _read(control, _LENGTH.size - len(head))
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_BYTES:
        return None
    try:
        message = json.loads(_read(control, length))
    except (ValueError, RecursionError):
        return None  # cut off, or no message at all
    return (message, list(fds)) if isinstance(message, dict) else None


def _read(control: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := control.recv(min(length, 2**20))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
