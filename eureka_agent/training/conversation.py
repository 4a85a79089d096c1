"""One duplex channel between this process and a training child; the child is not trusted to behave.

It may say nothing, half a message, nonsense or far too much: nothing of that blocks this process.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eureka_agent.isolation.messages import MessageReader, encoded_message, send_message

Hear = Callable[[Mapping[str, Any]], None]
"""Takes one message of a child; raises MalformedMessageError for what the child may not say."""
Speak = Callable[[], Iterable[Mapping[str, Any]]]
"""Returns what there is to tell a child by now; called often, and must not wait."""
MAX_FROM_CHILD = 16_384
"""The longest message that a child may send, in bytes: two captions in which every character is escaped."""
MOST_UNTAKEN = 16 * 2**20
"""Bytes that wait for a child to take them; what else there is to tell it is lost."""
LOOK_EVERY_S = 0.25
"""How often a waiting parent looks whether it is to wait that long."""


class Conversation:
    """This process's end of the channel."""

    def __init__(self, channel: socket.socket, *, ended: int, hear: Hear, speak: Speak = tuple) -> None:
        """`ended` is a descriptor that can be read once the child has ended."""
        self._channel, self._ended, self._hear, self._speak = channel, ended, hear, speak
        self._untaken = bytearray()
        """What the child is told and has not taken yet; it may begin within a message."""
        self._reader = MessageReader(channel, most_bytes=MAX_FROM_CHILD)
        self._poller = select.poll()
        self._poller.register(channel, select.POLLIN)
        self._poller.register(ended, select.POLLIN)

    def send(self, message: Mapping[str, Any], fds: Sequence[int], *, timeout_s: float) -> None:
        """Send a message with copies of `fds`; a child that does not take it has ended, or will be ended."""
        self._channel.settimeout(timeout_s)
        with contextlib.suppress(OSError):
            send_message(self._channel, message, fds)
        self._channel.settimeout(None)

    def hear_until(self, deadline: Callable[[], float]) -> bool:
        """Pass on what the child says until it has ended; return False if `time.monotonic()` is first.

        The deadline may come nearer while this waits.

        Raises MalformedMessageError for what is no message, and what `hear` raises.
        """
        while (left_s := deadline() - time.monotonic()) > 0:
            ready = [fd for fd, _ in self._poller.poll(min(left_s, LOOK_EVERY_S) * 1000)]
            if self._ended in ready:
                self._drain(deadline())
                return True
            self._tell()
            if ready:
                self._take()
                if self._reader.closed:  # it may live on, and says nothing more
                    self._poller.unregister(self._channel)
        return False

    def _tell(self) -> None:
        """Tell what the child takes without being waited for; the rest goes when it takes more."""
        for message in self._speak():
            if len(self._untaken) < MOST_UNTAKEN:
                self._untaken += encoded_message(message)
        with contextlib.suppress(OSError):
            while self._untaken:
                del self._untaken[: self._channel.send(self._untaken, socket.MSG_DONTWAIT)]

    def _drain(self, deadline: float) -> None:
        """Pass on what an ended child still said; what it left behind may go on talking, but not for ever."""
        while not self._reader.closed and time.monotonic() < deadline:
            self._take()
            if self._reader.drained:
                return

    def _take(self) -> None:
        for message in self._reader.arrived():
            self._hear(message)
