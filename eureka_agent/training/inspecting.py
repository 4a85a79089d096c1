"""A first look at a task's environment, in a process of its own.

An environment is third-party code: it may crash, hang or never end. That must lead to a clear message, not
end the run.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from eureka_agent.errors import EurekaError, Interrupted, TaskError
from eureka_agent.files import write_json
from eureka_agent.isolation.limits import limit_trainer
from eureka_agent.tasks.hanging import end_process_if_hung
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task, TaskRef
from eureka_agent.training.executor import ChildEnd, ChildLimits, LocalExecutor
from eureka_agent.training.scripted_play import play_scripted
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories
from eureka_agent.trajectories.inspection import inspect_environment
from eureka_agent.trajectories.scripted import NamedEpisodes, by_behaviour

ENTRY = "eureka_agent.training.inspecting:main"
ROWS = 1024
WALL_S = 300.0
_ANSWER, _SCRIPTED, _TOLD = "inspected.json", "scripted.npz", "scripted.json"
_UNPLAYED = "No scripted behaviours were played, so no reward is asked what it pays them: "


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: record transitions, or write down why that is impossible; then scripted behaviours."""
    limit_trainer(payload["memory_mb"])
    folder = Path(payload["folder"])
    end_process_if_hung(lambda error: _give_up(folder, error))
    try:
        task = load_task(TaskRef(**payload["task"]))
        began = time.monotonic()
        notices: list[str] = []
        recorded = inspect_environment(task, seed=payload["seed"], steps=ROWS, notice=notices.append)
        pace = recorded.rows / (time.monotonic() - began)
        write_trajectories(folder / FILE, recorded.trajectories)
        answer: dict[str, Any] = {"error": None, "steps_a_second": pace, "notices": notices}
    except EurekaError as error:
        write_json(folder / _ANSWER, _refusal(error))
        return
    write_json(folder / _ANSWER, answer)
    _play_scripted(folder, task, payload["seed"], pace)


def _play_scripted(folder: Path, task: Task, seed: int, pace: float) -> None:
    """Play what no run depends on: whatever goes wrong there is only told."""
    told = ""
    try:
        episodes = play_scripted(task, seed=seed, steps_a_second=pace)
        if episodes:
            write_trajectories(folder / _SCRIPTED, episodes)
        else:
            told = "its episodes are too long, too slow or without an end."
    except EurekaError as error:
        told = error.what
    write_json(folder / _TOLD, {"notice": told})


def _give_up(folder: Path, error: EurekaError) -> None:
    """Say what hung; once random play is recorded it is only that there are no scripted behaviours."""
    if (folder / _ANSWER).exists():
        write_json(folder / _TOLD, {"notice": error.what})
    else:
        write_json(folder / _ANSWER, _refusal(error))


def _refusal(error: EurekaError) -> dict[str, Any]:
    return {"error": {"what": error.what, "allowed": error.allowed, "fix": error.fix}}


class FirstLook(NamedTuple):
    """What a first look at an environment brings."""

    recording: TrajectoryBatch
    """Random transitions, signals `(T, N, ...)`."""
    steps_a_second: float | None = None
    """Steps of environments in turn, in one process; None where nobody measured."""
    notices: tuple[str, ...] = ()
    """What a person should know, each a sentence."""
    scripted: tuple[NamedEpisodes, ...] = ()
    """Scripted behaviours; none where they could not be played."""


def record_transitions(
    task: Task, *, seed: int, wall_s: float = WALL_S, stop: threading.Event | None = None
) -> TrajectoryBatch:
    """Return what `first_look` records."""
    return first_look(task, seed=seed, wall_s=wall_s, stop=stop).recording


def first_look(
    task: Task, *, seed: int, wall_s: float = WALL_S, stop: threading.Event | None = None
) -> FirstLook:
    """Play at random in a child process; TaskError says what the environment does wrong.

    Raises Interrupted once `stop` is set: nothing of a recording is worth waiting for.
    """
    stopping = stop or threading.Event()
    with tempfile.TemporaryDirectory(prefix="eureka-inspect-") as name:
        folder = Path(name)
        executor = LocalExecutor(
            entry=ENTRY,
            preload=("eureka_agent.training.inspecting",),
            scratch=folder / "home",
            parallel=1,
            stop=stopping,
            drain_s=0.0,
        )
        try:
            payload = {"task": asdict(task.ref), "folder": name, "seed": seed}
            end = executor.run_child(payload, (), ChildLimits(wall_s, task.budget.memory_mb))
        finally:
            executor.close()
        if stopping.is_set():
            raise Interrupted
        told = _answered(task, folder / _ANSWER, end, wall_s)
        recording = TrajectoryBatch.of(read_trajectories(folder / FILE))
        notices = (*task.notices, *told["notices"], *_unplayed(folder / _TOLD))
        scripted = by_behaviour(read_trajectories(folder / _SCRIPTED))
        return FirstLook(recording, told["steps_a_second"], notices, scripted)


def _unplayed(told: Path) -> list[str]:
    """Return why there are no scripted behaviours, if there are none, as a sentence to tell."""
    why = json.loads(told.read_text())["notice"] if told.exists() else "the process that played them ended."
    return [_UNPLAYED + why] if why else []


def _answered(task: Task, answer: Path, end: ChildEnd, wall_s: float) -> dict[str, Any]:
    """Return what a child told of a recording; raises TaskError where it came to nothing."""
    if end.timed_out and not answer.exists():
        raise TaskError(
            f"The environment of {task.name} did not get through {ROWS} random steps in {wall_s:g} s.",
            allowed="an environment whose reset and step return",
            fix="Step it by hand; look for a blocking loop, a window, or a download.",
        )
    if not answer.exists():
        raise TaskError(
            f"The environment of {task.name} ended its process (exit code {end.exit_code}).",
            allowed="an environment that can be built, reset and stepped",
            fix="Step it by hand in a fresh Python to see what it does.",
        )
    told = json.loads(answer.read_text())
    if (error := told["error"]) is not None:
        raise TaskError(error["what"], allowed=error["allowed"], fix=error["fix"])
    return told
