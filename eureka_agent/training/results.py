"""What trainers of every kind need on the asking side: signal layouts, and results read with suspicion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.errors import EurekaError, RewardError
from eureka_agent.isolation.layout import SignalLayout
from eureka_agent.store.state import evaluation_from_json
from eureka_agent.tasks.task import Task
from eureka_agent.training.job import Outcome, TrainingFailure


class _Result(BaseModel):
    """The file a child leaves; anything else is no result."""

    model_config = ConfigDict(extra="forbid")

    job: str
    evaluation: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None


def layout_for(task: Task, arguments: Sequence[str], rows: int) -> SignalLayout:
    """Return the shared-memory layout for the signals a reward asks for; RewardError if one is unknown."""
    signals = []
    for name in arguments:
        signal = task.signal(name)
        if signal is None:
            known = ", ".join(s.name for s in task.signals)
            raise RewardError(
                f"'{name}' is no signal of {task.name}.", allowed=known, fix="Use a known signal."
            )
        signals.append((name, signal.shape, signal.dtype))
    return SignalLayout.build(signals, capacity=rows)


def read_result(path: Path, job: str, exit_code: int | None) -> Outcome:
    """Read a child's result file; anything but a complete file for this job is a failure."""
    try:
        result = _Result.model_validate_json(path.read_bytes())
        if result.job != job:
            raise ValueError(f"it is the result of {result.job}")
        if result.failure is not None:
            curve = tuple((fitness, error) for fitness, error in result.failure.get("curve", ()))
            return TrainingFailure(**{**result.failure, "curve": curve})
        evaluation: Evaluation = evaluation_from_json(result.evaluation or {})
    except FileNotFoundError:
        return TrainingFailure(
            "failed", f"The training process ended ({exit_of(exit_code)}) without a result."
        )
    except (ValidationError, ValueError, TypeError, KeyError, EurekaError) as error:
        return TrainingFailure("failed", f"The training left a result that cannot be read: {error}")
    return evaluation


def exit_of(code: int | None) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        return f"killed by signal {-code}, perhaps for want of memory"
    return f"exit code {code}"
