"""Policy and value network of one candidate as one flat vector, and its one forward pass.

The pass is written once, for NumPy (acting) and for JAX (learning, and all of it on a device): it takes the
array library as `xp`. Weights may be those of one candidate or of several, stacked; see `Network.features`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.errors import TrainingError
from eureka_agent.seeds import generator_for
from eureka_agent.training.population.encoder import FLAT, Encoder

Array = np.ndarray


class WeightSlice(NamedTuple):
    """Where one weight lies in the flat vector."""

    name: str
    offset: int
    shape: tuple[int, ...]


class PolicyOutput(NamedTuple):
    """What the policy network says about observations, each `(..., n, columns)`."""

    output: Any
    """Means, or the logits of all heads side by side."""
    latent: Any
    """The features it was computed from, which state-dependent exploration reads too."""


@dataclass(frozen=True)
class Network:
    """Two separate tanh networks, for policy and value, behind one encoder, and what the exploration needs.

    Hashable: compiled updates are shared by all candidates of equal networks.
    """

    observation: int
    hidden: tuple[int, ...]
    heads: tuple[int, ...]
    """Choices of every discrete head; empty where actions are continuous."""
    dim: int
    """Length of a continuous action; 0 where actions are discrete."""
    sde: bool = False
    """State-dependent exploration instead of a standard deviation for each element of the action."""
    encoder: Encoder = FLAT

    def __post_init__(self) -> None:
        if self.observation < self.encoder.identifiers:
            named, seen = self.encoder.identifiers, self.observation
            raise ValueError(f"an encoder of {named} glyphs cannot read observations of length {seen}")

    @classmethod
    def of(
        cls,
        observation: int,
        space: gym.Space,
        hidden: Sequence[int],
        *,
        sde: bool,
        encoder: Encoder = FLAT,
    ) -> Network:
        """Return the network for observations of a length and an action space.

        Raises TrainingError where actions have no distribution, or observations are too short to encode.
        """
        if observation < encoder.identifiers:
            raise TrainingError(
                f"The encoder reads {encoder.identifiers} glyphs of observations of length {observation}.",
                allowed="observations that begin with as many identifiers as [algorithm] has glyphs",
                fix="Correct glyphs in [algorithm], or what the environment observes.",
            )
        if isinstance(space, spaces.Box):
            return cls(observation, tuple(hidden), (), int(np.prod(space.shape or (1,))), sde, encoder)
        if sde:
            raise TrainingError(
                "State-dependent exploration needs continuous actions.",
                fix="Remove use_sde from [algorithm].",
            )
        if isinstance(space, spaces.Discrete):
            return cls(observation, tuple(hidden), (int(space.n),), 0, encoder=encoder)
        if isinstance(space, spaces.MultiDiscrete):
            choices = tuple(int(n) for n in space.nvec.reshape(-1))
            return cls(observation, tuple(hidden), choices, 0, encoder=encoder)
        if isinstance(space, spaces.MultiBinary):
            return cls(observation, tuple(hidden), (2,) * int(np.prod(space.shape)), 0, encoder=encoder)
        raise TrainingError(
            f"Actions of kind {type(space).__name__} cannot be learned.",
            allowed="Box, Discrete, MultiDiscrete or MultiBinary",
        )

    @property
    def outputs(self) -> int:
        """Length of the policy's output: means, or the logits of all heads side by side."""
        return sum(self.heads) if self.heads else self.dim

    @property
    def width(self) -> int:
        """How many numbers the first layers see."""
        return self.encoder.width(self.observation)

    @property
    def latent(self) -> int:
        """Length of the last hidden layer, or of what is seen where there is none."""
        return self.hidden[-1] if self.hidden else self.width

    @cached_property
    def slots(self) -> tuple[WeightSlice, ...]:
        """Every weight in order."""
        shapes = list(self.encoder.shapes)
        for tower, last in (("pi", self.outputs), ("vf", 1)):
            sizes = [self.width, *self.hidden, last]
            for layer, (rows, columns) in enumerate(itertools.pairwise(sizes)):
                shapes += [(f"{tower}{layer}.w", (rows, columns)), (f"{tower}{layer}.b", (columns,))]
        if not self.heads:
            shapes.append(("log_std", (self.latent, self.dim) if self.sde else (self.dim,)))
        offsets = np.cumsum([0, *(math.prod(shape) for _, shape in shapes)])
        return tuple(
            WeightSlice(name, int(o), shape) for (name, shape), o in zip(shapes, offsets, strict=False)
        )

    @property
    def size(self) -> int:
        """Length of the flat vector."""
        last = self.slots[-1]
        return last.offset + math.prod(last.shape)

    @cached_property
    def _columns(self) -> tuple[slice, ...]:
        """Where each head's logits lie in the policy's output."""
        ends = itertools.accumulate(self.heads)
        return tuple(slice(end - count, end) for end, count in zip(ends, self.heads, strict=True))

    def views(self, flat: Any) -> dict[str, Any]:
        """Return every weight of `flat` `(..., size)` as `(..., *shape)`, in NumPy without a copy."""
        leading = flat.shape[:-1]
        return {
            slot.name: flat[..., slot.offset : slot.offset + math.prod(slot.shape)].reshape(
                *leading, *slot.shape
            )
            for slot in self.slots
        }

    def forward(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> tuple[PolicyOutput, Any]:
        """Return what the policy says and the value `(..., n)`; see `features` for the shapes.

        The encoder runs once for both, and so does what its gradient costs.
        """
        encoded = self.encoder(weights, observation, xp)
        return self._policy(weights, encoded, xp), self._value(weights, encoded, xp)

    def policy(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> PolicyOutput:
        """Return what the policy says about normalised observations; see `features`."""
        return self._policy(weights, self.encoder(weights, observation, xp), xp)

    def value(self, weights: Mapping[str, Any], observation: Any, xp: Any) -> Any:
        """Return the value `(..., n)` of normalised observations; see `features`."""
        return self._value(weights, self.encoder(weights, observation, xp), xp)

    def as_seen(self, observation: Any, normalized: Any, xp: Any) -> Any:
        """Return normalised observations `(..., dim)`, but what are names among them as they were before."""
        named = self.encoder.identifiers
        if not named:
            return normalized
        return xp.concatenate([observation[..., :named], normalized[..., named:]], axis=-1)

    def _policy(self, weights: Mapping[str, Any], encoded: Any, xp: Any) -> PolicyOutput:
        latent = self.features(weights, "pi", encoded, xp)
        return PolicyOutput(_linear(weights, f"pi{len(self.hidden)}", latent), latent)

    def _value(self, weights: Mapping[str, Any], encoded: Any, xp: Any) -> Any:
        latent = self.features(weights, "vf", encoded, xp)
        return _linear(weights, f"vf{len(self.hidden)}", latent)[..., 0]

    def features(self, weights: Mapping[str, Any], tower: str, encoded: Any, xp: Any) -> Any:
        """Return the last hidden layer of the policy's (`pi`) or the value's (`vf`) tower.

        Args:
            weights: what `views` gives, of one candidate or of K stacked ones.
            tower: whose.
            encoded: what the encoder gives for normalised observations, float32 `(..., n, width)`; for
                stacked weights `(K, n, width)`, and candidate k's rows then depend on its weights only.
            xp: `numpy` or `jax.numpy`.
        """
        for layer in range(len(self.hidden)):
            encoded = xp.tanh(_linear(weights, f"{tower}{layer}", encoded))
        return encoded

    def split(self, output: Any) -> list[Any]:
        """Return the logits of every discrete head, each `(..., choices)`."""
        return [output] if len(self.heads) == 1 else [output[..., columns] for columns in self._columns]

    def initial(self, seed: int) -> Array:
        """Return first weights `(size,)`: orthogonal, the policy's last layer small, zero biases."""
        generator = generator_for(seed, "policy")
        flat = np.zeros(self.size, dtype=np.float32)
        views = self.views(flat)
        for tower, last_gain in (("pi", 0.01), ("vf", 1.0)):
            for layer in range(len(self.hidden) + 1):
                gain = math.sqrt(2.0) if layer < len(self.hidden) else last_gain
                weight = views[f"{tower}{layer}.w"]
                weight[:] = gain * _orthogonal(generator, weight.shape)
        self.encoder.fill(views, generator_for(seed, "encoder"))
        return flat


def _linear(weights: Mapping[str, Any], name: str, rows: Any) -> Any:
    return rows @ weights[f"{name}.w"] + weights[f"{name}.b"][..., None, :]


def _orthogonal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    rows, columns = shape
    normal = generator.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(normal)
    q = q * np.sign(np.diag(r))
    return q if rows >= columns else q.T
