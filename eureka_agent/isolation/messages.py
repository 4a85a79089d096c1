"""Length-prefixed JSON messages with file descriptors, over a stream socket.

`receive_message` waits for a whole message, and so is for those who trust the other side to send it;
`MessageReader` never waits, and says what is no message.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_BYTES = 16 * 2**20
"""The longest message that is read; a longer one means that the stream is broken."""

MAX_FDS = 252
"""The most file descriptors that travel with one message; Linux allows 253."""

_CHUNK = 64 * 1024
_LENGTH = struct.Struct("<I")


def send_message(control: socket.socket, message: Mapping[str, Any], fds: Sequence[int] = ()) -> None:
    """Send `message` and copies of `fds`; raises OSError when the other side is gone."""
    if len(fds) > MAX_FDS:
        raise ValueError(f"{len(fds)} file descriptors in one message; at most {MAX_FDS} travel together")
    encoded = encoded_message(message)
    # The descriptors ride on the length, so that a reader never meets them in the middle of a body.
    socket.send_fds(control, [encoded[: _LENGTH.size]], list(fds))
    control.sendall(encoded[_LENGTH.size :])


def encoded_message(message: Mapping[str, Any]) -> bytes:
    """Return a message as it travels; ValueError for one that is too long."""
    body = json.dumps(message).encode()
    if len(body) > MAX_BYTES:
        raise ValueError(f"message of {len(body)} bytes; at most {MAX_BYTES} bytes travel in one")
    return _LENGTH.pack(len(body)) + body


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


class MalformedMessageError(ValueError):
    """The other side said what is no message, or not one that it may send now."""


class MessageReader:
    """Takes messages off a stream as they arrive; descriptors that come with them are dropped."""

    def __init__(self, control: socket.socket, *, most_bytes: int) -> None:
        """`control` stays the caller's, and must have no timeout; `most_bytes` is the longest message."""
        self._control, self._most = control, most_bytes
        self._buffer = bytearray()
        self.closed = False
        """Whether the other side has closed: nothing will come any more."""
        self.drained = False
        """Whether the last call found nothing more to read."""

    def arrived(self) -> list[dict[str, Any]]:
        """Return messages that are whole by now, without waiting; MalformedMessageError for any other.

        One call reads a limited number of bytes, however many there are: see `drained`.
        """
        try:
            part = self._control.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self.drained = True
            return []
        except ConnectionError:
            part = b""
        self.closed = self.drained = not part
        self._buffer += part
        return list(self._messages())

    def _messages(self) -> Iterator[dict[str, Any]]:
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > self._most:
                raise MalformedMessageError(f"a message of {length} bytes where {self._most} are allowed")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            try:
                message = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise MalformedMessageError("a message that is not JSON") from error
            if not isinstance(message, dict):
                raise MalformedMessageError("a message that is no JSON object")
            yield message


def _read(control: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := control.recv(min(length, 2**20))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
