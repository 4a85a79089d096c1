"""A small network from bags of n-grams to one number, with its gradients and its optimiser, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from eureka_agent.intrinsic.models.encoding import Bags, scrambled, stable_hash
from eureka_agent.intrinsic.saving import Array, about, array_of, expect, places_of

_TOO_MANY = 256
"""Texts that are computed at once; more are computed in several goes, so that memory stays small."""
_EMBEDDING = "embedding"
_SQUARE = 0.99
"""What an update leaves of the second moments; Adam's 0.999 is for longer trainings."""


class Slopes(NamedTuple):
    """Derivatives of a loss."""

    outputs: Array
    """`(B,)`: by the network's outputs."""
    extra: Mapping[str, float]
    """By each of the extra parameters."""


class _Passed(NamedTuple):
    """What the way back needs of the way there."""

    used: Array
    """`(U,)`: the n-grams that occur."""
    bags: Array
    """`(B, U)`"""
    embedded: Array
    """`(B, width)`"""
    hidden: Array
    """`(B, hidden)`"""
    outputs: Array
    """`(B,)`"""


class Network:
    """The mean embedding of a text's n-grams, one hidden layer of tanh, one number.

    Bags are divided by the square root of their size, so that texts of any length vary alike. Learns with
    Adam (see below) and decoupled weight decay (arXiv 1711.05101); n-grams that a batch doesn't have
    are left as they are, and each row of the embedding counts its own steps. `extra` are numbers that are
    learned beside it. What it begins with depends on `seed` alone, not on a version of NumPy.
    """

    def __init__(
        self,
        *,
        seed: int,
        dimension: int,
        width: int = 16,
        hidden: int = 32,
        rate: float = 0.05,
        decay: float = 0.0,
        extra: Mapping[str, float] | None = None,
        dtype: type = np.float32,
    ) -> None:
        self._facts = {"seed": seed, "dimension": dimension, "width": width, "hidden": hidden}
        self._dtype = dtype
        self._extra, self._rate, self._decay = dict(extra or {}), rate, decay
        self._begin()

    def _begin(self) -> None:
        seed, width, hidden = (self._facts[name] for name in ("seed", "width", "hidden"))
        begin = {
            _EMBEDDING: uniform(seed, _EMBEDDING, (self._facts["dimension"], width)) * 0.5,
            "hidden": uniform(seed, "hidden", (width, hidden)) * (3.0 / width) ** 0.5,
            "hidden_bias": np.zeros((1, hidden)),
            "output": uniform(seed, "output", (hidden, 1)) * hidden**-0.5,
            "output_bias": np.zeros((1, 1)),
            **{name: np.full((1, 1), value) for name, value in self._extra.items()},
        }
        self.parameters: dict[str, Array] = {name: value.astype(self._dtype) for name, value in begin.items()}
        """By name, each with two axes."""
        rates = dict.fromkeys(begin, self._rate) | {_EMBEDDING: self._rate * width**-0.5}
        self._adam = Adam(self.parameters, rates=rates, decay=self._decay)

    def extra(self, name: str) -> float:
        """Return the value of an extra parameter."""
        return float(self.parameters[name][0, 0])

    def outputs(self, texts: Bags) -> Array:
        """Return the number of each text, `(B,)`."""
        if texts.size <= _TOO_MANY:
            return self._forward(texts).outputs
        cuts = np.searchsorted(texts.rows, np.arange(0, texts.size, _TOO_MANY))
        ends = [*cuts[1:], len(texts.rows)]
        goes = [
            Bags(
                texts.indices[begin:end],
                texts.rows[begin:end] - go * _TOO_MANY,
                min(_TOO_MANY, texts.size - go * _TOO_MANY),
            )
            for go, (begin, end) in enumerate(zip(cuts, ends, strict=True))
        ]
        return np.concatenate([self._forward(go).outputs for go in goes])

    def update(self, texts: Bags, slopes_of: Callable[[Array], Slopes]) -> None:
        """Take one step down the loss whose derivatives at the outputs `slopes_of` returns."""
        passed = self._forward(texts)
        slopes = slopes_of(passed.outputs)
        for name, (rows, slope) in self._backward(passed, slopes).items():
            self._adam.step(name, self.parameters[name], rows, slope)

    def gradients(self, texts: Bags, slopes: Slopes) -> dict[str, Array]:
        """Return the derivatives of a loss by all parameters, each in its parameter's shape."""
        whole = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        for name, (rows, slope) in self._backward(self._forward(texts), slopes).items():
            whole[name][rows] = slope
        return whole

    def _forward(self, texts: Bags) -> _Passed:
        seen = np.zeros(len(self.parameters[_EMBEDDING]), bool)
        seen[texts.indices] = True
        used = np.flatnonzero(seen)
        place = np.cumsum(seen) - 1
        sizes = np.maximum(np.bincount(texts.rows, minlength=texts.size), 1)
        bags = np.zeros((texts.size, len(used)), self._dtype)
        bags[texts.rows, place[texts.indices]] = (sizes**-0.5)[texts.rows]
        embedded = bags @ self.parameters[_EMBEDDING][used]
        hidden = np.tanh(embedded @ self.parameters["hidden"] + self.parameters["hidden_bias"])
        outputs = (hidden @ self.parameters["output"] + self.parameters["output_bias"])[:, 0]
        return _Passed(used, bags, embedded, hidden, outputs)

    def _backward(self, passed: _Passed, slopes: Slopes) -> dict[str, tuple[Array | slice, Array]]:
        """Return the derivatives by each parameter, and which of its rows they are of."""
        every = slice(None)
        by_output = slopes.outputs.astype(self._dtype)[:, None]
        by_sum = (by_output @ self.parameters["output"].T) * (1 - passed.hidden**2)
        by_embedded = by_sum @ self.parameters["hidden"].T
        by_extra = {name: np.full((1, 1), slopes.extra[name], self._dtype) for name in self._extra}
        return {
            _EMBEDDING: (passed.used, passed.bags.T @ by_embedded),
            "hidden": (every, passed.embedded.T @ by_sum),
            "hidden_bias": (every, by_sum.sum(axis=0, keepdims=True)),
            "output": (every, passed.hidden.T @ by_output),
            "output_bias": (every, by_output.sum(axis=0, keepdims=True)),
            **{name: (every, slope) for name, slope in by_extra.items()},
        }

    def state_dict(self) -> dict[str, Array]:
        """Return what was learned; rows that were never in a batch follow from the seed."""
        saved = about("network", **self._facts)
        for name, values in self.parameters.items():
            rows = np.flatnonzero(self._adam.steps[name])
            saved |= {f"{name}.rows": rows, f"{name}.values": values[rows]}
            saved |= {f"{name}.{key}": array for key, array in self._adam.rows_of(name, rows).items()}
        return saved

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is of another seed or size."""
        expect(saved, "network", **self._facts)
        self._begin()
        for name, values in self.parameters.items():
            rows = places_of(saved, f"{name}.rows", (None,), len(values))
            shape = len(rows), values.shape[1]
            values[rows] = array_of(saved, f"{name}.values", shape)
            self._adam.restore(
                name,
                rows,
                steps=places_of(saved, f"{name}.steps", (len(rows),), 2**62),
                mean=array_of(saved, f"{name}.mean", shape),
                square=array_of(saved, f"{name}.square", (2,), least=0.0),
            )


class Adam:
    """Adam over arrays with two axes, one second moment for each array (as in Adam-mini, arXiv 2406.16793).

    With second moments of their own rare n-grams would learn as fast as frequent ones, and a few hundred
    labels would be learned by heart. Rows count their own steps, because a batch has few of the embedding's.
    """

    def __init__(self, parameters: Mapping[str, Array], *, rates: Mapping[str, float], decay: float) -> None:
        self._rates, self._decay = rates, decay
        self._mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self._square = dict.fromkeys(parameters, 0.0)
        self._updates = dict.fromkeys(parameters, 0)
        self.steps = {name: np.zeros(len(value), np.int64) for name, value in parameters.items()}
        """How often each row of each parameter was changed."""

    def step(self, name: str, values: Array, rows: Array | slice, slope: Array) -> None:
        """Change some rows of `values` in place, against their `slope`."""
        if not slope.size:
            return
        self._updates[name] += 1
        self.steps[name][rows] += 1
        mean = 0.9 * self._mean[name][rows] + 0.1 * slope
        self._mean[name][rows] = mean
        self._square[name] = _SQUARE * self._square[name] + (1 - _SQUARE) * float(np.mean(slope**2))
        deviation = (self._square[name] / (1 - _SQUARE ** self._updates[name])) ** 0.5 + 1e-8
        rate = self._rates[name]
        size = rate / deviation / (1 - 0.9 ** self.steps[name][rows][:, None])
        shrink = values.dtype.type(1 - rate * self._decay)
        values[rows] = shrink * values[rows] - size.astype(values.dtype) * mean

    def rows_of(self, name: str, rows: Array) -> dict[str, Array]:
        """Return the first moments and the numbers of steps of some rows, and the second moment of all."""
        return {
            "mean": self._mean[name][rows],
            "steps": self.steps[name][rows],
            "square": np.array([self._square[name], self._updates[name]], np.float64),
        }

    def restore(self, name: str, rows: Array, *, steps: Array, mean: Array, square: Array) -> None:
        """Put back what `rows_of` returned."""
        self._mean[name][rows], self.steps[name][rows] = mean, steps
        self._square[name], self._updates[name] = float(square[0]), int(square[1])


def uniform(seed: int, name: str, shape: tuple[int, int]) -> Array:
    """Return numbers between -1 and 1, float64, that depend on the seed and the name alone."""
    begin = np.uint64(stable_hash(name, str(seed)))
    numbers = np.arange(shape[0] * shape[1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + begin
    return ((scrambled(numbers) >> np.uint64(11)) * 2.0**-52 - 1.0).reshape(shape)
