"""Pictures of one episode as files: a GIF or MP4, and single frames as PNG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eureka_agent.tasks.task import Task
from eureka_agent.training.rendering import rendering
from eureka_agent.training.video import Video, check_video
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
MOST_FPS = 25.0
"""Frames per second of video; software rendering takes longer than the episode itself."""
SINGLE_FRAMES = 12
"""Single frames of an episode, evenly spread."""


@dataclass(frozen=True)
class Wanted:
    """Output paths; None if not wanted."""

    video: Path | None = None
    frames: Path | None = None
    steps: tuple[int, ...] = ()
    """Steps to take frames of; empty means some, evenly spread."""

    def __bool__(self) -> bool:
        return self.video is not None or self.frames is not None


def check_wanted(wanted: Wanted) -> None:
    """Raise ConfigError if pictures of this kind cannot be written here."""
    if wanted.video is not None:
        check_video(wanted.video)


def film(task: Task, trajectory: Trajectory, wanted: Wanted) -> None:
    """Play a recorded episode once more and write its pictures, each of what an action was chosen in.

    Raises TaskError where the environment cannot be rendered here, TrajectoryError where the episode cannot
    be played again.
    """
    length = trajectory.length
    with rendering(task, trajectory) as shown:
        every = steps_a_picture(shown.fps)
        filmed = set(range(0, length, every)) if wanted.video is not None else set[int]()
        singles = set(wanted.steps or evenly(length)) if wanted.frames is not None else set[int]()
        with Video(wanted.video or Path(), shown.fps / every) as video:
            for step, picture in shown.pictures(filmed | singles):
                if step in filmed:
                    video.add(picture)
                if step in singles and wanted.frames is not None:
                    _write(frame_path(wanted.frames, step), picture)


def steps_a_picture(fps: float) -> int:
    """Return how many steps lie between two pictures of a video, where `fps` steps take a second."""
    return max(1, round(fps / MOST_FPS))


def evenly(length: int, frames: int = SINGLE_FRAMES) -> list[int]:
    """Return steps that spread frames over an episode, first and last included."""
    return np.unique(np.linspace(0, length - 1, frames).round().astype(int)).tolist()


def frame_path(folder: Path, step: int) -> Path:
    """Return where the frame of a step lies."""
    return folder / f"step-{step:05d}.png"


def _write(path: Path, picture: Array) -> None:
    import imageio

    path.parent.mkdir(parents=True, exist_ok=True)
    imageio.imwrite(path, picture)
