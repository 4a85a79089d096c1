"""Pictures of one episode, rendered without a screen: a GIF or MP4, and single frames as PNG."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eureka_agent.errors import ConfigError, TaskError
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.replay import actions_of, world_of
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
MOST_FPS = 25.0
"""Frames per second of video; software rendering takes longer than the episode itself."""
SINGLE_FRAMES = 12
"""Single frames of an episode, evenly spread."""
TRACKING = "track"
"""Name of the camera in MuJoCo's own models that moves along."""
LIBRARIES = (
    "MuJoCo needs libegl1, libegl-mesa0 and libgl1-mesa-dri (or libosmesa6 and MUJOCO_GL=osmesa); "
    "Gymnasium's classic control needs `pip install 'eureka-agent[play]'`"
)


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
    if wanted.video is None or wanted.video.suffix == ".gif":
        return
    if wanted.video.suffix != ".mp4":
        raise ConfigError(
            f"Cannot write a video as {wanted.video.name}.", allowed="a name that ends in .gif or .mp4"
        )
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        raise ConfigError(
            "An MP4 needs imageio-ffmpeg, which is not installed.",
            allowed="a .gif, which needs no extra package",
            fix="Name a .gif, or install it with `pip install imageio-ffmpeg`.",
        )


def film(task: Task, trajectory: Trajectory, wanted: Wanted) -> None:
    """Play a recorded episode once more and write its pictures, each of what an action was chosen in.

    Raises TaskError where the environment cannot be rendered here, TrajectoryError where the episode cannot
    be played again.
    """
    choose_backend()
    length = trajectory.length
    with world_of(_rendered(task), trajectory) as worlds:
        fps = float(worlds.envs[0].metadata.get("render_fps") or 30)
        every = max(1, round(fps / MOST_FPS))
        singles = set(wanted.steps or evenly(length)) if wanted.frames is not None else set[int]()
        follow(worlds.envs[0])
        worlds.reset()
        with _Video(wanted.video, fps / every) as video:
            for step, action in enumerate(actions_of(trajectory)):
                filmed = wanted.video is not None and step % every == 0
                if filmed or step in singles:
                    picture = _picture(worlds.envs[0], task)
                    if filmed:
                        video.add(picture)
                    if step in singles and wanted.frames is not None:
                        _write(frame_path(wanted.frames, step), picture)
                worlds.step(action[None])


def evenly(length: int, frames: int = SINGLE_FRAMES) -> list[int]:
    """Return steps that spread frames over an episode, first and last included."""
    return np.unique(np.linspace(0, length - 1, frames).round().astype(int)).tolist()


def choose_backend() -> None:
    """Let MuJoCo render without a screen, unless the user chose a backend; read at its first frame."""
    if "MUJOCO_GL" not in os.environ:
        without_egl = ctypes.util.find_library("EGL") is None and ctypes.util.find_library("OSMesa")
        os.environ["MUJOCO_GL"] = "osmesa" if without_egl else "egl"


def follow(env: Any) -> None:
    """Let MuJoCo's pictures come from the model's tracking camera, where it has one.

    Gymnasium's own view stands still, and a robot that walks has left it after a second.
    """
    renderer = getattr(env.unwrapped, "mujoco_renderer", None)
    if renderer is None:
        return
    import mujoco

    camera = mujoco.mj_name2id(renderer.model, mujoco.mjtObj.mjOBJ_CAMERA, TRACKING)  # pyright: ignore[reportAttributeAccessIssue]
    if camera >= 0:
        renderer.camera_id = camera


def frame_path(folder: Path, step: int) -> Path:
    """Return where the frame of a step lies."""
    return folder / f"step-{step:05d}.png"


def _rendered(task: Task) -> Task:
    if task.ref.kind == "pickled":
        raise TaskError(
            f"{task.name} cannot be rendered: its constructor takes no render_mode.",
            allowed="a Gymnasium id, a task folder, or module:function with an argument render_mode",
            fix="Put the constructor into a module and name it with --env module:function.",
        )
    kwargs = {**task.ref.options.get("kwargs", {}), "render_mode": "rgb_array"}
    return load_task(replace(task.ref, options={**task.ref.options, "kwargs": kwargs}))


def _picture(env: Any, task: Task) -> Array:
    """Return one frame `(height, width, 3)`, uint8; whatever an environment raises becomes a TaskError."""
    try:
        picture = np.asarray(env.render())
    except Exception as error:
        raise TaskError(
            f"{task.name} cannot be rendered: {type(error).__name__}: {error}",
            allowed="an environment that renders in the mode rgb_array",
            fix=f"Install what is missing: {LIBRARIES}.",
        ) from error
    if picture.ndim != 3 or picture.dtype != np.uint8:
        raise TaskError(
            f"{task.name} rendered {picture.dtype} of shape {picture.shape}.",
            allowed="uint8 (height, width, 3)",
        )
    return picture


class _Video:
    """A video file, written picture by picture: an episode of them need not fit into memory."""

    def __init__(self, path: Path | None, fps: float) -> None:
        self._path, self._fps = path, fps
        self._writer: Any = None

    def __enter__(self) -> _Video:
        return self

    def add(self, picture: Array) -> None:
        import imageio

        if self._writer is None:
            assert self._path is not None
            timing: dict[str, Any] = {"fps": self._fps}
            if self._path.suffix == ".gif":
                timing = {"duration": 1000.0 / self._fps, "loop": 0}
            self._writer = imageio.get_writer(self._path, mode="I", **timing)
        self._writer.append_data(picture)

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()


def _write(path: Path, picture: Array) -> None:
    import imageio

    path.parent.mkdir(parents=True, exist_ok=True)
    imageio.imwrite(path, picture)
