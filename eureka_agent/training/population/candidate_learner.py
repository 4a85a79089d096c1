"""A candidate, and the member that learns from its reward: policy, optimiser, moments, random numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from eureka_agent.archive.candidate import EarlyStop
from eureka_agent.errors import TrainingError
from eureka_agent.seeds import generator_for, seed_for
from eureka_agent.training.evaluation import EpisodeSet
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.halving import Behind, CheckpointScore
from eureka_agent.training.population.learner import Experience, Learner, LearnerState
from eureka_agent.training.population.moments import Moments, ReturnScale
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.population.rollout import Rollout, draw_noise
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.tally import RewardTally

Array = np.ndarray


@dataclass(frozen=True)
class Checkpoint:
    """A policy as it was when it was looked at."""

    index: int
    score: float
    flat: Array
    moments: Moments


@dataclass(frozen=True)
class Learned:
    """A candidate that learned to the end, or until it was stopped."""

    checkpoint: Checkpoint
    """The chosen one."""
    curves: dict[str, list[float]]
    scoring: EpisodeSet
    env_steps: int
    """All steps: learning, looking at checkpoints, scoring."""
    faults: int
    """Learning steps in which the simulator warned."""
    stopped: EarlyStop | None


ProviderKind = TypeVar("ProviderKind")


@dataclass
class TrainingCandidate(Generic[ProviderKind]):
    """One reward and everything that learns from it."""

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
    best: Checkpoint | None = None
    stopped: EarlyStop | None = None

    def remember(
        self, episodes: EpisodeSet, means: Mapping[str, float], sign: float, flat: Array, moments: Moments
    ) -> None:
        """Take in what a look at a checkpoint found; `means` are of the rewards since the last one."""
        for name, value in means.items():
            self.curves[name].append(value)
        self.curves["fitness"].append(episodes.fitness)
        self.curves["fitness_error"].append(episodes.error)
        self.curves["episode_length"].append(episodes.length)
        score = sign * episodes.fitness
        # Of equals the last: it has learned the most of its reward, though the score does not show it yet.
        if self.best is None or score >= self.best.score:
            self.best = Checkpoint(len(self.curves["fitness"]) - 1, score, flat, moments)

    def last_checkpoint_score(self, sign: float) -> CheckpointScore:
        """Return how its policy did at the last look."""
        return CheckpointScore(sign * self.curves["fitness"][-1], self.curves["fitness_error"][-1])

    def stop(self, behind: Behind, *, env_steps: int, of: int) -> None:
        """Note that it was stopped after `env_steps` of so many of learning, and why."""
        checkpoint = len(self.curves["fitness"])
        self.stopped = EarlyStop(checkpoint, env_steps, of, behind=behind.gap, allowed=behind.allowed)

    def learned(self, scoring: EpisodeSet) -> Learned:
        """Return what is left of a candidate at its end; `scoring` are its chosen checkpoint's episodes."""
        assert self.best is not None
        self.env_steps += scoring.env_steps
        return Learned(self.best, dict(self.curves), scoring, self.env_steps, self.faults, self.stopped)


class CandidateLearner:
    """A candidate while it learns."""

    def __init__(self, candidate: TrainingCandidate[RewardProvider], learner: Learner) -> None:
        settings = learner.settings
        self.candidate = candidate
        self.state: LearnerState
        self.moments = Moments(learner.network.observation)
        if candidate.start is None:
            self.state = learner.initial(candidate.seed)
        else:
            self.state = learner.starting(candidate.start.flat)
            if candidate.start.moments is not None:
                self.moments = candidate.start.moments.copy()
        self.tally = RewardTally()
        self._learner = learner
        self._scale = ReturnScale(settings.n_envs, settings.gamma) if settings.normalize_reward else None
        self._noise = generator_for(candidate.seed, "exploration")
        self._order = generator_for(candidate.seed, "minibatches")

    def begin(self) -> list[int]:
        """Get ready for new worlds and return their seeds; everything that was learned stays."""
        if self._scale is not None:
            self._scale.begin()
        count = self._learner.settings.n_envs
        return [seed_for(self.candidate.seed, "world", index) for index in range(count)]

    def draw_noise(self) -> Array:
        """Draw the exploration of the next rollout."""
        return draw_noise(self._learner.network, self._learner.settings, self._noise)

    def learn(self, rollout: Rollout, policies: Policies) -> None:
        """Learn from one rollout; `policies` holds this member's alone. EurekaError if it cannot go on."""
        settings = self._learner.settings
        self.candidate.env_steps += rollout.done.size
        self.candidate.faults += rollout.faults
        rows = rollout.observation.reshape(-1, rollout.observation.shape[-1])
        first = settings.normalize_observation and not self.moments.seen
        if first:
            # Nothing was known when these were acted on. To learn from them as they came would fit the
            # networks to inputs of another scale than all that follow; first policies hardly look at theirs.
            self.moments.update(rows)
            policies = Policies(self._learner.network, [self.state.flat], [self.moments])
        paid = self.candidate.provider(rollout)
        self.tally.add(paid.reward, paid.components)
        reward = paid.reward if self._scale is None else self._scale(paid.reward, rollout.done)
        seen = policies.normalized(rows[None])
        experience = Experience(
            observation=seen.reshape(rollout.observation.shape),
            last_observation=policies.normalized(rollout.last_observation[None])[0],
            action=rollout.action.astype(np.int32) if self._learner.network.heads else rollout.action,
            reward=reward + settings.gamma * _bootstraps(rollout, policies),
            done=rollout.done,
        )
        self.state = self._learner.update(self.state, experience, self._order)
        if not np.isfinite(self.state.flat).all():
            raise TrainingError(
                "Training diverged: the policy's weights are no longer finite.",
                fix="Bound the reward or lower the learning rate.",
            )
        if settings.normalize_observation and not first:
            self.moments.update(rows)


def _bootstraps(rollout: Rollout, policies: Policies) -> Array:
    """Return the value after every step that was cut off by a time limit, elsewhere zero: `(T, N)`."""
    cut = rollout.truncated & ~rollout.terminated
    values = np.zeros(cut.shape, dtype=np.float32)
    if cut.any():
        values[cut] = policies.values(policies.normalized(rollout.final_observation[cut][None]))[0]
    return values
