"""PPO's settings where Stable-Baselines3 trains: what it does not have is refused before anything begins."""

from __future__ import annotations

from eureka_agent.errors import TrainingError
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings


def sb3_settings(task: Task) -> PpoSettings:
    """Return a task's settings; raises TrainingError for an encoder, which this trainer does not have."""
    settings = PpoSettings.of(task.algorithm)
    if settings.encoder != "flat":
        raise TrainingError(
            f"The encoder '{settings.encoder}' of {task.name} is not there with Stable-Baselines3.",
            allowed="the population trainer, or the encoder flat",
            fix="Train with --trainer population, or remove encoder from [algorithm].",
        )
    return settings
