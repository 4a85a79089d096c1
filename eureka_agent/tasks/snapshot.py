"""The complete state of some worlds, as plain data: a simulator continues from it bit for bit.

Physics, elapsed time, each world's random generator and the signals of the previous step belong together: if
one were missing, the same actions would lead elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Array


@dataclass(frozen=True)
class Snapshot:
    """The state of n worlds of one simulator; it shares no memory with the simulator."""

    source: str
    """The kind of simulator, e.g. "BatchedWorlds of cartpole"; only the same kind can restore it."""
    arrays: Mapping[str, Array]
    """By name, each `(n, ...)`; parts are told apart by a prefix, e.g. `physics/`."""
    worlds: tuple[Any, ...]
    """Other state of each of the n worlds, JSON-able; see `plain.packed`."""
    shared: Mapping[str, Any] = field(default_factory=dict)
    """State shared by all of them, JSON-able."""

    @property
    def num_envs(self) -> int:
        """Number of worlds."""
        return len(self.worlds)

    def rows(self, worlds: Sequence[int] | Array) -> Snapshot:
        """Return the snapshot of some worlds, indices `(k,)`, in this order; repetitions are allowed."""
        chosen = [int(world) for world in worlds]
        arrays = {name: array[chosen] for name, array in self.arrays.items()}
        return replace(self, arrays=arrays, worlds=tuple(self.worlds[world] for world in chosen))

    def part(self, name: str) -> dict[str, Array]:
        """Return the arrays `(n, ...)` of one part, by their names in it."""
        prefix = f"{name}/"
        return {
            key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)
        }

    def check(self, source: str, own: Mapping[str, Any], rows: int) -> None:
        """Raise TaskError unless `rows` worlds of `source`, who remember `own`, can go on from this."""
        shapes = {name: array.shape[1:] for name, array in own.items()}
        if self.source != source or {n: self.arrays[n].shape[1:] for n in self.arrays} != shapes:
            raise TaskError(
                f"{source} cannot go on from a snapshot of {self.source}.",
                allowed="a snapshot of the same task's worlds, from the same kind of simulator",
                fix="Restore it into a simulator that the same SimulatorFactory made.",
            )
        if self.num_envs != rows:
            raise TaskError(
                f"A snapshot of {self.num_envs} worlds was to be restored into {rows}.",
                allowed="as many worlds as it holds",
                fix="Name the worlds it is for, or take some of its rows with `snapshot.rows([...])`.",
            )


def part(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return arrays `(n, ...)` under the names they have as a part of a snapshot."""
    return {f"{name}/{key}": array for key, array in arrays.items()}


def with_rows(held: Mapping[str, Array], rows: Array, new: Mapping[str, Array]) -> dict[str, Array]:
    """Return copies of the arrays `(n, ...)`, with the rows `(k,)` replaced by `new`, each `(k, ...)`."""
    made = {name: held[name].copy() for name in new}
    for name, array in new.items():
        made[name][rows] = array
    return made


def every_row(num_envs: int, worlds: Array | None) -> Array:
    """Return world indices, int64 `(k,)`; None stands for all."""
    return np.arange(num_envs) if worlds is None else np.asarray(worlds, dtype=np.int64)
