"""The reward worker: the one kind of process in which generated code runs.

It is forked from the zygote, maps the shared memory, gives up every right (`lockdown.py`), and only then
reads and runs the reward's source. It answers until its asker closes the channel.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from eureka_agent.errors import RewardError, WorkerError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.isolation.limits import WorkerLimits
from eureka_agent.isolation.lockdown import lock_down
from eureka_agent.isolation.plain import load_plain
from eureka_agent.isolation.selftest import attempt_everything
from eureka_agent.rewards.loader import RewardFunction, load_reward
from eureka_agent.rewards.output import RewardOutput, validated

_SHOWN_SIGNALS = 6

Load = Callable[..., RewardFunction]
"""From source and signal names to a reward; the attack tests load what `load_reward` would refuse."""

load_strictly = partial(load_reward, strict=True)


def main(payload: dict[str, Any], fds: list[int], load: Load = load_strictly) -> None:
    """Run in each child of the zygote: a `probe` of the isolation, or a `reward` (or `plain` file) worker."""
    limits = WorkerLimits(**payload["limits"])
    channel = socket.socket(fileno=fds[0])
    discard_output()
    if payload["kind"] == "probe":
        answer_probe(channel, payload, limits)
        return
    layout = SignalLayout.from_json(payload["layout"])
    inputs, output = _map_regions(layout, fds[1], fds[2])
    die_when_closed(fds[3])
    lock_down(limits, skip=payload["skip"])
    _serve(channel, layout, inputs, output, load_plain if payload["kind"] == "plain" else load)


def discard_output() -> None:
    """Send what this process and its libraries print nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def _map_regions(layout: SignalLayout, input_fd: int, output_fd: int) -> tuple[mmap.mmap, mmap.mmap]:
    inputs = mmap.mmap(input_fd, layout.input_bytes, access=mmap.ACCESS_READ)
    output = mmap.mmap(output_fd, layout.output_bytes)
    os.close(input_fd)
    os.close(output_fd)
    return inputs, output


def die_when_closed(lifeline: int) -> None:
    """Have the kernel kill this process when the asker's end of a pipe closes, even in an endless loop."""
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, int(signal.SIGKILL))
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)


def answer_probe(channel: socket.socket, payload: dict[str, Any], limits: WorkerLimits) -> None:
    """Lock this process down, try what must be impossible, and send what held and what happened."""
    layers = lock_down(limits, skip=payload["skip"])
    attempts = attempt_everything(limits, bytes.fromhex(payload["service"]))
    report = {"layers": list(map(asdict, layers)), "attempts": list(map(asdict, attempts))}
    channel.send(json.dumps(report).encode())


def _serve(
    channel: socket.socket, layout: SignalLayout, inputs: mmap.mmap, output: mmap.mmap, load: Load
) -> None:
    source = channel.recv(protocol.MAX_SOURCE + 1)
    if not source:
        return
    np.seterr(all="ignore")  # a NaN is reported as an error, not as a warning nobody reads
    try:
        reward = load(source[1:].decode() + "\n", signals=[slot.name for slot in layout.slots])
    except RewardError as error:
        channel.send(fault_reply(protocol.REWARD_FAULT, 0, error))
        return
    ready = {"arguments": list(reward.source.arguments), "uses_memory": reward.source.uses_memory}
    channel.send(protocol.REPLY.pack(protocol.OK, 0, 0) + json.dumps(ready).encode())
    desk = _Desk(reward, layout, inputs, output)
    request = bytearray(protocol.REQUEST.size)
    while channel.recv_into(request) == len(request):
        channel.send(desk.answer(*protocol.REQUEST.unpack(request)))


