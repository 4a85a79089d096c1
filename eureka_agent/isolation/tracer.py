"""The tracing child: a reward's source in, a program for a device out, in a process for this one reward.

It is forked from a zygote that has imported JAX but started none of its threads. The rights are given up
first, while the process has one thread; the threads that JAX starts afterwards inherit that.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
from typing import Any

from eureka_agent.errors import RewardError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.limits import WorkerLimits
from eureka_agent.isolation.lockdown import lock_down
from eureka_agent.isolation.worker import answer_probe, die_when_closed, discard_output, fault_reply
from eureka_agent.rewards.jax_export import SignalShape, export_reward


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Run in each child of the tracing zygote: a `probe` of the isolation, or a `trace` of one reward."""
    limits = WorkerLimits(**payload["limits"])
    channel = socket.socket(fileno=fds[0])
    discard_output()
    if payload["kind"] == "probe":
        answer_probe(channel, payload, limits)
        return
    region = mmap.mmap(fds[1], payload["capacity"])
    os.close(fds[1])
    die_when_closed(fds[2])
    lock_down(limits, skip=payload["skip"])
    channel.send(_traced(channel.recv(protocol.MAX_SOURCE), payload["signals"], region))


def _traced(source: bytes, signals: list[list[Any]], region: mmap.mmap) -> bytes:
    """Write the program into the region and return the reply that says how long it is."""
    shapes = [SignalShape(name, tuple(shape), dtype) for name, shape, dtype in signals]
    try:
        made = export_reward(source.decode() + "\n", shapes)
    except RewardError as error:
        return fault_reply(protocol.REWARD_FAULT, 0, error)
    except Exception as error:  # noqa: BLE001 - JAX has many more of its own; the reward caused this one
        problem = RewardError(
            f"The reward cannot be traced for a GPU: {type(error).__name__}: {str(error)[:500]}",
            fix="Keep to array operations on all rows; shapes must not depend on values or on the row count.",
        )
        return fault_reply(protocol.REWARD_FAULT, 0, problem)
    if len(made.module) > len(region):
        problem = RewardError(
            f"The traced reward has {len(made.module)} bytes.",
            allowed=f"at most {len(region)} bytes",
            fix="Unrolled loops make long programs: use array operations instead of `for`.",
        )
        return fault_reply(protocol.REWARD_FAULT, 0, problem)
    region[: len(made.module)] = made.module
    said = json.dumps({"bytes": len(made.module), "components": made.components}).encode()
    return protocol.REPLY.pack(protocol.OK, len(made.components), 0) + said
