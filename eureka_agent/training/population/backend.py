"""The population trainer on the asking side: a child for a generation, a worker for every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.resources import cache_folder
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.backend import PreparedReward, worker_reward
from eureka_agent.training.job import TrainingJob, most_steps

PRELOAD = ("jax", "jax.numpy", "optax", "gymnasium", "eureka_agent.training.population.child")


class PopulationBackend:
    """See `Backend`."""

    name = "population"
    inside = "eureka_agent.training.population.child:PopulationTraining"
    preload = PRELOAD
    together = True
    device = None

    def __init__(self, sandbox: RewardSandbox, *, cache: Path | None = None) -> None:
        """`cache` keeps compiled programs, by default the person's."""
        self._sandbox = sandbox
        self.cache = cache or cache_folder("compiled")

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        return most_steps(task, env_steps)

    def check(self, jobs: Sequence[TrainingJob]) -> None:
        """All jobs can be trained."""

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        """Start a worker."""
        return worker_reward(self._sandbox, task, reward)

    def close(self) -> None:
        """Workers end with their jobs."""
