"""PPO's settings on a device: a task's own are for a CPU, where a handful of worlds keeps a core busy."""

from __future__ import annotations

from dataclasses import replace

from eureka_agent.errors import TrainingError
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings

WORLDS = 2048
"""DeviceWorldState of each candidate; below some thousand a GPU waits for single steps."""

STEPS = 16
MINIBATCHES = 32
EPOCHS = 4
"""Not tuned on a GPU: they keep minibatches near a thousand rows and the number of updates near a CPU's."""


FRESH_ONLY = "On a GPU no training starts from a saved policy."


def device_settings(task: Task, worlds: int | None = None) -> PpoSettings:
    """Return a task's settings for `worlds` worlds a candidate, `WORLDS` by default.

    With as many worlds as the task names itself, its settings stay as they are. Raises TrainingError for what
    the device trainer does not have.
    """
    own = PpoSettings.of(task.algorithm)
    if task.stages:
        raise TrainingError(
            f"The curriculum of {task.name} is not there on a GPU.",
            fix="Leave it out with --no-stages, or train with --device cpu.",
        )
    if own.use_sde:
        raise TrainingError(
            "State-dependent exploration is not there on a GPU.",
            fix="Remove use_sde from [algorithm], or train with --device cpu.",
        )
    count = worlds or WORLDS
    if count == own.n_envs:
        return own
    rollout = count * STEPS
    return replace(
        own, n_envs=count, n_steps=STEPS, batch_size=max(64, rollout // MINIBATCHES), n_epochs=EPOCHS
    )
