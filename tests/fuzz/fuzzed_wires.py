"""Fuzzing of what processes say: a hostile reward worker, and a broken control channel."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from mutations import anything

from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.client import RewardWorker
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.messages import receive_message

ROWS = 4
LAYOUT = SignalLayout.build([("x", (), np.float32), ("y", (2,), np.float32)], ROWS, max_components=3)
GIVEN = {"x": np.zeros(ROWS, np.float32), "y": np.ones((ROWS, 2), np.float32)}


@dataclass(frozen=True)
class Hostile:
    """What a worker says, packet by packet, and what it leaves in the memory that it shares."""

    packets: tuple[bytes, ...]
    output: bytes


_status = st.sampled_from((0, 0, 0, 1, 2, 3, 255))
_header = st.builds(protocol.REPLY.pack, _status, st.integers(0, 4), st.sampled_from((0, 1, 2, 2**32 - 1)))
_said = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    anything().map(lambda value: json.dumps(value).encode()),
    st.lists(st.sampled_from(("x", "y", "z", "a" * 200)), max_size=4).map(
        lambda value: json.dumps(value).encode()
    ),
    st.lists(st.text(max_size=5), min_size=3, max_size=3).map(lambda value: json.dumps(value).encode()),
    st.none().map(lambda _: b"[" * 100_000),
)
_introduction = st.builds(
    lambda arguments, memory: (
        protocol.REPLY.pack(0, 0, 0) + json.dumps({"arguments": arguments, "uses_memory": memory}).encode()
    ),
    st.lists(st.sampled_from(("x", "y")), max_size=2) | anything(),
    st.booleans() | anything(),
)
_packet = st.builds(lambda head, said: head + said, _header, _said) | st.binary(max_size=60)
_floats = st.lists(st.floats(width=32), min_size=4 * ROWS, max_size=4 * ROWS)
hostile = st.builds(
    lambda first, packets, values: Hostile((first, *packets), np.asarray(values, np.float32).tobytes()),
    _introduction | _packet,
    st.lists(_packet, max_size=3),
    _floats | st.just([0.5] * 4 * ROWS),
)


def check_worker(said: Hostile) -> None:
    """Whatever a worker says, its asker gets a whole, finite reward or an error, and waits no longer."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    inputs = protocol.create_region("signals", LAYOUT.input_bytes)
    output = protocol.create_region("rewards", LAYOUT.output_bytes)
    os.pwrite(output, said.output[: LAYOUT.output_bytes], 0)
    lifeline, held = os.pipe()
    worker = RewardWorker(LAYOUT, [ours.detach(), inputs, output, held])
    with theirs:
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # nobody reads yet: what finds no room is not said
            for packet in said.packets:
                theirs.send(packet)
        theirs.shutdown(socket.SHUT_WR)  # it says nothing more: an asker that waits on would be told so
        try:
            _converse(worker)
        finally:
            worker.close()
            os.close(lifeline)


def _converse(worker: RewardWorker) -> None:
    try:
        worker.load("def compute_reward(x): ...", 5.0)
        for _ in range(2):
            answer = worker.compute(GIVEN, timeout_s=5.0)
            assert answer.reward.shape == (ROWS,)
            assert answer.reward.dtype == np.float32
            arrays = [answer.reward, *answer.components.values()]
            assert 1 <= len(answer.components) <= LAYOUT.max_components
            assert all(isinstance(name, str) for name in answer.components)
            assert all(array.shape == (ROWS,) and np.isfinite(array).all() for array in arrays)
    except WorkerCrashedError:
        _assert_useless(worker)
    except (RewardError, WorkerError):
        return


def _assert_useless(worker: RewardWorker) -> None:
    try:
        worker.compute(GIVEN, timeout_s=5.0)
    except WorkerCrashedError:
        return
    raise AssertionError("a worker that broke the protocol was believed again")


streams = st.builds(
    lambda length, body, fit: (len(body) if fit else length).to_bytes(4, "little") + body,
    st.integers(0, 2**32 - 1),
    st.binary(max_size=60)
    | anything().map(lambda value: json.dumps(value).encode())
    | st.none().map(lambda _: b"[" * 100_000),
    st.booleans(),
) | st.binary(max_size=10)  # fmt: skip


def check_stream(content: bytes) -> None:
    """A control channel gives messages that are objects, and ends where it is broken."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(content)
        theirs.shutdown(socket.SHUT_WR)
        while (received := receive_message(ours)) is not None:
            assert isinstance(received[0], dict)
            assert received[1] == []