class _Desk:
    """One loaded reward with its memory and its windows on the shared regions."""

    def __init__(
        self, reward: RewardFunction, layout: SignalLayout, inputs: mmap.mmap, output: mmap.mmap
    ) -> None:
        self.reward = reward
        views = layout.signal_views(inputs)
        self.signals = {name: views[name] for name in reward.source.arguments}
        self.resets = layout.resets_view(inputs)
        self.output = layout.output_view(output)
        self.capacity = layout.capacity
        self.memory: dict[str, Any] | None = None
        self.memory_rows = 0
        self.names: list[str] = []

    def answer(self, kind: int, flags: int, number: int, steps: int, rows: int) -> bytes:
        """Return the reply to one request; the values are in the output region by then."""
        try:
            if kind == protocol.ONCE:
                self._step(0, steps * rows, resets=bool(flags & protocol.HAS_RESETS))
            else:
                self._steps(steps, rows)
        except RewardError as error:
            return fault_reply(protocol.REWARD_FAULT, number, error)
        except WorkerError as error:
            return fault_reply(protocol.ASKER_FAULT, number, error)
        names = json.dumps(self.names).encode() if flags & protocol.ANNOUNCE else b""
        return protocol.REPLY.pack(protocol.OK, len(self.names), number) + names

    def _steps(self, steps: int, rows: int) -> None:
        for step in range(steps):
            try:
                self._step(step * rows, rows, resets=True)
            except RewardError as error:
                raise RewardError(
                    f"At step {step} of the rollout: {error.what}", allowed=error.allowed, fix=error.fix
                ) from error

    def _step(self, first: int, rows: int, *, resets: bool) -> None:
        window = slice(first, first + rows)
        signals = {name: values[window] for name, values in self.signals.items()}
        if self.reward.source.uses_memory:
            self._prepare_memory(window, rows, resets=resets)
        returned = self.reward(signals, self.memory)
        try:
            output = validated(returned, rows)
        except RewardError as error:
            raise _with_inputs(error, returned, signals, rows) from error
        names = list(output.components)
        if names != self.names:
            self._accept_names(names)
        self.memory = output.memory
        self.output[0, window] = output.reward
        for row, values in enumerate(output.components.values(), 1):
            self.output[row, window] = values

    def _prepare_memory(self, window: slice, rows: int, *, resets: bool) -> None:
        if self.memory is None:
            self.memory, self.memory_rows = self.reward.initial_memory(rows), rows
        elif rows != self.memory_rows:
            if not (resets and self.resets[window].all()):
                raise WorkerError(
                    f"the reward's memory holds {self.memory_rows} rows and the request has {rows}",
                    allowed="the same worlds in every request, or a request in which all of them are reset",
                )
            self.memory, self.memory_rows = self.reward.initial_memory(rows), rows
        elif resets and self.resets[window].any():
            self.memory = self.reward.reset_memory(self.memory, self.resets[window])

    def _accept_names(self, names: list[str]) -> None:
        if self.names:
            raise RewardError(
                f"The components changed from {self.names} to {names}.",
                allowed="the same component names, in the same order, from every call",
                fix="Return every component always; use np.where to make one zero where it does not apply.",
            )
        if len(names) >= len(self.output):
            raise RewardError(f"{len(names)} components.", allowed=f"at most {len(self.output) - 1}")
        self.names = names


def _with_inputs(
    error: RewardError, output: RewardOutput, signals: Mapping[str, np.ndarray], rows: int
) -> RewardError:
    """Add the inputs of the first row that is not finite, so that whoever fixes the reward sees the cause."""
    for value in (output.reward, *output.components.values()):
        array = np.asarray(value) if not isinstance(value, list | tuple) else np.empty(0)
        if array.shape != (rows,) or array.dtype.kind != "f" or np.isfinite(array).all():
            continue
        row = int(np.argmin(np.isfinite(array)))
        shown = [f"{name} = {_short(values[row])}" for name, values in list(signals.items())[:_SHOWN_SIGNALS]]
        what = f"{error.what} Inputs of row {row}: {', '.join(shown)}."
        return RewardError(what, allowed=error.allowed, fix=error.fix)
    return error


def _short(value: np.ndarray) -> str:
    flat = [f"{number:.6g}" for number in np.ravel(value)[:8].tolist()]
    if np.ndim(value) == 0:
        return flat[0]
    return f"[{', '.join(flat)}{', ...' if np.size(value) > len(flat) else ''}]"


def fault_reply(status: int, number: int, error: RewardError | WorkerError) -> bytes:
    """Return the packet that passes an error on."""
    texts = [text[: protocol.MAX_TEXT] for text in (error.what, error.allowed, error.fix)]
    return protocol.REPLY.pack(status, 0, number) + json.dumps(texts).encode()
