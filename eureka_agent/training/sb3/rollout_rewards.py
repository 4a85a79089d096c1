"""Pays Stable-Baselines3's PPO once a rollout: its reward is asked once, and not at every step.

What is learned is bit for bit what would have been learned with a reward at every step.
"""

from __future__ import annotations

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.running_mean_std import RunningMeanStd

from eureka_agent.training.candidate import TrainingCandidate
from eureka_agent.training.population.moments import CLIP, EPSILON
from eureka_agent.training.reward_provider import RewardProvider
from eureka_agent.training.sb3.vec_env import TaskVecEnv
from eureka_agent.training.schedule import CheckpointSchedule
from eureka_agent.training.tally import RewardTally

Array = np.ndarray


class RolloutRewards(BaseCallback):
    """Puts the rewards into the buffer between collecting a rollout and learning from it."""

    def __init__(
        self,
        env: TaskVecEnv,
        candidate: TrainingCandidate[RewardProvider],
        scale: ReturnNormalizer | None,
        schedule: CheckpointSchedule,
    ) -> None:
        """`scale` is None where rewards stay as they are."""
        super().__init__()
        self._schedule, self._learned = schedule, 0
        self.tally = RewardTally()
        self._env, self._candidate, self._scale = env, candidate, scale

    def begin(self) -> None:
        """Get ready for new worlds."""
        if self._scale is not None:
            self._scale.begin()

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        assert isinstance(self.model, PPO)
        steps = self._env.take(progress=self._schedule.progress(self._learned))
        self._learned += steps.done.size
        self._candidate.env_steps += steps.done.size
        paid = self._candidate.provider(steps)
        self.tally.add(paid.reward, paid.components)
        buffer = self.model.rollout_buffer
        # What stands there already is the value of states that a time limit cut off.
        buffer.rewards += paid.reward if self._scale is None else self._scale(paid.reward, steps.done)
        buffer.compute_returns_and_advantage(last_values=self.locals["values"], dones=self.locals["dones"])


class ReturnNormalizer:
    """What `VecNormalize` does to rewards: divides by the deviation of their discounted sum so far."""

    def __init__(self, num_envs: int, gamma: float) -> None:
        self._moments = RunningMeanStd(shape=())
        self._returns = np.zeros(num_envs)
        self._gamma = gamma

    def begin(self) -> None:
        """Forget unfinished episodes: the worlds are new ones."""
        self._returns = np.zeros_like(self._returns)

    def __call__(self, rewards: Array, done: Array) -> Array:
        """Return one rollout's rewards `(T, N)` scaled and clipped, float32; `done` ends an episode's sum."""
        scaled = np.empty(rewards.shape, dtype=np.float32)
        for step, row in enumerate(rewards):
            self._returns = self._returns * self._gamma + row
            self._moments.update(self._returns)
            scaled[step] = np.clip(row / np.sqrt(self._moments.var + EPSILON), -CLIP, CLIP)
            self._returns[done[step]] = 0
        return scaled
