"""Learned rewards in your own Stable-Baselines3 code: a wrapper that captions, a callback that pays.

env = CaptionedVecEnv(make_vec_env("MiniGrid-DoorKey-5x5-v0", 8), caption=lambda observation, info: ...)
model = PPO("MlpPolicy", env)
model.learn(500_000, callback=IntrinsicRewards(env, learned, coefficient=0.1))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captions import Captions

Array = np.ndarray
CaptionOf = Callable[[Any, Mapping[str, Any]], str | None]
"""From one environment's observation and info after a step to what an annotator reads; None for nothing."""


class Pays(Protocol):
    """`LearnedReward`, or what pays as it does."""

    def pay(self, captions: Captions, first: Array) -> Array:
        """Return the reward of T steps of N worlds, float32 `(T, N)`."""
        ...


def caption_of_info(_observation: Any, info: Mapping[str, Any]) -> str | None:
    """Return what the environment itself says under `info["caption"]`."""
    caption = info.get("caption")
    return caption if isinstance(caption, str) else None


class CaptionedVecEnv(VecEnvWrapper):
    """Captions every step, the last of an episode by its final observation; see `IntrinsicRewards`."""

    def __init__(self, venv: VecEnv, caption: CaptionOf = caption_of_info) -> None:
        super().__init__(venv)
        self.extrinsic = 1.0
        """What the environment's own rewards are multiplied by."""
        self._caption = caption
        self._begins = np.ones(venv.num_envs, dtype=bool)
        self._rows: list[list[str | None]] = []
        self._first: list[Array] = []

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere."""
        self._begins[:] = True
        return self.venv.reset()

    def step_wait(self) -> VecEnvStepReturn:
        """Return what the wrapped environments return, with their rewards times `extrinsic`."""
        observations, rewards, dones, infos = self.venv.step_wait()
        self._rows.append(
            [self._caption(_seen(observations, infos[i], i), infos[i]) for i in range(self.num_envs)]
        )
        self._first.append(self._begins.copy())
        self._begins = np.asarray(dones, dtype=bool).copy()
        return observations, rewards * self.extrinsic, dones, infos

    def forget(self) -> None:
        """Leave out what nobody has taken; an episode that began in it is as if it began now."""
        if self._first:
            self._begins |= np.any(self._first, axis=0)
        self._rows, self._first = [], []

    def take(self) -> tuple[Captions, Array]:
        """Return the captions since the last call, and which steps were the first of an episode, `(T, N)`."""
        rows, first = self._rows, self._first
        self._rows, self._first = [], []
        return Captions.of(rows), np.array(first, dtype=bool).reshape(len(rows), self.num_envs)


def _seen(observations: VecEnvObs, info: Mapping[str, Any], index: int) -> Any:
    """Return what one environment showed after the step, before any reset."""
    if "terminal_observation" in info:
        return info["terminal_observation"]
    if isinstance(observations, dict):
        return {name: values[index] for name, values in observations.items()}
    if isinstance(observations, tuple):
        return tuple(values[index] for values in observations)
    return observations[index]


class IntrinsicRewards(BaseCallback):
    """Adds a learned reward to a rollout before advantages are computed, for PPO and A2C.

    `coefficient` and `extrinsic` are numbers or functions of the training's progress, from 0 to 1. Where
    `VecNormalize` scales the environment's rewards, the learned one is added after that.
    """

    def __init__(
        self,
        env: CaptionedVecEnv,
        learned: Pays,
        *,
        coefficient: float | Callable[[float], float] = 0.1,
        extrinsic: float | Callable[[float], float] = 1.0,
    ) -> None:
        super().__init__()
        self._env, self._learned = env, learned
        self._coefficient, self._extrinsic = coefficient, extrinsic

    def _on_training_start(self) -> None:
        if not isinstance(self.model, OnPolicyAlgorithm):
            raise ConfigError(
                f"{type(self.model).__name__} learns from a replay buffer, which holds rewards of all ages.",
                allowed="PPO, A2C and others that learn from rollouts",
                fix="Use stable_baselines3.PPO.",
            )

    def _on_rollout_start(self) -> None:
        self._env.forget()  # steps of an evaluation, or of a rollout that was not learned from
        self._env.extrinsic = _at(self._extrinsic, self._progress)

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        assert isinstance(self.model, OnPolicyAlgorithm)
        captions, first = self._env.take()
        paid = self._learned.pay(captions, first)
        buffer = self.model.rollout_buffer
        buffer.rewards += np.float32(_at(self._coefficient, self._progress)) * paid
        buffer.compute_returns_and_advantage(last_values=self.locals["values"], dones=self.locals["dones"])
        self.logger.record("intrinsic/mean", float(paid.mean()))
        self.logger.record("intrinsic/share_paid", float(np.count_nonzero(paid) / paid.size))

    @property
    def _progress(self) -> float:
        return 1.0 - self.model._current_progress_remaining


def _at(value: float | Callable[[float], float], progress: float) -> float:
    return value(progress) if callable(value) else value
