"""Shared by all trainers in the parent: signal layouts, and results of untrusted children."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import RewardError, StoreError
from eureka_agent.files import disk_errors
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Outcome, TrainingFailure

CANNOT_WRITE = os.EX_IOERR
"""Exit code of a child that could not write its results: no fault of any reward."""


class _Result(BaseModel):
    """The result file of a child; anything else is not a result."""

    model_config = ConfigDict(extra="forbid")

    job: str
    evaluation: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None


_EVALUATION, _FAILURE = TypeAdapter(Evaluation), TypeAdapter(TrainingFailure)


def layout_for(task: Task, arguments: Sequence[str], rows: int) -> SignalLayout:
    """Return the shared-memory layout for the signals a reward asks for; RewardError if one is unknown."""
    readable = {signal.name: signal for signal in task.readable_signals}
    signals = []
    for name in arguments:
        signal = readable.get(name)
        if signal is None:
            known = ", ".join(s.name for s in task.signals)
            raise RewardError(
                f"'{name}' is not a signal of {task.name}.", allowed=known, fix="Use a known signal."
            )
        signals.append((name, signal.shape, signal.dtype))
    return SignalLayout.build(signals, capacity=rows)


@contextmanager
def ending_where_the_disk_does(folder: Path) -> Iterator[None]:
    """End this process with `CANNOT_WRITE` where the disk under `folder` is full or broken."""
    try:
        with disk_errors(folder):
            yield
    except StoreError as error:
        raise SystemExit(CANNOT_WRITE) from error


def check_it_could_write(exit_code: int | None, folder: Path) -> None:
    """Raise StoreError if a child ended because it could not write under `folder`."""
    if exit_code == CANNOT_WRITE:
        raise StoreError(
            f"A training could not write its results to {folder}.",
            allowed="a run folder on a disk with free space and write permission",
            fix="Free some space, then give the same command again: the run continues where it stopped.",
        )


def read_result(path: Path, job: str, exit_code: int | None, fault: str = "") -> Outcome:
    """Read a child's result file; anything but a complete file for this job is a failure.

    `exit_code` and `fault` are those of its `ChildEnd`. Raises StoreError where there is no file because the
    disk is full.
    """
    if not path.exists():
        check_it_could_write(exit_code, path.parent)
    try:
        result = _Result.model_validate_json(path.read_bytes())
        if result.job != job:
            raise ValueError(f"it is the result of {result.job}")
        if result.failure is not None:
            return _FAILURE.validate_python(result.failure)
        evaluation = _EVALUATION.validate_python(result.evaluation)
        json.dumps(asdict(evaluation), allow_nan=False)  # what the log cannot hold is no result
    except FileNotFoundError:
        reason = f"The training process ended ({exit_of(exit_code, fault)}) without a result."
        return TrainingFailure("failed", reason, crashed=True)
    except (ValueError, TypeError) as error:
        return TrainingFailure("failed", f"The training left a result that cannot be read: {error}")
    return evaluation


def exit_of(code: int | None, fault: str = "") -> str:
    """Say how a process ended."""
    if fault:
        return fault
    if code is not None and code < 0:
        return f"killed by signal {-code}, perhaps out of memory"
    return f"exit code {code}"
