"""The asker's side of a reward worker: signals in, a validated reward out.

Nothing that a worker says is believed: sizes come from the request, values are copied before they are looked
at, and a reply outside the protocol counts as a crash.
"""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from eureka_agent.errors import RewardError, WorkerCrashedError, WorkerError, WorkerTimeoutError
from eureka_agent.isolation import protocol
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.rewards.output import RewardOutput, is_component_name


class RewardWorker:
    """A running reward; get one from `RewardSandbox.spawn`, or from `attach` in another process.

    `arguments` are the signals that the reward reads; the others need not be given. One request runs at a
    time; after a timeout or a crash every further one raises WorkerCrashedError. Ask from one process only:
    memory belongs to the worker, not to the asker.
    """

    def __init__(self, layout: SignalLayout, fds: Sequence[int], *, child: int | None = None) -> None:
        """Take over `fds`: channel, input region, output region, lifeline."""
        self.layout = layout
        self.child = child
        self.arguments: tuple[str, ...] = ()
        self.uses_memory = False
        self.component_names: tuple[str, ...] | None = None
        self._channel = socket.socket(fileno=fds[0])
        self._fds = tuple(fds[1:])
        inputs = mmap.mmap(fds[1], layout.input_bytes)
        self._views = layout.signal_views(inputs)
        self._resets = layout.resets_view(inputs)
        self._output = layout.output_view(mmap.mmap(fds[2], layout.output_bytes, access=mmap.ACCESS_READ))
        self._reply = bytearray(protocol.MAX_PACKET)
        self._number = 0
        self._broken = ""
        self._closed = False
        self._lock = threading.Lock()

    @classmethod
    def attach(cls, handle: Mapping[str, Any], fds: Sequence[int]) -> RewardWorker:
        """Become the asker in another process, with what `handle()` gave there; takes over `fds`."""
        worker = cls(SignalLayout.from_json(handle["layout"]), fds)
        worker._introduce(handle)
        return worker

    def handle(self) -> tuple[dict[str, Any], list[int]]:
        """Return what `attach` needs: a JSON-serialisable dictionary, and descriptors to pass along.

        The descriptors stay this object's own, and so does the worker's life: it ends when the last holder
        of the descriptors has closed them.
        """
        introduction = {"arguments": list(self.arguments), "uses_memory": self.uses_memory}
        return {"layout": self.layout.to_json(), **introduction}, [self._channel.fileno(), *self._fds]

    def load(self, source: str, timeout_s: float) -> None:
        """Send the reward's source, once, and wait until it is loaded; raises RewardError where it is not."""
        body = source.encode(errors="replace")
        if len(body) > protocol.MAX_SOURCE - 1:
            raise RewardError(
                f"The reward has {len(body)} bytes.",
                allowed=f"fewer than {protocol.MAX_SOURCE} bytes",
                fix="Write a shorter reward; tables of numbers do not belong into one.",
            )
        with self._lock:
            _, rest = self._exchange(b"S" + body, timeout_s)
            self._introduce(self._parsed(rest))

    def compute(
        self,
        signals: Mapping[str, np.ndarray],
        *,
        resets: np.ndarray | None = None,
        timeout_s: float = 5.0,
    ) -> RewardOutput:
        """Compute the reward of one step.

        Args:
            signals: name to array `(rows, ...)`; names that the reward does not read are ignored.
            resets: bool `(rows,)`, True where this step is the first of an episode; its memory starts anew.
            timeout_s: seconds to wait for the answer.

        Returns:
            float32 reward `(rows,)` and components, finite; the memory stays in the worker (None here).

        Raises:
            RewardError: the reward raised, or its output is outside the contract.
            WorkerTimeoutError: no answer in time; kill the worker (`RewardSandbox.kill`).
            WorkerCrashedError: the worker has ended.
            WorkerError: the request itself does not fit the layout.
        """
        with self._lock:
            (rows,) = self._fill(signals, resets, axes=1)
            return self._ask(protocol.ONCE, 1, rows, resets is not None, timeout_s)

    def compute_rollout(
        self, signals: Mapping[str, np.ndarray], *, resets: np.ndarray, timeout_s: float = 60.0
    ) -> RewardOutput:
        """Compute the rewards of a whole rollout in one request.

        Without memory the reward is called once with all `T * N` rows; with memory `T` times in order.

        Args:
            signals: name to array `(T, N, ...)`; names that the reward does not read are ignored.
            resets: bool `(T, N)`; `resets[t, n]` means that step t is the first of an episode of world n.
            timeout_s: seconds to wait for the whole answer.

        Returns:
            float32 reward and components `(T, N)`, finite. Raises what `compute` raises.
        """
        with self._lock:
            steps, rows = self._fill(signals, resets, axes=2)
            kind = protocol.IN_ORDER if self.uses_memory else protocol.ONCE
            flat = self._ask(kind, steps, rows, True, timeout_s)
        shape = (steps, rows)
        components = {name: values.reshape(shape) for name, values in flat.components.items()}
        return RewardOutput(flat.reward.reshape(shape), components, None)

    def close(self) -> None:
        """Let go of the worker, which then ends by itself; may be called again."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._broken = self._broken or "it was closed"
            self._channel.close()
            for fd in self._fds:
                os.close(fd)
            self._views = {}  # the last references to the mapped memory
            self._resets = self._output = np.empty(0)

    def _introduce(self, introduction: Any) -> None:
        """Take in what a worker says of its reward, which may be anything."""
        arguments = introduction.get("arguments") if isinstance(introduction, Mapping) else None
        if not isinstance(arguments, list) or not all(
            isinstance(name, str) and name in self._views for name in arguments
        ):
            self._break("it answered outside the protocol")
        self.arguments = tuple(arguments)
        self.uses_memory = introduction.get("uses_memory") is True

    def _fill(
        self, signals: Mapping[str, np.ndarray], resets: np.ndarray | None, *, axes: int
    ) -> tuple[int, ...]:
        """Copy the signals that the reward reads into shared memory; return the leading axes' lengths."""
        if self._broken:
            self._break(self._broken)
        if missing := [name for name in self.arguments if name not in signals]:
            raise WorkerError(f"the request lacks the signals {missing}", allowed=f"all of {self.arguments}")
        first = signals[self.arguments[0]] if self.arguments else next(iter(signals.values()), ())
        leading = np.shape(first)[:axes]
        count = math.prod(leading)
        if len(leading) != axes or not 1 <= count <= self.layout.capacity:
            raise WorkerError(f"a request of shape {leading}", allowed=f"1 to {self.layout.capacity} rows")
        for name in self.arguments:
            _copy(name, signals[name], self._views[name][:count], leading)
        if resets is not None:
            _copy("resets", resets, self._resets[:count], leading)
        return leading

    def _ask(self, kind: int, steps: int, rows: int, resets: bool, timeout_s: float) -> RewardOutput:
        flags = protocol.HAS_RESETS if resets else 0
        if self.component_names is None:
            flags |= protocol.ANNOUNCE
        self._number = (self._number + 1) & 0xFFFFFFFF
        request = protocol.REQUEST.pack(kind, flags, self._number, steps, rows)
        components, rest = self._exchange(request, timeout_s)
        if self.component_names is None:
            self.component_names = self._accepted_names(self._parsed(rest))
        if components != len(self.component_names):
            self._break("it answered outside the protocol")
        return self._collect(self.component_names, steps * rows)

    def _exchange(self, request: bytes, timeout_s: float) -> tuple[int, bytes]:
        """Send one packet, wait for its reply, raise its error; return the component count and the rest."""
        if self._broken:
            self._break(self._broken)
        try:
            self._channel.settimeout(timeout_s)
            self._channel.send(request)
            size = self._channel.recv_into(self._reply)
        except TimeoutError:
            self._broken = f"it did not answer within {timeout_s:g} s before"
            raise WorkerTimeoutError(
                f"The reward did not answer within {timeout_s:g} s.",
                fix="Avoid loops over rows or steps: use array operations on all rows at once.",
            ) from None
        except OSError:
            size = 0
        if size < protocol.REPLY.size:
            self._break("its process ended")
        status, components, number = protocol.REPLY.unpack_from(self._reply)
        rest = bytes(self._reply[protocol.REPLY.size : size])
        if number != self._number or status not in (protocol.OK, protocol.REWARD_FAULT, protocol.ASKER_FAULT):
            self._break("it answered outside the protocol")
        if status != protocol.OK:
            self._raise_fault(status, self._parsed(rest))
        return components, rest

    def _parsed(self, text: bytes) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            self._break("it answered outside the protocol")

    def _raise_fault(self, status: int, texts: Any) -> NoReturn:
        if not (isinstance(texts, list) and len(texts) == 3 and all(isinstance(text, str) for text in texts)):
            self._break("it answered outside the protocol")
        what, allowed, fix = (protocol.plain(text[: protocol.MAX_TEXT]) for text in texts)
        kind = RewardError if status == protocol.REWARD_FAULT else WorkerError
        raise kind(what, allowed=allowed, fix=fix)

    def _accepted_names(self, names: Any) -> tuple[str, ...]:
        right = isinstance(names, list) and 1 <= len(names) <= self.layout.max_components
        if not right or not all(map(is_component_name, names)):
            self._break("it answered outside the protocol")
        if len(set(names)) != len(names):
            self._break("it answered outside the protocol")
        return tuple(names)

    def _collect(self, names: tuple[str, ...], count: int) -> RewardOutput:
        """Copy the output, then check it: the worker could still write to what it shares."""
        values = self._output[: 1 + len(names), :count].copy()
        if not np.isfinite(values).all():
            self._break("it passed on values that are not finite")
        return RewardOutput(values[0], dict(zip(names, values[1:], strict=True)), None)

    def _break(self, why: str) -> NoReturn:
        self._broken = why
        raise WorkerCrashedError(
            f"The reward worker cannot be used: {why}.",
            fix="Look for very large arrays and endless loops in the reward; start a new worker to go on.",
        )

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):  # half built, or the interpreter is ending
            self.close()


def _copy(name: str, values: Any, target: np.ndarray, leading: tuple[int, ...]) -> None:
    array = np.asarray(values)
    shape = leading + target.shape[1:]
    if array.shape != shape:
        raise WorkerError(f"'{name}' has shape {array.shape}", allowed=f"shape {shape}")
    np.copyto(target.reshape(shape), array, casting="unsafe")
