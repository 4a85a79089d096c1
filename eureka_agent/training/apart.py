"""Work with a task's environment in a separate process: an environment is third-party code."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eureka_agent.errors import EurekaError, TaskError
from eureka_agent.files import write_json
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.executor import ChildLimits, LocalExecutor

WALL_S = 900.0
_ANSWER = "answer.json"


def work_apart(
    task: Task,
    entry: str,
    folder: Path,
    payload: dict[str, Any],
    *,
    doing: str,
    hint: str = "",
    wall_s: float,
    stop: threading.Event | None = None,
) -> dict[str, Any]:
    """Have a child run `entry` (`module:function`) in `folder`, and return what it answered.

    Raises TaskError, with `hint`, where it takes longer than `wall_s` or ends without an answer, and
    whatever EurekaError it met. `doing` is what is done, e.g. "Playing". Once `stop` is set the child
    has a moment left.
    """
    told = {"task": asdict(task.ref), "folder": str(folder), **payload}
    executor = LocalExecutor(
        entry=entry, preload=(entry.partition(":")[0],), scratch=folder / "home", parallel=1,
        stop=stop or threading.Event(),
    )  # fmt: skip
    try:
        end = executor.run_child(told, (), ChildLimits(wall_s, task.budget.memory_mb))
    finally:
        executor.close()
    if end.timed_out:
        raise TaskError(
            f"{doing} {task.name} took longer than {wall_s:g} s.",
            allowed="episodes and pictures that fit into that",
            fix="Ask for less of it, or without pictures.",
        )
    answer = folder / _ANSWER
    if not answer.exists():
        raise TaskError(
            f"The environment of {task.name} ended its process (exit code {end.exit_code}).",
            allowed="an environment that can be built, reset, stepped and, for pictures, rendered",
            fix=f"Step it by hand in a fresh Python to see what it does.{hint}",
        )
    read = json.loads(answer.read_text())
    if read["error"] is not None:
        raise TaskError(**read["error"])
    return read["found"]


def answer_apart(payload: dict[str, Any], work: Callable[[Task, Path], dict[str, Any]]) -> None:
    """In the child: load the task, work with it, and write what was found or what went wrong."""
    folder = Path(payload["folder"])
    try:
        answer = {"error": None, "found": work(load_task(TaskRef(**payload["task"])), folder)}
    except EurekaError as error:
        answer = {"error": {"what": error.what, "allowed": error.allowed, "fix": error.fix}}
    write_json(folder / _ANSWER, answer)
