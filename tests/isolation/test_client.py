"""The asker's side against workers that say something else than the protocol has."""

from __future__ import annotations

import json
import os
import socket

import numpy as np
import pytest

from eureka_agent.errors import WorkerCrashedError
from eureka_agent.isolation import SignalLayout, protocol
from eureka_agent.isolation.client import RewardWorker


@pytest.mark.parametrize(
    "introduction", [None, [], "x", 3, {}, {"arguments": None}, {"arguments": [{}]}, {"arguments": ["other"]}]
)
def test_an_introduction_outside_the_protocol_is_a_crash(introduction: object) -> None:
    layout = SignalLayout.build([("x", (), np.float32)], 4)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    inputs = protocol.create_region("signals", layout.input_bytes)
    output = protocol.create_region("rewards", layout.output_bytes)
    lifeline, held = os.pipe()
    worker = RewardWorker(layout, [ours.detach(), inputs, output, held])
    theirs.send(protocol.REPLY.pack(protocol.OK, 0, 0) + json.dumps(introduction).encode())
    with theirs, pytest.raises(WorkerCrashedError, match="outside the protocol"):
        worker.load("", 5.0)
    worker.close()
    os.close(lifeline)
