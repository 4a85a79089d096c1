"""The limit of any trainer: how fast MuJoCo alone steps a task's model on this machine."""

from __future__ import annotations

import importlib.util
import time

import numpy as np

from eureka_agent.tasks.task import Task

WORLDS = 64
STEPS = 300


def physics_steps_a_second(task: Task, *, threads: int) -> float | None:
    """Return control steps a second of bare batched physics under random controls.

    No observation, reward, reset or policy is computed. None where the task is not one of MuJoCo's, or
    MuJoCo has no batched stepping (before 4.0).
    """
    env = task.make_env()
    try:
        model = getattr(env.unwrapped, "model", None)
        frame_skip = getattr(env.unwrapped, "frame_skip", None)
    finally:
        env.close()
    if model is None or frame_skip is None or importlib.util.find_spec("mujoco.batch") is None:
        return None
    from mujoco.batch import Batch

    batch = Batch(model, WORLDS, threads)
    control = batch.bind("ctrl")
    low, high = model.actuator_ctrlrange.T
    generator = np.random.default_rng(0)
    started = time.perf_counter()
    for _ in range(STEPS):
        control[:] = generator.uniform(low, high, control.shape)
        batch.step(nstep=frame_skip)
    return WORLDS * STEPS / (time.perf_counter() - started)
