"""A sample of a training's steps and rewards, kept so that the saved reward can be verified.

The first rollout and the last one: a reward that depends on the number of calls, or on the number of rows it
is given, differs in one of them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eureka_agent.arrays import write_arrays
from eureka_agent.errors import StoreError
from eureka_agent.tasks.task import Signals
from eureka_agent.training.reward_provider import RewardBatch, RewardProvider, RolloutSteps

Array = np.ndarray
FILE = "reward_sample.npz"
MAX_ROWS = 2048
"""Rows kept of a rollout, at least those of one world: some hundred kB a training."""


@dataclass(frozen=True)
class RewardSample:
    """T steps of N worlds with their rewards in training."""

    signals: Signals
    """Those that the reward reads, each `(T, N, ...)`."""
    first: Array
    """bool `(T, N)`: the step was the first of its episode."""
    reward: Array
    """float32 `(T, N)`."""
    components: Mapping[str, Array]
    """float32 `(T, N)` each."""
    progress: float = 1.0
    """The share of the training that was done when the steps were paid for."""

    @classmethod
    def of(
        cls,
        signals: Mapping[str, Array],
        first: Array,
        reward: Array,
        components: Mapping[str, Array],
        *,
        progress: float,
    ) -> RewardSample:
        """Keep as many worlds of a rollout, arrays `(T, N, ...)`, as `MAX_ROWS` allows."""
        steps, worlds = first.shape
        kept = slice(0, max(1, min(worlds, MAX_ROWS // steps)))
        return cls(
            {name: values[:, kept].copy() for name, values in signals.items()},
            first[:, kept].copy(),
            reward[:, kept].copy(),
            {name: values[:, kept].copy() for name, values in components.items()},
            progress,
        )

    @property
    def begun(self) -> Array:
        """bool `(T, N)`: the episode began within the sample, so that its memory is known."""
        return np.logical_or.accumulate(self.first, axis=0)

    def worlds(self, index: Array) -> RewardSample:
        """Return the same steps of some worlds, indices `(k,)`, in that order."""
        return RewardSample(
            {name: values[:, index] for name, values in self.signals.items()},
            self.first[:, index],
            self.reward[:, index],
            {name: values[:, index] for name, values in self.components.items()},
            self.progress,
        )

    def flat(self) -> RewardSample:
        """Return every step as the only one of a world of its own: `(1, T * N, ...)`."""
        return RewardSample(
            {name: _one_step(values) for name, values in self.signals.items()},
            _one_step(self.first),
            _one_step(self.reward),
            {name: _one_step(values) for name, values in self.components.items()},
            self.progress,
        )


class SampledRewardProvider:
    """Wraps a provider and keeps the first and the last rollout with their rewards."""

    def __init__(self, provider: RewardProvider) -> None:
        self._provider = provider
        self.signals = provider.signals
        self._first: RewardSample | None = None
        self._last: RewardSample | None = None

    def __call__(self, rollout: RolloutSteps) -> RewardBatch:
        """Compute a rollout's rewards; raises what the provider raises."""
        paid = self._provider(rollout)
        read = {name: rollout.signals[name] for name in self.signals}
        # All steps of a rollout were taken with one policy.
        self._last = RewardSample.of(read, rollout.first, *paid, progress=float(rollout.progress))
        self._first = self._first or self._last
        return paid

    def unsampled(self, rollout: RolloutSteps) -> RewardBatch:
        """Compute the rewards of steps that nothing was learned from; they are not kept."""
        return self._provider(rollout)

    @property
    def samples(self) -> list[RewardSample]:
        """What was kept so far."""
        return [sample for sample in (self._first, self._last) if sample is not None]


def write_samples(folder: Path, samples: Sequence[RewardSample]) -> None:
    """Write samples, if any, into a training's folder; StoreError if the disk does not take them."""
    if not samples:
        return
    arrays: dict[str, Array] = {}
    for index, sample in enumerate(samples):
        arrays |= {f"{index}/signal/{name}": values for name, values in sample.signals.items()}
        arrays[f"{index}/first"], arrays[f"{index}/reward"] = sample.first, sample.reward
        arrays[f"{index}/progress"] = np.array(sample.progress)
        arrays[f"{index}/names"] = np.array(list(sample.components))
        arrays[f"{index}/components"] = np.stack(list(sample.components.values()))
    write_arrays(folder / FILE, arrays)


def read_samples(folder: Path) -> list[RewardSample]:
    """Return what `write_samples` wrote, nothing where there is no file; StoreError if it is another one."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {key: data[key] for key in data.files}
        count = sum(key.endswith("/first") and key.count("/") == 1 for key in arrays)
        return [_sample(arrays, f"{index}/") for index in range(count)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(
            f"{path} holds no steps that were paid for: {error}", fix="Delete it and train again."
        ) from error


def _sample(arrays: Mapping[str, Array], at: str) -> RewardSample:
    prefix = f"{at}signal/"
    names = [str(name) for name in arrays[f"{at}names"]]
    return RewardSample(
        {key.removeprefix(prefix): values for key, values in arrays.items() if key.startswith(prefix)},
        arrays[f"{at}first"],
        arrays[f"{at}reward"],
        dict(zip(names, arrays[f"{at}components"], strict=True)),
        float(arrays[f"{at}progress"]),
    )


def _one_step(values: Array) -> Array:
    return values.reshape(1, -1, *values.shape[2:])
