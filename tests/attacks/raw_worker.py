"""A reward worker without critic and loader: it executes whatever it is sent, behind the same layers.

This is what an attacker has who got past everything that reads code. The zygote imports this module, so that
each tool below is at hand after the lock-down, when nothing can be imported any more.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.process
import ctypes
import ctypes.util
import encodings.idna
import gc
import glob
import http.client
import inspect
import multiprocessing.popen_fork
import pathlib
import pickle
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import unicodedata
import urllib.request
from typing import Any, NoReturn

import numpy.ctypeslib
import numpy.random

from eureka_agent.errors import RewardError
from eureka_agent.isolation import worker
from eureka_agent.rewards.facade import backend_for
from eureka_agent.rewards.loader import RewardFunction
from eureka_agent.rewards.output import RewardOutput
from eureka_agent.rewards.source import RewardSource

TOOLS = (
    asyncio, concurrent.futures.process, ctypes.util, encodings.idna, gc, glob, http.client, inspect,
    multiprocessing.popen_fork, numpy.ctypeslib, numpy.random, pathlib, pickle, random, re, resource, shutil,
    subprocess, sys, tempfile, threading, unicodedata, urllib.request,
)  # fmt: skip


class AnyCode(RewardFunction):
    """A module executed as it is, with all of Python's functions."""

    def __init__(self, text: str) -> None:
        self._scope: dict[str, Any] = {"__name__": "reward"}
        try:
            exec(compile(text, "<reward>", "exec", dont_inherit=True), self._scope)
            entry = self._scope["compute_reward"]
            names = entry.__code__.co_varnames[: entry.__code__.co_argcount]
        except Exception as error:  # noqa: BLE001 - whatever it was, the test wants to hear of it
            _tell(error)
        signals = tuple(name for name in names if name != "memory")
        self.source = RewardSource(text, signals, "memory" in names, self._scope.get("MEMORY", {}))
        self._backend = backend_for("numpy")

    def __call__(self, signals: Any = None, /, memory: Any = None, **named: Any) -> RewardOutput:
        more = {"memory": memory} if self.source.uses_memory else {}
        try:
            return RewardOutput(*self._scope["compute_reward"](**signals, **more))
        except Exception as error:  # noqa: BLE001
            _tell(error)


def _tell(error: Exception) -> NoReturn:
    cause = f" because of {error.__cause__}" if error.__cause__ else ""
    raise RewardError(f"{type(error).__name__}: {error}{cause}") from error


def load_any(text: str, *, signals: list[str]) -> AnyCode:
    return AnyCode(text)


def main(payload: dict[str, Any], fds: list[int]) -> None:
    worker.main(payload, fds, load=load_any)
