"""Logs that somebody else wrote, each with a task whose code leaves a mark if anybody runs it."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eureka_agent.api.consent import Consent
from eureka_agent.api.resuming import resumable
from eureka_agent.config import TaskChoice, make_config
from eureka_agent.store.events import read_events
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.ownership import new_run_id, record_run
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task

TOML = """
description = "Balance."
reference = "native"
[environment]
id = "CartPole-v1"
[fitness]
summary = "return"
reduce = "native_return"
[[signals]]
name = "angle"
shape = []
"""
TASK = """
def initial_signals(state):
    return {}

def signals(before, action, after):
    return {}
"""
SOURCE = "def compute_reward(pole_angle):\n    calm = -abs(pole_angle)\n    return calm, {'calm': calm}\n"


@dataclass(frozen=True)
class Mark:
    """A file that is there if the code ran."""

    path: Path

    @property
    def left(self) -> bool:
        return self.path.exists()

    @property
    def code(self) -> str:
        """A line of Python that leaves the mark."""
        return f"import pathlib; pathlib.Path({str(self.path)!r}).touch()\n"

    def __reduce__(self) -> Any:
        """Leave the mark when this is unpickled."""
        return Path.touch, (self.path,)


KINDS = ("folder", "factory", "gym", "pickled")


def marking_task(kind: str, folder: Path, mark: Mark) -> TaskChoice:
    """Return a task of `kind` whose code lies in `folder` and leaves the mark."""
    module = f"marking_{kind}_{new_run_id()}"  # a process imports a module once: no other test has its name
    if kind == "pickled":
        return TaskChoice(kind=kind, value=base64.b64encode(pickle.dumps(mark)).decode())
    if kind == "folder":
        place = folder / "theirs"
        place.mkdir(parents=True)
        (place / "task.toml").write_text(TOML)
        (place / "task.py").write_text(mark.code + TASK)
        return TaskChoice(kind=kind, value=str(place))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(
        mark.code + "import gymnasium\ndef make(**kwargs):\n    return gymnasium.make('CartPole-v1')\n"
        f"gymnasium.register('Marking-v0', entry_point={module!r} + ':make')\n"
    )
    if kind == "gym":
        return TaskChoice(kind=kind, value=f"{module}:Marking-v0")
    return TaskChoice(kind=kind, value=f"{module}:make", options={"path": str(folder)})


CANDIDATE: dict[str, Any] = {
    "generation": 0, "index": 0, "operator": "seed", "parents": [], "proposer": "search", "source": SOURCE,
    "genome": None, "status": "proposed", "reason": "", "findings": [],
}  # fmt: skip


def foreign_run(
    root: Path,
    task: TaskChoice,
    *,
    events: Sequence[dict[str, Any]] = (),
    own: bool = False,
    start: dict[str, Any] | None = None,
    **options: Any,
) -> RunFolder:
    """Write the log of a run that was started and holds one candidate; recorded as this person's if `own`."""
    config = make_config({"task": vars(task), **options}).to_json()
    run_id = new_run_id()
    if own:
        assert record_run(run_id, config, root)
    begun = {
        "type": "run_started",
        "config": config,
        "digest": make_config(config).digest(),
        "run_id": run_id,
    }
    rows = [begun | (start or {}), {"type": "candidate_proposed", "candidate": CANDIDATE}, *events]
    root.mkdir(parents=True)
    folder = RunFolder(root)
    lines = [json.dumps({"v": 1, "seq": n, "time": 1.0, **row}) for n, row in enumerate(rows)]
    folder.events.write_text("".join(f"{line}\n" for line in lines))
    return folder


def task_of(folder: RunFolder, **consent: Any) -> Task:
    """Return the task with which the run would go on."""
    task, _ = resumable(folder, RunState.of(read_events(folder.events)), Consent(**consent))
    return task
