from __future__ import annotations

import json
import socket
import struct

import pytest

from eureka_agent.isolation.messages import receive_message, send_message


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_message_ends_the_channel(body: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack("<I", len(body)) + body)
        assert receive_message(ours) is None


def test_a_message_that_breaks_off_is_none() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        body = json.dumps({"op": "fork"}).encode()
        theirs.sendall(struct.pack("<I", len(body)) + body[:-3])
        theirs.shutdown(socket.SHUT_WR)
        assert receive_message(ours) is None


def test_a_message_arrives_as_it_was_sent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_message(theirs, {"op": "kill", "child": 3})
        assert receive_message(ours) == ({"op": "kill", "child": 3}, [])
