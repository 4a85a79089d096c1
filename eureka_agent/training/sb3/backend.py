"""The Stable-Baselines3 trainer on the asking side: a child for every job, a worker for every candidate."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from eureka_agent.errors import TrainingError
from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.backend import PreparedReward, worker_reward
from eureka_agent.training.job import TrainingJob, most_steps
from eureka_agent.training.sb3.settings import sb3_settings


class Sb3Backend:
    """See `Backend`."""

    name = "sb3"
    inside = "eureka_agent.training.sb3.child:Sb3Training"
    preload = ("torch", "torch._dynamo", "stable_baselines3", "gymnasium", "eureka_agent.training.sb3.child")
    """The first optimiser imports `torch._dynamo`: a second, in every child that has to do it itself."""
    together = False
    cache = None
    device = None

    def __init__(self, sandbox: RewardSandbox) -> None:
        if importlib.util.find_spec("stable_baselines3") is None:
            raise TrainingError(
                "The trainer needs Stable-Baselines3, which is not installed.",
                fix="Install it with `pip install 'eureka-agent[sb3]'`.",
            )
        self._sandbox = sandbox

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included.

        Raises TrainingError for what the trainer does not have; see `sb3_settings`.
        """
        return most_steps(task, env_steps, sb3_settings(task).rollout)

    def check(self, jobs: Sequence[TrainingJob]) -> None:
        """All jobs can be trained."""

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        """Start a worker."""
        return worker_reward(self._sandbox, task, reward)

    def close(self) -> None:
        """Workers end with their jobs."""
