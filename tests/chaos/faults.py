"""What goes wrong in a chaotic run, and when: everything follows from one seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

DAY_S = 86_400.0
KILLED = ("worker", "zygote", "trainer", "server")
"""Processes whose death the run itself must survive; one of them an attempt."""
SERVICE_FAULTS = (
    "500", "529", "429", "reset", "cut", "garbage", "html", "empty object", "odd type", "slow", "length",
    "filter", "empty", "401",
)  # fmt: skip
"""What the service of language models does instead of answering; see `servers.FAULTS`."""
DISK_LEFT = 24_000
"""At most so many bytes are left free on a disk that fills up."""
_EVENTS = 24
"""Faults strike within so many events of an attempt; an undisturbed run of this size has about 40."""


@dataclass(frozen=True)
class Fault:
    """What happens in one attempt at the run."""

    kinds: tuple[str, ...]
    """Of `KILLED`, `parent` and `disk`; struck in this order."""
    after_events: int
    """The first strikes after so many events of this attempt; -1: whatever the log says."""
    delay_s: float
    """Seconds from then (from the start, if -1) to the first, and from each to the next."""
    disk_left: int
    clock: tuple[float, float, float]
    """Seconds by which the clock is wrong, by which it jumps, and after which it does."""


def plan(seed: int, *, attempts: int, disk: bool) -> list[Fault]:
    """Return what happens in the first attempts of a run."""
    chance = random.Random(f"chaos/{seed}")
    return [_fault(chance, disk=disk) for _ in range(attempts)]


def service_plan(seed: int, requests: int) -> list[str]:
    """Return what the service does with each request, `ok` for every second one or so."""
    chance = random.Random(f"service/{seed}")
    return [chance.choice(SERVICE_FAULTS) if chance.random() < 0.5 else "ok" for _ in range(requests)]


def _fault(chance: random.Random, *, disk: bool) -> Fault:
    endings: Sequence[str] = ("parent", "disk") if disk else ("parent",)
    kinds = chance.choice(
        [(chance.choice(KILLED),), (chance.choice(endings),), (chance.choice(KILLED), chance.choice(endings))]
    )
    early = chance.random() < 0.25
    return Fault(
        kinds=kinds,
        after_events=-1 if early else chance.randrange(_EVENTS),
        delay_s=chance.uniform(0.2, 5.0) if early else chance.uniform(0.0, 0.4),
        disk_left=chance.randrange(DISK_LEFT),
        clock=(chance.uniform(-DAY_S, DAY_S), chance.uniform(-DAY_S, DAY_S), chance.uniform(0.0, 6.0)),
    )
