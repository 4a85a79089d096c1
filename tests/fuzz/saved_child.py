"""Imports saved rewards in a process without any rights, and tells what that did.

The zygote imports this module; each of its children locks itself down and then takes one file a packet.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import socket
import subprocess
import warnings
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
from saved_pay import ROWS, equal_pay, paid, random_signals
from saved_watch import NAME, Watch
from saved_ways import Run, as_import, as_script, as_text, described, reads_as_script
from saved_words import ENCODINGS

from eureka_agent.errors import RewardError
from eureka_agent.isolation import warm, worker
from eureka_agent.isolation.limits import WorkerLimits
from eureka_agent.isolation.lockdown import lock_down
from eureka_agent.rewards.loader import load_reward

for _name in ENCODINGS:  # nothing can be imported after the lock-down, and a hole must not stay shut for that
    with contextlib.suppress(LookupError):
        codecs.lookup(_name)

np.random.default_rng(0)  # nor what NumPy imports at its first use
AT_HAND = (os, socket, subprocess, warm)
"""What payloads would use."""

MAX_PACKET = 2**18
_GIVEN = frozenset({*vars(ModuleType(NAME)), "__builtins__", "__annotations__"})
_ASKED_BY_IMPORTERS = ("__path__", "__all__", "__file__", "__wrapped__", "absent", "__getattr__", "__dir__")


class _Outcome(NamedTuple):
    """What came of reading a file in one way."""

    raised: str
    defined: dict[str, str]
    entry: Any


def main(payload: dict[str, Any], fds: list[int]) -> None:
    """Run in each child of the zygote: a probe of the isolation, or imports until the asker hangs up."""
    limits = WorkerLimits(**payload["limits"])
    channel = socket.socket(fileno=fds[0])
    worker.discard_output()
    if payload["kind"] == "probe":
        worker.answer_probe(channel, payload, limits)
        return
    lock_down(limits, skip=payload["skip"])
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    watch = Watch()
    while request := channel.recv(MAX_PACKET):
        channel.send(json.dumps(_answer(watch, json.loads(request))).encode())


def _answer(watch: Watch, request: dict[str, Any]) -> dict[str, Any]:
    """Import the source and each of the files written from it."""
    source = request["source"].encode()
    files = {name: text.encode("latin-1") for name, text in request["files"].items()}
    ways = {"text": (as_text, source)}
    for name, data in files.items():
        ways |= {f"{name}, import": (as_import, data)}
        ways |= {f"{name}, script": (as_script, data)} if reads_as_script(data) else {}
    outcomes: dict[str, _Outcome] = {}
    for way, (reader, data) in ways.items():
        outcomes[way] = outcome = _read(watch, reader, data)
        beyond = sorted({*outcome.defined} - {*request["names"]})
        if effects := watch.effects() + [f"defines {name}" for name in beyond]:
            return _told(outcomes, [f"{way}: {effect}" for effect in effects], [])
    differing = _differences(outcomes)
    if not differing and (request["seed"] is not None or outcomes["text"].raised):
        differing = _compared(watch, request["seed"] or 0, outcomes, next(iter(files.values())).decode())
    return _told(outcomes, watch.effects(), differing)


def _told(outcomes: dict[str, _Outcome], effects: list[str], disagreements: list[str]) -> dict[str, Any]:
    return {"effects": effects, "disagreements": disagreements, "raised": outcomes["text"].raised}


def _read(watch: Watch, reader: Any, data: bytes) -> _Outcome:
    module = ModuleType(NAME)
    scope = vars(module)
    try:
        run: Run = reader(data, scope)
        with watch.on():
            run()
            for name in _ASKED_BY_IMPORTERS:
                hasattr(module, name)
            dir(module)
    except BaseException as error:  # noqa: BLE001 - a payload may raise anything
        return _Outcome(type(error).__name__, {}, None)
    return _Outcome("", described(scope, _GIVEN), scope.get("compute_reward"))


def _differences(outcomes: dict[str, _Outcome]) -> list[str]:
    """Return in which ways the file is another one than the text that was checked."""
    checked = outcomes["text"]
    found = [f"{way}: {o.raised or 'no error'}" for way, o in outcomes.items() if o.raised != checked.raised]
    found += [f"{way}: other definitions" for way, o in outcomes.items() if o.defined != checked.defined]
    uncallable = not checked.raised and not isinstance(checked.entry, FunctionType)
    return [*found, "compute_reward cannot be called"] if uncallable else found


def _compared(watch: Watch, seed: int, outcomes: dict[str, _Outcome], text: str) -> list[str]:
    """Return how the plain functions differ from the loaded reward on random signals."""
    try:
        loaded = load_reward(text, strict=True)
    except RewardError as error:
        return [] if outcomes["text"].raised else [f"does not load: {error.what[:200]}"]
    if outcomes["text"].raised:
        return [f"loads, but plain Python raises {outcomes['text'].raised}"]
    signals = random_signals(np.random.default_rng(seed), loaded.source.arguments)
    expected, found = paid(loaded, signals, loaded.initial_memory(ROWS)), list[str]()
    for way, outcome in outcomes.items():

        def plain(given: Any, memory: Any, entry: Any = outcome.entry) -> Any:
            with watch.on():
                return entry(**given, **({"memory": memory} if loaded.source.uses_memory else {}))

        got = paid(plain, signals, loaded.initial_memory(ROWS))
        found += [] if equal_pay(got, expected) else [f"{way}: pays another reward"]
    return found
