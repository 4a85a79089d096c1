"""Acting in NumPy: the policies of several candidates, stacked, without the cost of dispatching a program.

Slot k of every result depends on slot k of the inputs only, bit for bit: matrix products run one candidate
after the other inside `np.matmul`, everything else is element by element.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.training.population.distribution import exploration_matrices, most_likely, sampled
from eureka_agent.training.population.moments import CLIP, EPSILON, Moments
from eureka_agent.training.population.network import Network

Array = np.ndarray


class Normalizer(NamedTuple):
    """Observation statistics of K candidates, each float32 `(K, 1, dim)`."""

    mean: Array
    scale: Array

    @classmethod
    def of(cls, moments: Sequence[Moments]) -> Normalizer:
        """Stack the statistics of several candidates."""
        mean = np.stack([m.mean for m in moments]).astype(np.float32)
        scale = np.stack([1.0 / np.sqrt(m.var + EPSILON) for m in moments]).astype(np.float32)
        return cls(mean[:, None], scale[:, None])

    def __call__(self, observation: Array) -> Array:
        """Normalise and clip `(K, N, dim)`."""
        return np.clip((observation - self.mean) * self.scale, -CLIP, CLIP)


class Policies:
    """The policies of K candidates; observations come as `(K, N, dim)`."""

    def __init__(self, network: Network, flats: Sequence[Array], moments: Sequence[Moments] | None) -> None:
        """Stack flat parameters; `moments` are None where observations are not normalised."""
        self.network = network
        self._weights = network.views(np.stack(flats))
        self._normalizer = None if moments is None else Normalizer.of(moments)

    def normalized(self, observation: Array) -> Array:
        """Return observations `(K, N, dim)` normalised and clipped, as the networks see them."""
        if self._normalizer is None:
            return observation
        return self.network.as_seen(observation, self._normalizer(observation), np)

    def values(self, observation: Array) -> Array:
        """Return the value `(K, N)` of normalised observations."""
        return self.network.value(self._weights, observation, np)

    def best_actions(self, observation: Array) -> Array:
        """Return deterministic actions for raw observations: `(K, N, dim)`, or choices `(K, N, heads)`."""
        policy = self.network.policy(self._weights, self.normalized(observation), np)
        return most_likely(self.network, policy, np)

    def sampled_actions(self, observation: Array, noise: Array) -> Array:
        """Return random actions for normalised observations; `noise` is `(K, N, ...)`, see `sampled`."""
        policy = self.network.policy(self._weights, observation, np)
        return sampled(self.network, self._weights, policy, noise, np)

    def exploration(self, noise: Array) -> Array:
        """Turn standard normal `(K, N, latent, dim)` into exploration matrices of the learned deviations."""
        return exploration_matrices(self._weights, noise, np)
