"""Acting in NumPy: the policies of several candidates, stacked, without the cost of dispatching a program.

Slot k of every result depends on slot k of the inputs only, bit for bit: matrix products run one candidate
after the other inside `np.matmul`, everything else is element by element.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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
        self._layers = len(network.hidden)

    def normalized(self, observation: Array) -> Array:
        """Return observations as the networks see them."""
        return observation if self._normalizer is None else self._normalizer(observation)

    def output(self, observation: Array) -> tuple[Array, Array]:
        """Return the policy's output `(K, N, outputs)` and its last hidden layer, for normalised input."""
        hidden = self._hidden("pi", observation)
        return self._linear(f"pi{self._layers}", hidden), hidden

    def values(self, observation: Array) -> Array:
        """Return the value `(K, N)` of normalised observations."""
        return self._linear(f"vf{self._layers}", self._hidden("vf", observation))[..., 0]

    def best_actions(self, observation: Array) -> Array:
        """Return deterministic actions for raw observations: `(K, N, dim)`, or choices `(K, N, heads)`."""
        output, _ = self.output(self.normalized(observation))
        if not self.network.heads:
            return output
        return np.stack([head.argmax(axis=-1) for head in _split(output, self.network.heads)], axis=-1)

    def sampled_actions(self, observation: Array, noise: Array) -> Array:
        """Return random actions for normalised observations.

        `noise` is standard normal `(K, N, dim)`, an exploration matrix for each world `(K, N, latent, dim)`
        under state-dependent exploration, or uniform `(K, N, heads)` where actions are discrete.
        """
        output, hidden = self.output(observation)
        if self.network.heads:
            logits = _split(output, self.network.heads)
            return np.stack([_drawn(head, noise[..., i]) for i, head in enumerate(logits)], axis=-1)
        if self.network.sde:
            return output + np.matmul(hidden[..., None, :], noise)[..., 0, :]
        return output + np.exp(self._weights["log_std"])[:, None] * noise

    def exploration(self, noise: Array) -> Array:
        """Turn standard normal `(K, N, latent, dim)` into exploration matrices of the learned deviations."""
        return np.exp(self._weights["log_std"])[:, None] * noise

    def _hidden(self, tower: str, observation: Array) -> Array:
        for layer in range(self._layers):
            observation = np.tanh(self._linear(f"{tower}{layer}", observation))
        return observation

    def _linear(self, name: str, rows: Array) -> Array:
        return np.matmul(rows, self._weights[f"{name}.w"]) + self._weights[f"{name}.b"][:, None]


def _split(output: Array, heads: Sequence[int]) -> list[Array]:
    return np.split(output, np.cumsum(heads)[:-1], axis=-1) if len(heads) > 1 else [output]


def _drawn(logits: Array, uniform: Array) -> Array:
    """Return choices `(K, N)` by inverting the cumulated softmax."""
    cumulated = np.cumsum(np.exp(logits - logits.max(axis=-1, keepdims=True)), axis=-1)
    return (uniform[..., None] * cumulated[..., -1:] > cumulated[..., :-1]).sum(axis=-1)
