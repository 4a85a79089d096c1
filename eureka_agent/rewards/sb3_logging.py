"""Stable-Baselines3 logs what each part of a reward pays. It is an extra, imported only with this module."""

from __future__ import annotations

from collections import defaultdict

from eureka_agent.errors import ConfigError

try:
    from stable_baselines3.common.callbacks import BaseCallback
except ImportError as missing:
    raise ConfigError(
        "Stable-Baselines3 is not installed.", fix="Install the extra sb3: pip install -e '.[sb3]'."
    ) from missing


class ComponentCallback(BaseCallback):
    """Logs the sum of each reward component over an episode, beside the sum of the native rewards.

    For models whose environments are wrapped in RewardWrapper: `model.learn(10_000, ComponentCallback())`
    records means over the episodes since the last log, as `reward/<component>` and `reward/native_return`.
    """

    def __init__(self, prefix: str = "reward", verbose: int = 0) -> None:
        super().__init__(verbose)
        self._prefix = prefix
        self._sums: dict[int, dict[str, float]] = {}
        """What each world's episode has paid so far, by component."""

    def _on_training_start(self) -> None:
        self._sums = {}

    def _on_step(self) -> bool:
        for world, (info, done) in enumerate(zip(self.locals["infos"], self.locals["dones"], strict=True)):
            sums = self._sums.setdefault(world, defaultdict(float))
            for name, value in info.get("reward_components", {}).items():
                sums[name] += value
            if done:
                self._record(self._sums.pop(world), info.get("native_return"))
        return True

    def _record(self, sums: dict[str, float], native: float | None) -> None:
        told = sums if native is None else {**sums, "native_return": native}
        for name, value in told.items():
            self.logger.record_mean(f"{self._prefix}/{name}", value)
