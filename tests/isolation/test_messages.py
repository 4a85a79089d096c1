from __future__ import annotations

import json
import socket
import struct

import pytest

from eureka_agent.isolation.messages import (
    MalformedMessageError,
    MessageReader,
    receive_message,
    send_message,
)


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


MOST = 1000


def packed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


def test_a_reader_takes_whole_messages_and_waits_for_no_other() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = MessageReader(ours, most_bytes=MOST)
        assert reader.arrived() == []
        assert reader.drained
        whole = packed(b'{"a": 1}') + packed(b'{"b": 2}')
        theirs.sendall(whole + packed(b'{"c": 3}')[:-2])
        assert reader.arrived() == [{"a": 1}, {"b": 2}]
        assert reader.arrived() == []
        theirs.sendall(b"3}")
        assert reader.arrived() == [{"c": 3}]
        assert not reader.closed
        theirs.close()
        assert reader.arrived() == []
        assert reader.closed


@pytest.mark.parametrize(
    "said", [packed(body) for body in (b"", b"{", b"[1]", b"null", b"\xff", b"[" * 900)] + [b"\xff" * 4]
)
def test_a_reader_says_what_is_no_message(said: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(said)
        with pytest.raises(MalformedMessageError):
            MessageReader(ours, most_bytes=MOST).arrived()
