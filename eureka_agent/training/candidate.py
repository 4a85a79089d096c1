"""One reward in training, as tracked by every trainer, and its results at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from eureka_agent.archive.candidate import EarlyStop
from eureka_agent.training.checkpoint_episodes import CheckpointEpisodes
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.evaluation_rewards import EvaluationSteps
from eureka_agent.training.population.halving import Behind, CheckpointScore
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.schedule import BestCheckpoint, Checkpoint
from eureka_agent.trajectories.trajectory import Trajectory


class ReadsSignals(Protocol):
    """What gives rewards, wherever it runs."""

    signals: tuple[str, ...]
    """The signals it needs."""


ProviderKind = TypeVar("ProviderKind", bound=ReadsSignals)


@dataclass(frozen=True)
class Learned:
    """A candidate that learned to the end, or until it was stopped."""

    checkpoint: Checkpoint[Any]
    """The chosen one."""
    curves: dict[str, list[float]]
    scoring: EpisodeSet
    env_steps: int
    """All steps: training, evaluating checkpoints, scoring."""
    faults: int
    """Training steps in which the simulator issued a warning."""
    stopped: EarlyStop | None
    at_checkpoints: tuple[Trajectory, ...] = ()
    """Recorded episodes of some checkpoints; `origin` says of which."""
    evaluations: tuple[EvaluationSteps | None, ...] = ()
    """Episodes of each checkpoint, to be paid once learning is over."""


@dataclass(eq=False)
class TrainingCandidate(Generic[ProviderKind]):
    """One reward and all that is tracked of its training."""

    name: str
    seed: int
    provider: ProviderKind
    """A `RewardProvider`, or what gives rewards on a device."""
    start: SavedPolicy | None = None
    """The policy to start from, of the learner's own network; None starts from a fresh one."""
    env_steps: int = 0
    """All steps so far."""
    faults: int = 0
    curves: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    best: BestCheckpoint[Any] = field(default_factory=BestCheckpoint)
    recorded: CheckpointEpisodes = field(default_factory=CheckpointEpisodes)
    stopped: EarlyStop | None = None
    evaluations: list[EvaluationSteps | None] = field(default_factory=list)

    @property
    def checkpoints(self) -> int:
        """Number of evaluations so far."""
        return len(self.curves["fitness"])

    @property
    def chosen(self) -> Checkpoint[Any]:
        """The best checkpoint; there must have been one."""
        assert self.best.kept is not None
        return self.best.kept

    def remember(
        self,
        episodes: EpisodeSet,
        *,
        env_steps: int,
        means: Mapping[str, float],
        stage: int | None,
        sign: float,
        policy: Callable[[], Any],
    ) -> None:
        """Record a checkpoint after `env_steps` training steps; `means` are since the last one."""
        self.env_steps += episodes.env_steps
        watched = episodes.trajectories
        self.evaluations.append(EvaluationSteps.of(watched, self.provider.signals) if watched else None)
        for name, value in means.items():
            self.curves[name].append(value)
        self.curves["fitness"].append(episodes.fitness)
        self.curves["fitness_error"].append(episodes.error)
        self.curves["episode_length"].append(episodes.length)
        if stage is not None:
            self.curves["stage"].append(float(stage))
        self.best.offer(self.checkpoints - 1, env_steps, sign * episodes.fitness, policy)

    def last_checkpoint_score(self, sign: float) -> CheckpointScore:
        """Return its policy's result at the last checkpoint."""
        return CheckpointScore(sign * self.curves["fitness"][-1], self.curves["fitness_error"][-1])

    def stop(self, behind: Behind, *, env_steps: int, of: int) -> None:
        """Note that it was stopped after `env_steps` of so many of learning, and why."""
        self.stopped = EarlyStop(self.checkpoints, env_steps, of, behind=behind.gap, allowed=behind.allowed)

    def learned(self, scoring: EpisodeSet) -> Learned:
        """Return what is left of a candidate at its end; `scoring` are its chosen checkpoint's episodes."""
        self.env_steps += scoring.env_steps
        return Learned(
            self.chosen,
            dict(self.curves),
            scoring,
            self.env_steps,
            self.faults,
            self.stopped,
            self.recorded.trajectories,
            tuple(self.evaluations),
        )
