"""The learner of one candidate: policy, optimiser, moments, random numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eureka_agent.errors import TrainingError
from eureka_agent.seeds import generator_for, seed_for
from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.population.acting import Policies
from eureka_agent.training.population.learner import Experience, Learner, LearnerState
from eureka_agent.training.population.moments import Moments, ReturnScale
from eureka_agent.training.population.rollout import Rollout, draw_noise
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.tally import RewardTally

Array = np.ndarray


class PolicyWeights(NamedTuple):
    """What is kept of a policy at a checkpoint."""

    flat: Array
    moments: Moments


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
        """Draw the exploration noise of the next rollout; see `draw_noise` for the shape."""
        return draw_noise(self._learner.network, self._learner.settings, self._noise)

    @property
    def weights(self) -> PolicyWeights:
        """The policy as it is now; what is learned later does not change it."""
        return PolicyWeights(self.state.flat, self.moments.copy())

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
