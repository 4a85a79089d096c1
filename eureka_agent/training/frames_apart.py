"""Frames of a recorded episode, rendered in a separate process: an environment is third-party code."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eureka_agent.tasks.task import Task
from eureka_agent.training.apart import WALL_S, answer_apart, work_apart
from eureka_agent.training.filming import Wanted, film, frame_path
from eureka_agent.training.playing import RENDERING
from eureka_agent.trajectories.files import FILE, read_trajectories, write_trajectories
from eureka_agent.trajectories.trajectory import Trajectory

ENTRY = "eureka_agent.training.frames_apart:main"


def frames_of(task: Task, trajectory: Trajectory, steps: Sequence[int]) -> dict[int, bytes]:
    """Return PNG files of some steps, each of what its action was chosen in.

    Raises TaskError where the environment cannot be rendered here, TrajectoryError where the episode cannot
    be played again.
    """
    with tempfile.TemporaryDirectory(prefix="eureka-frames-") as name:
        folder = Path(name)
        write_trajectories(folder / FILE, [trajectory])
        payload = {"steps": list(steps)}
        work_apart(task, ENTRY, folder, payload, doing="Rendering", hint=RENDERING, wall_s=WALL_S)
        return {step: frame_path(folder / "frames", step).read_bytes() for step in steps}


def main(payload: dict[str, Any], _fds: list[int]) -> None:
    """In the child: play the episode again, and write its frames or the error."""
    answer_apart(payload, lambda task, folder: _film(task, payload, folder))


def _film(task: Task, payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    (trajectory,) = read_trajectories(folder / FILE)
    film(task, trajectory, Wanted(frames=folder / "frames", steps=tuple(payload["steps"])))
    return {}
