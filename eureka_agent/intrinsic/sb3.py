"""Learned rewards in your own Stable-Baselines3 code: a wrapper that captions, a callback that pays.

env = CaptionedVecEnv(make_vec_env("MiniGrid-DoorKey-5x5-v0", 8), caption=lambda observation, info: ...)
model = PPO("MlpPolicy", env)
model.learn(500_000, callback=IntrinsicRewards(env, learned, coefficient=0.1))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.captioning.captions import Captions

Array = np.ndarray
CaptionOf = Callable[[Any, Mapping[str, Any]], str | None]
"""From one environment's observation and info after a step to what an annotator reads; None for nothing."""
FeaturesOf = Callable[[Any, Mapping[str, Any]], Array]
"""From the same to numbers, always as many, for models that read more than captions."""


class Pays(Protocol):
    """`LearnedReward`, or what pays as it does."""

    def pay(self, captions: Captions, first: Array, features: Array | None = None) -> Array:
        """Return the reward of T steps of N worlds, float32 `(T, N)`; see `CaptionedSteps`."""
        ...


@runtime_checkable
class MayReadFeatures(Protocol):
    """What may need the features of steps, as `LearnedReward`."""

    @property
    def reads_features(self) -> bool:
        """Whether it does."""
        ...


class Taken(NamedTuple):
    """What a rollout brought."""

    captions: Captions
    first: Array
    """bool `(T, N)`: the step was the first of its episode."""
    features: Array | None
    """float32 `(T, N, d)`, if the wrapper takes note of them."""


def caption_of_info(_observation: Any, info: Mapping[str, Any]) -> str | None:
    """Return what the environment itself says under `info["caption"]`."""
    caption = info.get("caption")
    return caption if isinstance(caption, str) else None


def flat_observation(observation: Any, _info: Mapping[str, Any]) -> Array:
    """Return all numbers of one environment's observation, float32 `(d,)`; a dictionary's by its keys."""
    if isinstance(observation, Mapping):
        parts = [flat_observation(observation[name], _info) for name in sorted(observation)]
    elif isinstance(observation, tuple):
        parts = [flat_observation(part, _info) for part in observation]
    else:
        return np.asarray(observation, np.float32).ravel()
    return np.concatenate([np.zeros(0, np.float32), *parts])


class CaptionedVecEnv(VecEnvWrapper):
    """Captions every step, the last of an episode by its final observation; see `IntrinsicRewards`.

    With `features` it takes note of numbers, too: `flat_observation`, or a function of yours. Where a learned
    reward needs them, `IntrinsicRewards` sees to it.
    """

    def __init__(
        self, venv: VecEnv, caption: CaptionOf = caption_of_info, features: FeaturesOf | None = None
    ) -> None:
        super().__init__(venv)
        self.features = features
        self.extrinsic = 1.0
        """What the environment's own rewards are multiplied by."""
        self._caption = caption
        self._begins = np.ones(venv.num_envs, dtype=bool)
        self._rows: list[list[str | None]] = []
        self._first: list[Array] = []
        self._numbers: list[list[Array]] = []

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere."""
        self._begins[:] = True
        return self.venv.reset()

    def step_wait(self) -> VecEnvStepReturn:
        """Return what the wrapped environments return, with their rewards times `extrinsic`."""
        observations, rewards, dones, infos = self.venv.step_wait()
        seen = [_seen(observations, infos[i], i) for i in range(self.num_envs)]
        self._rows.append([self._caption(one, info) for one, info in zip(seen, infos, strict=True)])
        if self.features is not None:
            self._numbers.append([self.features(one, info) for one, info in zip(seen, infos, strict=True)])
        self._first.append(self._begins.copy())
        self._begins = np.asarray(dones, dtype=bool).copy()
        return observations, rewards * self.extrinsic, dones, infos

    def forget(self) -> None:
        """Leave out what nobody has taken; an episode that began in it is as if it began now."""
        if self._first:
            self._begins |= np.any(self._first, axis=0)
        self._rows, self._first, self._numbers = [], [], []

    def take(self) -> Taken:
        """Return the steps since the last call."""
        rows, first, numbers = self._rows, self._first, self._numbers
        self._rows, self._first, self._numbers = [], [], []
        begun = np.array(first, dtype=bool).reshape(len(rows), self.num_envs)
        features = None
        if self.features is not None:
            features = np.array(numbers, np.float32).reshape(*begun.shape, -1 if numbers else 0)
        return Taken(Captions.of(rows), begun, features)


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
        if isinstance(learned, MayReadFeatures) and learned.reads_features and env.features is None:
            env.features = flat_observation
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
        paid = self._learned.pay(*self._env.take())
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
