"""How a learned reward is added to others: coefficients that may change over a training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from eureka_agent.errors import ConfigError

Array = np.ndarray
RAW = "raw_intrinsic"
"""The part that is the learned reward before its coefficient; it is logged and not paid."""


@dataclass(frozen=True)
class Schedule:
    """A number that goes from `start` to `end` while the progress goes from `since` to `until`."""

    start: float
    end: float
    since: float = 0.0
    until: float = 1.0
    """Shares of the training, from 0 to 1; before and after them the number stays."""

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.start, self.end))):
            raise ConfigError(f"A coefficient from {self.start} to {self.end} is not finite.")
        if not 0.0 <= self.since < self.until <= 1.0:
            raise ConfigError(
                f"A coefficient cannot change from {self.since} to {self.until} of a training.",
                allowed="two shares of the training, from 0 to 1, the first below the second",
            )

    @classmethod
    def constant(cls, value: float) -> Schedule:
        """Return the same number for the whole training."""
        return cls(value, value)

    @classmethod
    def linear(cls, start: float, end: float, *, since: float = 0.0, until: float = 1.0) -> Schedule:
        """Return one that goes from `start` to `end` in proportion to progress."""
        return cls(start, end, since, until)

    def __call__(self, progress: float | Array) -> Array:
        """Return the number at a `progress` from 0 to 1, in the progress's shape."""
        share = np.clip((np.asarray(progress, np.float64) - self.since) / (self.until - self.since), 0, 1)
        return self.start + (self.end - self.start) * share


@dataclass(frozen=True)
class Coefficients:
    """What the parts of a reward are multiplied by before they are added."""

    extrinsic: Schedule = Schedule(0.0, 0.0)
    """Of the environment's own reward, or the sparse one."""
    coded: Schedule = Schedule(1.0, 1.0)
    """Of the reward function that is trained with."""
    intrinsic: Schedule = Schedule(1.0, 1.0)
    """Of the learned one; the only example that its authors published has 0.4 (arXiv 2410.23022)."""


class Mixed(NamedTuple):
    """The reward of T steps of N worlds."""

    total: Array
    """float32 `(T, N)`, the sum of the parts but for `RAW`."""
    parts: Mapping[str, Array]
    """float32 `(T, N)` each: `extrinsic`, `coded` and `intrinsic` as they are paid, and `RAW`."""


def mixed(
    coefficients: Coefficients,
    progress: float | Array,
    *,
    intrinsic: Array,
    coded: Array | None = None,
    extrinsic: Array | None = None,
) -> Mixed:
    """Return the weighted sum of rewards `(T, N)` and its parts; those that are None have no part.

    `progress` is the share of the training that was done, one number or what `(T, N)` is broadcast from.
    """
    given = {"extrinsic": extrinsic, "coded": coded, "intrinsic": intrinsic}
    raw = {name: np.asarray(part, np.float32) for name, part in given.items() if part is not None}
    shapes = {name: part.shape for name, part in raw.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(f"rewards of different steps cannot be added: {shapes}")
    parts = {
        name: np.asarray(getattr(coefficients, name)(progress) * part, np.float32)
        for name, part in raw.items()
    }
    total = np.stack(list(parts.values())).sum(axis=0)
    return Mixed(total, MappingProxyType(parts | {RAW: raw["intrinsic"]}))
