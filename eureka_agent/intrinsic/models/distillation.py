"""Random network distillation (arXiv 1810.12894): a bonus for steps unlike those that were met before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question
from eureka_agent.intrinsic.models.model import CaptionedSteps
from eureka_agent.intrinsic.models.moments import RunningMoments
from eureka_agent.intrinsic.models.network import uniform
from eureka_agent.intrinsic.models.settings import ModelSettings
from eureka_agent.intrinsic.saving import (
    Saved,
    about,
    array_of,
    expect,
    generator_state,
    nested,
    part_of,
    places_of,
    restore_generator,
)
from eureka_agent.seeds import generator_for

Array = np.ndarray
_KIND = "rnd"
_AT_ONCE = 8_192
"""Steps that are computed at once, so that memory stays small."""
_MEAN, _SQUARE, _TINY = 0.9, 0.999, 1e-8
"""Adam's (arXiv 1412.6980)."""


class Layers(NamedTuple):
    """A network with one hidden layer."""

    hidden: Array
    """`(d, h)`"""
    hidden_bias: Array
    """`(h,)`"""
    output: Array
    """`(h, k)`"""
    output_bias: Array
    """`(k,)`"""


class RandomNetworkDistillation:
    """Pays how badly a network predicts what a fixed random one says of a step's features; asks nobody.

    What was met often is predicted well, so that only what is new is paid. Features are normalised by their
    moments over all steps so far and clipped; the error is divided by its deviation over all steps so far, so
    that a step is paid about as much as by other kinds, and clipped. (The original divides by the deviation
    of discounted returns.) All steps are paid, with a caption or without; the last of an episode is paid by
    what was there before the reset, as every other.

    A rollout is learned from with the next one, so that it is paid as it was met: at most
    `settings.most_updates` updates with `settings.batch` steps each, drawn from it at random. The number of
    features is that of the first rollout.
    """

    def __init__(self, settings: ModelSettings | None = None, *, seed: int) -> None:
        self._settings, self._seed = settings or ModelSettings(), seed
        self._rng = generator_for(seed, "random network distillation")
        self._scale = RunningMoments(1)
        self._begin(0)

    def _begin(self, features: int) -> None:
        """Make both networks for so many features."""
        self._inputs = RunningMoments(features)
        self._target, self._predictor = self._layers("target"), self._layers("predictor")
        self._adam = Adam(self._predictor, rate=self._settings.novelty_rate)
        self._kept = np.zeros((0, features), np.float32)
        """Steps of the last rollout that are still to be learned from."""

    def _layers(self, name: str) -> Layers:
        """Return a network with random weights, which depend on the seed alone.

        So do the biases of its hidden layer: without them both say 0 of the mean step, as if it were known.
        """
        count, hidden, outputs = (
            len(self._inputs),
            self._settings.novelty_hidden,
            self._settings.novelty_outputs,
        )

        def drawn(part: str, rows: int, columns: int) -> Array:
            return uniform(self._seed, f"{name} {part}", (rows, columns)).astype(np.float32)

        return Layers(
            drawn("hidden", count, hidden) * np.float32((6.0 / max(count, 1)) ** 0.5),
            drawn("bias", 1, hidden)[0],
            drawn("output", hidden, outputs) * np.float32((3.0 / hidden) ** 0.5),
            np.zeros(outputs, np.float32),
        )

    @property
    def feature_count(self) -> int:
        """How many features a step has; 0 before the first rollout."""
        return len(self._inputs)

    def ingest(self, labels: Sequence[Label]) -> None:
        """Labels change nothing."""

    def observe(self, steps: CaptionedSteps) -> Sequence[Question]:
        """Learn from the rollout before, take note of this one, and ask nothing.

        Raises:
            ConfigError: steps have no features, or another number of them than before.
        """
        rows = self._rows(steps)
        if not len(rows):
            return ()
        self._learn()
        self._inputs.add(rows)
        self._scale.add(self._errors(rows)[:, None])
        most = self._settings.most_updates * self._settings.batch
        self._kept = self._inputs.filled(rows[self._rng.permutation(len(rows))[:most]])
        return ()

    def _rows(self, steps: CaptionedSteps) -> Array:
        if steps.features is None:
            raise ConfigError(
                "Random network distillation pays steps by their features, and these have none.",
                allowed="float32 features (T, N, d) beside the captions",
                fix="Give pay() features, or choose another kind of learned reward.",
            )
        count, worlds, features = steps.features.shape
        rows = np.asarray(steps.features, np.float32).reshape(count * worlds, features)
        if len(rows) and not self.feature_count:
            self._begin(rows.shape[1])
        if len(rows) and rows.shape[1] != self.feature_count:
            raise ConfigError(
                f"Steps have {rows.shape[1]} features, and had {self.feature_count} before.",
                allowed="the same features throughout a training",
                fix="Go on with the features it began with, or begin anew.",
            )
        return rows

    def _learn(self) -> None:
        for begin in range(0, len(self._kept), self._settings.batch):
            batch = self._normalised(self._kept[begin : begin + self._settings.batch])
            self._adam.step(_slopes(self._predictor, batch, _outputs(self._target, batch)))

    def _normalised(self, rows: Array) -> Array:
        return self._inputs.normalised(rows, self._settings.feature_clip)

    def _errors(self, rows: Array) -> Array:
        """Return the mean squared error of each row's prediction, float64 `(n,)`."""
        return np.concatenate([np.zeros(0), *self._errors_of_parts(rows)])

    def _errors_of_parts(self, rows: Array) -> Iterator[Array]:
        for begin in range(0, len(rows), _AT_ONCE):
            part = self._normalised(rows[begin : begin + _AT_ONCE])
            off = _outputs(self._predictor, part) - _outputs(self._target, part)
            yield (off.astype(np.float64) ** 2).mean(axis=1)

    def reward(self, steps: CaptionedSteps) -> Array:
        """Return each step's error in deviations, clipped, float32 `(T, N)`; nothing without features."""
        shape, deviation = steps.captions.index.shape, float(self._scale.deviations[0])
        if steps.features is None or not deviation:
            return np.zeros(shape, np.float32)
        paid = self._errors(self._rows(steps)) / deviation
        return np.minimum(paid, self._settings.clip).astype(np.float32).reshape(shape)

    def state_dict(self) -> Saved:
        """Return everything; the fixed network follows from the seed."""
        return {
            **about(_KIND, **self._facts),
            "features": np.array(self.feature_count),
            "kept": self._kept.copy(),
            "rows": generator_state(self._rng),
            **nested("inputs", self._inputs.state_dict()),
            **nested("scale", self._scale.state_dict()),
            **nested("predictor", self._adam.state_dict()),
        }

    def load_state_dict(self, saved: Saved) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of another kind, seed or size."""
        expect(saved, _KIND, **self._facts)
        self._begin(int(places_of(saved, "features", (), 2**20)))
        self._kept = array_of(saved, "kept", (None, self.feature_count)).astype(np.float32)
        restore_generator(self._rng, saved, "rows")
        self._inputs.load_state_dict(part_of(saved, "inputs"))
        self._scale.load_state_dict(part_of(saved, "scale"))
        self._adam.load_state_dict(part_of(saved, "predictor"))

    @property
    def _facts(self) -> dict[str, object]:
        settings = self._settings
        return {"seed": self._seed, "hidden": settings.novelty_hidden, "outputs": settings.novelty_outputs}


def _outputs(layers: Layers, rows: Array) -> Array:
    """Return what a network says of rows `(n, d)`, `(n, k)`."""
    return np.maximum(rows @ layers.hidden + layers.hidden_bias, 0) @ layers.output + layers.output_bias


def _slopes(layers: Layers, rows: Array, wanted: Array) -> Layers:
    """Return the derivatives of the mean squared error by each parameter."""
    hidden = np.maximum(rows @ layers.hidden + layers.hidden_bias, 0)
    off = hidden @ layers.output + layers.output_bias - wanted
    by_output = off * np.float32(2.0 / off.size)
    by_hidden = (by_output @ layers.output.T) * (hidden > 0)
    return Layers(rows.T @ by_hidden, by_hidden.sum(axis=0), hidden.T @ by_output, by_output.sum(axis=0))


class Adam:
    """Adam over the parameters of one network, which it changes in place."""

    def __init__(self, layers: Layers, *, rate: float) -> None:
        self._layers, self._rate, self._steps = layers, rate, 0
        self._mean = Layers(*map(np.zeros_like, layers))
        self._square = Layers(*map(np.zeros_like, layers))

    def step(self, slopes: Layers) -> None:
        """Change all parameters against their slopes."""
        self._steps += 1
        size = self._rate * (1 - _SQUARE**self._steps) ** 0.5 / (1 - _MEAN**self._steps)
        for values, mean, square, slope in zip(self._layers, self._mean, self._square, slopes, strict=True):
            mean += (1 - _MEAN) * (slope - mean)
            square += (1 - _SQUARE) * (slope**2 - square)
            values -= (size * mean / (np.sqrt(square) + _TINY)).astype(np.float32)

    def state_dict(self) -> dict[str, Array]:
        """Return parameters, moments, and the number of steps."""
        saved = {"steps": np.array(self._steps)}
        for name in Layers._fields:
            for part, layers in self._parts.items():
                saved[f"{name}.{part}"] = getattr(layers, name).copy()
        return saved

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is damaged."""
        self._steps = int(places_of(saved, "steps", (), 2**62))
        for name in Layers._fields:
            for part, layers in self._parts.items():
                values = getattr(layers, name)
                least = 0.0 if part == "square" else -np.inf
                values[...] = array_of(saved, f"{name}.{part}", values.shape, least=least)

    @property
    def _parts(self) -> dict[str, Layers]:
        return {"values": self._layers, "mean": self._mean, "square": self._square}
