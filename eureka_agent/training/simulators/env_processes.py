"""Environments stepped in several processes, each of which has some neighbouring worlds.

The processes only step. All else is done on the whole batch by whoever asks them, so that results do not
depend, not even in their last bit, on how many there are.
"""

from __future__ import annotations

import contextlib
import os
import socket
import weakref
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks import hanging
from eureka_agent.tasks.envs import EnvSteps
from eureka_agent.tasks.task import Array, Task
from eureka_agent.training.simulators.env_server import DONE, HUNG, serve_forks


class Spaces(NamedTuple):
    """What one environment observes and does."""

    observation: gym.Space
    action: gym.Space


class EnvServer:
    """Starts processes that step one task's environments; see `env_server`."""

    def __init__(self, task: Task, env: gym.Env) -> None:
        """Fork the server, from a process whose threads are all Python's. Raises OSError.

        `env` is one of the task's environments, to know their spaces by; it may be closed.
        """
        self.name = task.name
        self.spaces = Spaces(env.observation_space, env.action_space)
        asker = os.getpid()
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                serve_forks(theirs, task, asker)
            finally:
                os._exit(1)
        theirs.close()
        self.pid = pid
        self._control = ours
        self.close: Callable[[], object] = weakref.finalize(self, _end_server, ours, pid, asker)
        """Ends the server; what it started ends with it."""

    def make(self, seeds: Sequence[int], processes: int) -> ProcessEnvs:
        """Return environments with these seeds, in so many processes at most; raises what building raises."""
        parts = np.array_split(np.arange(len(seeds)), min(processes, len(seeds)))
        slices = [_Slice(self._channel(), len(part)) for part in parts]
        return ProcessEnvs(self, slices, [[int(seeds[world]) for world in part] for part in parts])

    def _channel(self) -> Connection:
        ours, theirs = socket.socketpair()
        # Where the server is gone, so will be the other end, which says it.
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self._control, [b"+"], [theirs.fileno()])
        return Connection(ours.detach())


def _end_server(control: socket.socket, pid: int, asker: int) -> None:
    control.close()
    if os.getpid() == asker:  # a fork holds a copy of this
        os.waitpid(pid, 0)


class _Slice:
    """Neighbouring worlds in one process."""

    def __init__(self, channel: Connection, worlds: int) -> None:
        self.channel, self.worlds = channel, worlds

    def ask(self, method: str, *arguments: Any) -> None:
        """Have a method called there; `answer` waits for it."""
        with contextlib.suppress(
            OSError
        ):  # it has ended: its last word, or that there is none, is the answer
            self.channel.send((method, arguments))

    def answer(self) -> tuple[str, Any] | None:
        """Return the kind of the answer and what it holds; None where the process ended without one."""
        try:
            return self.channel.recv()
        except (EOFError, OSError):
            return None


class ProcessEnvs:
    """Environments in other processes; see `Envs`."""

    def __init__(self, server: EnvServer, slices: Sequence[_Slice], seeds: Sequence[list[int]]) -> None:
        """`seeds` are those of each slice's worlds."""
        self._server = server  # which ends, and these processes with it, once nobody refers to it
        self._slices = list(slices)
        self.observation_space, self.action_space = server.spaces
        try:
            self._each("build", [(own,) for own in seeds])
        except BaseException:
            self.close()
            raise

    def reset(self) -> dict[str, Array]:
        """See `Envs`."""
        return self._joined(self._each("reset"))

    def step(self, actions: Array) -> EnvSteps:
        """See `Envs`."""
        steps: list[EnvSteps] = self._each("step", [(part,) for part in self._split(actions)])
        return EnvSteps(
            self._joined([step.after for step in steps]),
            np.concatenate([step.native_reward for step in steps]),
            np.concatenate([step.terminated for step in steps]),
            np.concatenate([step.truncated for step in steps]),
            self._joined([step.fresh for step in steps if step.fresh]),
        )

    @property
    def supports_snapshot(self) -> bool:
        """See `Envs`."""
        return all(self._each("supports_snapshot"))

    def read_states(self, worlds: Sequence[int]) -> list[Any]:
        """See `Envs`."""
        asked = self._where(worlds)
        answers = [iter(states) for states in self._each("read_states", [(own,) for own in asked])]
        return [next(answers[self._slice_of(world)]) for world in worlds]

    def write_states(self, worlds: Sequence[int], states: Sequence[Any]) -> None:
        """See `Envs`."""
        own: list[list[Any]] = [[] for _ in self._slices]
        for world, state in zip(worlds, states, strict=True):
            own[self._slice_of(world)].append(state)
        self._each("write_states", list(zip(self._where(worlds), own, strict=True)))

    def retain(self, worlds: Sequence[int]) -> None:
        """See `Envs`."""
        kept = self._where(worlds)
        going_on = [index for index, own in enumerate(kept) if own]
        for index, one in enumerate(self._slices):
            if not kept[index]:
                one.channel.close()
        self._slices = [self._slices[index] for index in going_on]
        kept = [kept[index] for index in going_on]
        self._each("retain", [(own,) for own in kept])
        for one, own in zip(self._slices, kept, strict=True):
            one.worlds = len(own)

    def close(self) -> None:
        """End the processes."""
        for one in self._slices:
            one.channel.close()

    def _each(self, method: str, arguments: Sequence[tuple[Any, ...]] | None = None) -> list[Any]:
        """Call a method in every process at once; raises what the first of them raised."""
        given = arguments or [()] * len(self._slices)
        for one, own in zip(self._slices, given, strict=True):
            one.ask(method, *own)
        answers = [one.answer() for one in self._slices]  # all of them: no answer may be left for the next
        return [self._result(answer) for answer in answers]

    def _result(self, answer: tuple[str, Any] | None) -> Any:
        if answer is None:
            raise TaskError(
                f"A process that stepped environments of {self._server.name} ended without a word.",
                allowed="environments that end neither their process nor its memory",
                fix="Run the environment alone with random actions; look for a crash in native code, an exit "
                "or too little memory.",
            )
        kind, held = answer
        if kind == DONE:
            return held
        if kind == HUNG:
            hanging.report(held)
        raise held

    def _joined(self, parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
        """Return the worlds of all slices as arrays; raises TaskError where their shapes differ."""
        names = parts[0] if parts else ()
        try:
            return {name: np.concatenate([part[name] for part in parts]) for name in names}
        except ValueError as error:
            raise TaskError(
                f"Environments of {self._server.name} show state of different shapes.",
                allowed="one shape for all",
            ) from error

    def _starts(self) -> Array:
        return np.cumsum([0, *(one.worlds for one in self._slices)])

    def _split(self, rows: Array) -> list[Array]:
        return np.split(rows, self._starts()[1:-1])

    def _slice_of(self, world: int) -> int:
        return int(np.searchsorted(self._starts(), world, side="right")) - 1

    def _where(self, worlds: Sequence[int]) -> list[list[int]]:
        """Return for every slice which of its own worlds are meant, in the order of `worlds`."""
        found: list[list[int]] = [[] for _ in self._slices]
        starts = self._starts()
        for world in worlds:
            index = self._slice_of(world)
            found[index].append(int(world - starts[index]))
        return found
