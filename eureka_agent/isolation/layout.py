"""Where every signal, the reward and its components lie in the memory that asker and worker share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eureka_agent.errors import WorkerError
from eureka_agent.rewards.output import MAX_COMPONENTS

_ALIGNMENT = 64
_DTYPES = ("float32", "int32")


@dataclass(frozen=True)
class SignalSlot:
    """One signal: `(capacity, *shape)` values of `dtype`, from `offset` bytes into the input region."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    offset: int


@dataclass(frozen=True)
class SignalLayout:
    """The two shared regions of one worker.

    The input region, written by the asker only, holds every signal for up to `capacity` rows, and one byte a
    row that marks the first step of an episode. The output region, written by the worker, is a float32 array
    `(1 + max_components, capacity)`: the reward, then its components in the announced order.
    """

    slots: tuple[SignalSlot, ...]
    capacity: int
    max_components: int
    resets_offset: int

    @classmethod
    def build(
        cls,
        signals: Iterable[tuple[str, Sequence[int], Any]],
        capacity: int,
        max_components: int = MAX_COMPONENTS,
    ) -> SignalLayout:
        """Lay out `signals` (name, shape of one row, dtype) for requests of up to `capacity` rows.

        Raises WorkerError for a dtype other than float32 and int32, a repeated name, or no capacity.
        """
        slots: list[SignalSlot] = []
        offset = 0
        for name, shape, dtype in signals:
            kind = np.dtype(dtype)
            if kind.name not in _DTYPES:
                raise WorkerError(f"signal '{name}' has dtype {kind.name}", allowed=" or ".join(_DTYPES))
            slots.append(SignalSlot(name, tuple(int(n) for n in shape), kind.name, offset))
            offset += _aligned(capacity * math.prod(shape) * kind.itemsize)
        if capacity < 1 or len({slot.name for slot in slots}) != len(slots):
            raise WorkerError(
                f"no layout for capacity {capacity} and signals {[slot.name for slot in slots]}",
                allowed="a capacity of at least one row, and each signal once",
            )
        return cls(tuple(slots), int(capacity), int(max_components), offset)

    @property
    def input_bytes(self) -> int:
        """The size of the input region."""
        return self.resets_offset + _aligned(self.capacity)

    @property
    def output_bytes(self) -> int:
        """The size of the output region."""
        return _aligned((1 + self.max_components) * self.capacity * 4)

    def signal_views(self, region: Any) -> dict[str, np.ndarray]:
        """Return name to array `(capacity, *shape)` over the input region; read-only where `region` is."""
        views = {}
        for slot in self.slots:
            count = self.capacity * math.prod(slot.shape)
            flat = np.frombuffer(region, np.dtype(slot.dtype), count, slot.offset)
            views[slot.name] = flat.reshape(self.capacity, *slot.shape)
        return views

    def resets_view(self, region: Any) -> np.ndarray:
        """Return the bool array `(capacity,)` of episode starts over the input region."""
        return np.frombuffer(region, np.bool_, self.capacity, self.resets_offset)

    def output_view(self, region: Any) -> np.ndarray:
        """Return the float32 array `(1 + max_components, capacity)` over the output region."""
        rows = 1 + self.max_components
        return np.frombuffer(region, np.float32, rows * self.capacity).reshape(rows, self.capacity)

    def to_json(self) -> dict[str, Any]:
        """Return a plain dictionary that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SignalLayout:
        """Rebuild a layout from `to_json`'s dictionary."""
        slots = (
            SignalSlot(slot["name"], tuple(slot["shape"]), slot["dtype"], slot["offset"])
            for slot in data["slots"]
        )
        return cls(tuple(slots), data["capacity"], data["max_components"], data["resets_offset"])


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
