"""The inside of processes that step environments: a server that forks, and what its children answer.

The server is forked from a training before that has threads other than Python's, and never has any: its
children can be forked safely whenever worlds are made. Nobody outlives the training: the kernel ends the
server with it and the children with the server, and each ends when its channel does.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import numpy as np

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.isolation.kernel import die_with_parent
from eureka_agent.tasks.culprit import FOREIGN, raised
from eureka_agent.tasks.envs import LocalEnvs
from eureka_agent.tasks.hanging import end_process_if_hung
from eureka_agent.tasks.task import Task

DONE, RAISED, HUNG = "done", "raised", "hung"
"""Kinds of answers: with a result, with an error, with an error of a process that is given up."""


def serve_forks(control: socket.socket, task: Task, asker: int) -> NoReturn:
    """Fork a process for every descriptor that arrives on `control`; end with the process `asker`."""
    _end_with(asker)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides what an interruption means
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    server = os.getpid()
    while True:
        word, fds, _, _ = socket.recv_fds(control, 1, 1)
        if not word:
            os._exit(0)
        for fd in fds:
            try:
                pid = os.fork()
            except OSError:
                pid = -1  # the channel closes, which says it
            if pid == 0:
                _become_stepper(control, fd, task, server)
            os.close(fd)


def _become_stepper(control: socket.socket, fd: int, task: Task, server: int) -> NoReturn:
    try:
        _end_with(server)
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _answer_all(Connection(fd), task)
    finally:
        os._exit(1)


def _end_with(parent: int) -> None:
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)


def _answer_all(channel: Connection, task: Task) -> None:
    """Build environments with the seeds that come first, then do what is asked for until nobody asks."""
    end_process_if_hung(lambda error: channel.send((HUNG, error)))
    envs: LocalEnvs | None = None
    while True:
        try:
            method, arguments = channel.recv()
        except (EOFError, OSError):
            break
        try:
            if envs is None:
                envs, result = _built(task, *arguments), None
            else:
                result = _asked(envs, method, arguments)
            channel.send((DONE, result))
        except (EurekaError, MemoryError) as error:
            channel.send((RAISED, error))
        except FOREIGN as error:
            name = type(envs.envs[0].unwrapped).__name__ if envs else task.env_id
            channel.send((RAISED, _foreign(error, name)))
    if envs is not None:
        envs.close()


def _built(task: Task, seeds: list[int]) -> LocalEnvs:
    """Environments that draw from the generators of the whole process must not draw alike in all of them."""
    random.seed(seeds[0])
    np.random.seed(seeds[0] % 2**32)
    return LocalEnvs(task, seeds)


def _asked(envs: LocalEnvs, method: str, arguments: tuple[Any, ...]) -> Any:
    member = getattr(envs, method)
    return member(*arguments) if callable(member) else member


def _foreign(error: BaseException, name: str) -> TaskError:
    return TaskError(
        f"Stepping {name} raised {raised(error)}",
        fix="Run the environment alone with random actions to see where it fails.",
    )
