"""What differs between trainers in the parent: how a reward reaches the child, and which child it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eureka_agent.isolation.sandbox import RewardSandbox
from eureka_agent.rewards.reward import Coded
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings
from eureka_agent.training.job import TrainingJob
from eureka_agent.training.protocol import DeviceRequest, TracedRewardFile, WorkerReward
from eureka_agent.training.results import layout_for


@dataclass(frozen=True)
class PreparedReward:
    """A generated reward, ready for a child."""

    told: WorkerReward | TracedRewardFile
    isolation: str
    """The layers that hold it."""
    fds: tuple[int, ...] = ()
    """Descriptors that the child needs."""
    release: Callable[[], None] = lambda: None
    """Ends what was started for it."""


class Backend(Protocol):
    """One way to train."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    @property
    def inside(self) -> str:
        """ "module:class" of its `ChildBackend`."""
        ...

    @property
    def preload(self) -> tuple[str, ...]:
        """Modules that are imported once, before children are forked."""
        ...

    @property
    def together(self) -> bool:
        """Whether one child trains all jobs, with a thread per core; else one child per job."""
        ...

    @property
    def cache(self) -> Path | None:
        """Where compiled programs are kept."""
        ...

    @property
    def device(self) -> DeviceRequest | None:
        """The device it trains on; None for CPU cores."""
        ...

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        ...

    def check(self, jobs: Sequence[TrainingJob]) -> None:
        """Raise TrainingError for jobs of an unsupported kind."""
        ...

    def prepare(self, task: Task, reward: Coded, folder: Path) -> PreparedReward:
        """Get a job's reward ready; raises RewardError or WorkerError where it does not load.

        `folder` is where the job's files go.
        """
        ...

    def close(self) -> None:
        """End what it started."""
        ...


def worker_reward(sandbox: RewardSandbox, task: Task, reward: Coded) -> PreparedReward:
    """Start a worker for a reward, with room for one rollout."""
    rows = PpoSettings.of(task.algorithm).rollout
    layout = layout_for(task, reward.parsed.arguments, rows)
    worker = sandbox.spawn(reward.text, layout)
    handle, fds = worker.handle()
    return PreparedReward(
        WorkerReward(handle=handle), sandbox.report.backend, tuple(fds), lambda: sandbox.kill(worker)
    )
