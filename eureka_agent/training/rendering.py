"""Pictures of a recorded episode: it is played once more, without a screen."""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from eureka_agent.errors import TaskError, TrajectoryError
from eureka_agent.tasks.registry import load_task
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import GymWorlds
from eureka_agent.trajectories.replay import actions_of, world_of
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
TRACKING = "track"
"""Name of the camera in MuJoCo's own models that moves along."""
WIDE = 55.0
"""Its angle, in degrees: with MuJoCo's 45 feet leave the picture when a body stands up or jumps."""
USUAL_FPS = 30.0
LIBRARIES = (
    "MuJoCo needs libegl1, libegl-mesa0 and libgl1-mesa-dri (or libosmesa6 and MUJOCO_GL=osmesa); "
    "Gymnasium's classic control needs `pip install 'eureka-agent[play]'`"
)


class Rendering:
    """A recorded episode that can be played again, once, for its pictures."""

    def __init__(self, task: Task, trajectory: Trajectory, worlds: GymWorlds) -> None:
        self._task, self._trajectory, self._worlds = task, trajectory, worlds
        self._env: Any = worlds.envs[0]
        self.fps = float(self._env.metadata.get("render_fps") or USUAL_FPS)
        """Control steps that are shown in a second."""

    @property
    def seconds_a_step(self) -> float | None:
        """Simulated seconds of a control step; None where the environment does not say."""
        bare = self._env.unwrapped
        told = getattr(bare, "dt", None) or getattr(bare, "tau", None)
        return float(told) if isinstance(told, float) and told > 0 else None

    def pictures(self, steps: Collection[int]) -> Iterator[tuple[int, Array]]:
        """Yield some steps in order, each with the picture `(height, width, 3)` its action was chosen in.

        Raises TaskError where the environment cannot be rendered here, TrajectoryError where the episode
        ends earlier than it did.
        """
        if self._trajectory.earlier:
            raise TrajectoryError(
                f"{self._trajectory.earlier} earlier episodes of its world would have to be played first.",
                allowed="the first episode of a world",
                fix="Play its policy anew.",
            )
        wanted, last = set(steps), max(steps, default=-1)
        lighten(self._env)
        follow(self._env)
        self._worlds.reset()
        for step, action in enumerate(actions_of(self._trajectory)[: last + 1]):
            if step in wanted:
                yield step, _picture(self._env, self._task)
            if step < last and self._worlds.step(action[None], measure=False).done[0]:
                raise TrajectoryError(
                    f"Played again, the episode of {self._trajectory.length} steps ended after {step + 1}.",
                    allowed="environments in which nothing but their seeded generator is random",
                    fix="Play its policy anew.",
                )


@contextmanager
def rendering(task: Task, trajectory: Trajectory) -> Iterator[Rendering]:
    """Yield an episode that is ready to be played again; its world is closed afterwards.

    Raises TaskError where the environment takes no `render_mode`, TrajectoryError where too little of the
    episode is known.
    """
    choose_backend()
    with world_of(_rendered(task), trajectory) as worlds:
        yield Rendering(task, trajectory, worlds)


def choose_backend() -> None:
    """Let MuJoCo render without a screen, unless the user chose a backend; read at its first frame."""
    if "MUJOCO_GL" not in os.environ:
        without_egl = ctypes.util.find_library("EGL") is None and ctypes.util.find_library("OSMesa")
        os.environ["MUJOCO_GL"] = "osmesa" if without_egl else "egl"


def follow(env: Any) -> None:
    """Let MuJoCo's pictures come from the model's tracking camera, where it has one; floors have no end.

    Gymnasium's own view stands still, and a robot that walks has left it after a second.
    """
    renderer = getattr(env.unwrapped, "mujoco_renderer", None)
    if renderer is None:
        return
    import mujoco

    _extend_floors(renderer.model, mujoco.mjtGeom.mjGEOM_PLANE)  # pyright: ignore[reportAttributeAccessIssue]
    camera = mujoco.mj_name2id(renderer.model, mujoco.mjtObj.mjOBJ_CAMERA, TRACKING)  # pyright: ignore[reportAttributeAccessIssue]
    if camera >= 0:
        renderer.camera_id = camera
        renderer.model.cam_fovy[camera] = max(renderer.model.cam_fovy[camera], WIDE)


def _extend_floors(model: Any, plane: int) -> None:
    """Draw planes without end: collisions do not know their size, and who runs far would leave pictures."""
    for geom in np.flatnonzero((model.geom_type == plane) & model.geom_size[:, :2].all(axis=1)):
        material = model.geom_matid[geom]
        if material >= 0:  # a texture's repetitions are counted per metre then
            model.mat_texrepeat[material] /= 2.0 * model.geom_size[geom, :2]
            model.mat_texuniform[material] = 1
        model.geom_size[geom, :2] = 0.0


def lighten(env: Any) -> None:
    """Spare MuJoCo's pictures what a processor draws slowly: fine shadows, smooth edges, reflections."""
    renderer = getattr(env.unwrapped, "mujoco_renderer", None)
    if renderer is not None:
        renderer.model.vis.quality.offsamples = 0
        renderer.model.vis.quality.shadowsize = 1024
        renderer.model.mat_reflectance[:] = 0.0


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
    if picture.ndim != 3 or picture.dtype != np.uint8 or picture.shape[-1] != 3:
        raise TaskError(
            f"{task.name} rendered {picture.dtype} of shape {picture.shape}.",
            allowed="uint8 (height, width, 3)",
        )
    return picture
