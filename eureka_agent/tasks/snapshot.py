"""Everything that some worlds remember, as plain data: what a simulator can go on from, bit for bit.

Physics, elapsed time, each world's random generator and the signals of the step before belong together: with
one of them left out, the same actions would lead elsewhere.
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
    """What n worlds of one simulator remember; nothing in it is shared with the simulator."""

    source: str
    """Whose worlds these are, e.g. "BatchedWorlds of cartpole"; only such ones can go on from it."""
    arrays: Mapping[str, Array]
    """By name, each `(n, ...)`; parts are told apart by a prefix, e.g. `physics/`."""
    worlds: tuple[Any, ...]
    """What else each of the n worlds remembers, JSON-able; see `plain.packed`."""
    shared: Mapping[str, Any] = field(default_factory=dict)
    """What all of them share, JSON-able."""

    @property
    def num_envs(self) -> int:
        """How many worlds it holds."""
        return len(self.worlds)

    def rows(self, worlds: Sequence[int] | Array) -> Snapshot:
        """Return the snapshot of some of the worlds, in this order; one may stand there more than once."""
        chosen = [int(world) for world in worlds]
        arrays = {name: array[chosen] for name, array in self.arrays.items()}
        return replace(self, arrays=arrays, worlds=tuple(self.worlds[world] for world in chosen))

    def part(self, name: str) -> dict[str, Array]:
        """Return the arrays of one part by their names in it."""
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
    """Return arrays under the names that they have as a part of a snapshot."""
    return {f"{name}/{key}": array for key, array in arrays.items()}


def with_rows(held: Mapping[str, Array], rows: Array, new: Mapping[str, Array]) -> dict[str, Array]:
    """Return new arrays: those held, with some rows replaced."""
    made = {name: held[name].copy() for name in new}
    for name, array in new.items():
        made[name][rows] = array
    return made


def every_row(num_envs: int, worlds: Array | None) -> Array:
    """Return the indices of the worlds that are meant; all where None is given."""
    return np.arange(num_envs) if worlds is None else np.asarray(worlds, dtype=np.int64)
