"""Training jobs and their outcomes; both cross process boundaries as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from eureka_agent.archive.candidate import Evaluation
from eureka_agent.intrinsic.plan import IntrinsicPlan
from eureka_agent.rewards.reward import Reward
from eureka_agent.tasks.task import Task
from eureka_agent.training.algorithm import PpoSettings

if TYPE_CHECKING:
    from eureka_agent.training.protocol import CheckpointReached

Curve = tuple[tuple[float, float], ...]
"""Fitness at each checkpoint, and its standard error over the evaluation episodes."""


@dataclass(frozen=True)
class Contest:
    """A generation whose candidates may be stopped early once they are clearly behind each other.

    Jobs of one contest have the same budget, and their candidates the same seeds. Trainers that train
    candidates one by one ignore it.
    """

    ended: tuple[tuple[str, Curve], ...] = ()
    """Keys of the generation's trainings that are in the log already, with their curves: a run that was
    killed and goes on stops whom it would have stopped."""


@dataclass(frozen=True)
class TrainingJob:
    """One policy to be trained with one reward and one seed."""

    name: str
    """Candidate id, or the name of a baseline."""
    stage: str
    """What it is for: "search", "choose", "confirm", …; part of the seeds' key, so that they are disjoint."""
    replicate: int
    seed: int
    """Root seed of this training: policy, resets, evaluation episodes."""
    reward: Reward
    folder: Path
    """Where its files go: result, curves, policy, trajectories."""
    env_steps: int
    init_policy: Path | None = None
    """A saved policy to start from, which fits the task; None starts from a fresh one."""
    intrinsic: IntrinsicPlan | None = None
    """The learned reward that is added; None where there is none."""
    contest: Contest | None = None
    """None where the candidate must be trained to the end."""

    @property
    def key(self) -> str:
        """What tells it apart from all other jobs of a run."""
        return f"{self.name}/{self.stage}-{self.replicate}"


@dataclass(frozen=True)
class TrainingFailure:
    """A training that produced no policy."""

    status: Literal["failed", "timed out"]
    reason: str
    """A sentence that appears in the next prompt."""
    env_steps: int = 0
    """Steps taken before it failed, if known."""
    crashed: bool = False
    """True if a process died without an answer: the machine may be the cause, or the reward."""
    curve: Curve = ()
    """Its curves before it failed."""


Outcome = Evaluation | TrainingFailure
OnStart = Callable[[TrainingJob], None]
OnOutcome = Callable[[TrainingJob, Outcome], None]
OnCheckpoint = Callable[[TrainingJob, "CheckpointReached"], None]


class Trainer(Protocol):
    """Trains a list of rewards; each outcome is reported at once, and all are returned in order."""

    name: str

    def train(
        self,
        task: Task,
        jobs: Sequence[TrainingJob],
        *,
        on_start: OnStart,
        on_outcome: OnOutcome,
        on_checkpoint: OnCheckpoint | None = None,
    ) -> list[Outcome | None]:
        """Return one outcome per job; None for jobs that a stop kept from starting.

        `on_checkpoint` is called at every checkpoint, and again from the first if a training had to be
        restarted.
        """
        ...

    def steps_of(self, task: Task, env_steps: int) -> int:
        """Return an upper bound on the environment steps of one training, evaluation included."""
        ...

    def close(self) -> None:
        """Kill what still runs."""
        ...


def most_steps(task: Task, env_steps: int, rollout: int | None = None) -> int:
    """Return an upper bound on the environment steps of one PPO training, evaluation included.

    `rollout` is how many steps are taken between updates, by default as the task's settings say.
    """
    rollout = rollout or PpoSettings.of(task.algorithm).rollout
    learning = -(-env_steps // rollout) * rollout
    budget = task.budget
    episodes = budget.checkpoints * budget.eval_episodes + budget.scoring_episodes
    evaluations = episodes * task.max_episode_steps
    measured = [
        stage.max_episode_steps or task.max_episode_steps for stage in task.stages if stage.until is not None
    ]
    exams = budget.checkpoints * budget.eval_episodes * max(measured, default=0)
    return learning + evaluations + exams
