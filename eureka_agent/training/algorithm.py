"""PPO's settings, by Stable-Baselines3's names; every trainer reads them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from eureka_agent.errors import ConfigError, did_you_mean

EncoderName = Literal["flat", "glyphs"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
_GLYPHS = ("glyphs", "vocabulary", "embedding")
_POSITIVE = ("n_envs", "n_steps", "batch_size", "n_epochs", *_GLYPHS)
_FIX = "Correct [algorithm] in the task's task.toml."


@dataclass(frozen=True)
class PpoSettings:
    """What a task may override in `[algorithm]` (arXiv 1707.06347).

    Rewards are normalised so that a candidate is judged by its content, not by the scale its author happened
    to choose.
    """

    n_envs: int = 8
    """Worlds stepped together."""
    n_steps: int = 256
    """Steps of each world between updates."""
    batch_size: int = 64
    n_epochs: int = 10
    gamma: float = 0.99
    gae_lambda: float = 0.95
    learning_rate: float = 3e-4
    clip_range: float = 0.2
    ent_coef: float = 0.0
    vf_coef: float = 0.5
    max_grad_norm: float = 0.5
    use_sde: bool = False
    """State-dependent exploration (arXiv 2005.05719); continuous actions only."""
    sde_sample_freq: int = -1
    """Steps between new exploration matrices; -1 draws them once a rollout."""
    hidden_sizes: tuple[int, ...] = (64, 64)
    normalize_observation: bool = False
    normalize_reward: bool = True
    encoder: EncoderName = "flat"
    """What the first layers see of an observation: its numbers, or a learned vector for each glyph in it."""
    glyphs: int = 81
    """How many numbers at the beginning of an observation are identifiers of glyphs."""
    vocabulary: int = 5977
    """How many glyphs there are; NetHack's by default."""
    embedding: int = 8
    """Length of a glyph's vector."""

    @classmethod
    def of(cls, algorithm: Mapping[str, Any]) -> PpoSettings:
        """Return the defaults with a task's overrides.

        Raises ConfigError for an unknown name or encoder, for settings of an encoder that is not chosen, or
        if there would be no worlds, no steps or nothing to learn from.
        """
        known = {field.name for field in fields(cls)}
        for name in algorithm:
            if name not in known:
                raise ConfigError(
                    f"'{name}' is not a setting of the algorithm.{did_you_mean(name, known)}",
                    allowed=", ".join(sorted(known)),
                    fix=_FIX,
                )
        _check_encoder(algorithm)
        values = dict(algorithm)
        if "hidden_sizes" in values:
            values["hidden_sizes"] = tuple(int(size) for size in values["hidden_sizes"])
        settings = cls(**values)
        for name in _POSITIVE:
            if getattr(settings, name) < 1:
                raise ConfigError(
                    f"'{name}' of the algorithm is {getattr(settings, name)}: nothing could be learned.",
                    allowed="one or more",
                    fix=_FIX,
                )
        return settings

    @property
    def rollout(self) -> int:
        """Environment steps between two updates."""
        return self.n_envs * self.n_steps


def _check_encoder(algorithm: Mapping[str, Any]) -> None:
    """Raise ConfigError for an encoder that there is not, or settings that none would read."""
    name = algorithm.get("encoder", "flat")
    if name not in ENCODERS:
        raise ConfigError(
            f"There is no encoder '{name}'.{did_you_mean(str(name), ENCODERS)}",
            allowed=" or ".join(ENCODERS),
            fix=_FIX,
        )
    idle = [setting for setting in _GLYPHS if setting in algorithm and "encoder" not in algorithm]
    if idle:
        raise ConfigError(
            f"{' and '.join(idle)} in [algorithm] would do nothing: the default encoder has no glyphs.",
            allowed='these settings with encoder = "glyphs"',
            fix='Add encoder = "glyphs" to [algorithm], or take them out.',
        )
