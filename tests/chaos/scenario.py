"""The chaotic runs that are tried: two trainers, replies from a recording or from a service that fails."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disk import Disk, small_disk
from engine import CHECKOUT, Chaos
from faults import plan, service_plan
from invariants import differences, end_of, violations_of
from replies import GENERATIONS, SAMPLES, author, write_recording
from servers import Service, serving

PATIENCE = 4
"""Undisturbed attempts after the disturbed ones. A refused key ends one; so may a service that fails on."""
_SMALL: dict[str, Any] = {
    "task": "cartpole", "generations": GENERATIONS, "samples": SAMPLES, "env_steps": 512, "confirm_top": 1,
    "confirm_seeds": 2, "target": 1e9, "budget_minutes": 60.0, "parallel": 2, "film": False,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One chaotic run."""

    seed: int
    trainer: str
    wire: bool
    """Whether replies come from a service that fails; else from a recording."""
    disk: bool
    attempts: int = 4
    """How often it is disturbed."""


@dataclass(frozen=True)
class Report:
    """How it went."""

    case: Case
    violations: tuple[str, ...]
    struck: dict[str, int]
    attempts: int
    wall_s: float


def undisturbed(trainer: str, root: Path) -> dict[str, Any]:
    """Return the end of a run that nothing happens to."""
    root.mkdir(parents=True, exist_ok=True)
    chaos = _chaos(root, root / "runs", trainer, model=f"replay:{write_recording(root / 'replies.jsonl')}")
    assert chaos.run([], patience=1), (chaos.violations, chaos.said)
    (log,) = chaos.logs
    return end_of(log)


def disturbed(case: Case, root: Path, expected: dict[str, Any] | None) -> Report:
    """Run `case` under `root`; `expected` is the end it must come to, where its replies are replayed."""
    root.mkdir(parents=True)
    started = time.monotonic()
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(root / "disk")) if case.disk else None
        service = stack.enter_context(_service(case.seed)) if case.wire else None
        runs = (disk.root if disk is not None else root) / "runs"
        if service is not None:
            chaos = _chaos(root, runs, case.trainer, disk, model="openai/small-model-1")
            chaos.evolve |= {"base_url": service.base_url, "max_parallel_requests": 1}
        else:
            recording = write_recording(root / "replies.jsonl")
            chaos = _chaos(root, runs, case.trainer, disk, model=f"replay:{recording}")
        faults = plan(case.seed, attempts=case.attempts, disk=case.disk)
        finished = chaos.run(faults, patience=PATIENCE)
        wall_s = time.monotonic() - started
        if finished:
            delivered = len(service.delivered) if service is not None else None
            chaos.violations += _violations(chaos, wall_s, delivered, expected)
    return Report(case, tuple(chaos.violations), dict(chaos.struck), chaos.attempts, wall_s)


def _violations(
    chaos: Chaos, wall_s: float, delivered: int | None, expected: dict[str, Any] | None
) -> Iterator[str]:
    if len(chaos.logs) != 1:
        yield f"there are {len(chaos.logs)} runs instead of one"
    log = chaos.logs[-1]
    yield from violations_of(log, wall_s=wall_s, delivered=delivered)
    if expected is not None:
        yield from (f"another end: {words}" for words in differences(end_of(log), expected))


@contextmanager
def _service(seed: int) -> Iterator[Service]:
    requests = 3 * GENERATIONS * SAMPLES
    with serving(Service("openai", service_plan(seed, requests), say=author())) as service:
        yield service


def _chaos(root: Path, runs: Path, trainer: str, disk: Disk | None = None, *, model: str) -> Chaos:
    runs.mkdir(parents=True, exist_ok=True)
    (root / "tmp").mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "HOME": str(root),
        "TMPDIR": str(root / "tmp"),
        # Compiled programs are shared; replies must not be, or no service would be asked.
        "XDG_CACHE_HOME": str(Path(tempfile.gettempdir()) / f"eureka-chaos-cache-{os.getuid()}"),
        "OPENAI_API_KEY": "sk-chaos",
    }
    options = _SMALL | {"trainer": trainer, "model": model, "runs": str(runs), "reply_cache": False}
    return Chaos(options, environment, root, disk)
