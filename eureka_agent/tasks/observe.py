"""Gymnasium spaces as arrays: simulator state, policy observations, encoded actions."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.spaces.utils import flatten_space

from eureka_agent.errors import TaskError, TrainingError
from eureka_agent.tasks.task import Array, Signal, Task

RESERVED = frozenset({"obs", "action", "memory", "np", "math", "numpy"})
"""Names that an `info` entry may not take: they mean something else inside a reward."""

_NUMERIC_KINDS = "fiub"
_PICTURE = 32
"""Pixels of a side from which an array of whole numbers is a picture, and not a grid."""


@dataclass(frozen=True)
class Leaf:
    """One array inside a (nested) observation."""

    path: tuple[Any, ...]
    """Path of keys and positions; empty if the observation is a single array."""
    space: gym.Space
    name: str
    """Its name in the state: `obs`, or `obs_<key>` for each nested key."""

    def pick(self, observation: Any) -> Any:
        """Return this leaf's part of an observation, single or batched; raises TaskError if it is missing."""
        for part in self.path:
            try:
                observation = observation[part]
            except (KeyError, IndexError, TypeError) as error:
                raise TaskError(
                    f"The observation has no entry {part!r}, which its space declares.",
                    allowed=f"observations with the structure of the space, here at {list(self.path)}",
                    fix="Make the environment return every entry of its observation_space.",
                ) from error
        return observation

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one world's array."""
        return tuple(self.space.shape or ())

    @property
    def signal(self) -> Signal:
        """The signal that shows this leaf unchanged."""
        if isinstance(self.space, spaces.Discrete):
            low, high = int(self.space.start), int(self.space.start + self.space.n - 1)
            meaning = f"an identifier from {low} to {high}"
            return Signal(self.name, (), meaning=meaning, low=low, high=high, dtype="int32")
        if isinstance(self.space, spaces.MultiDiscrete):
            return Signal(self.name, self.shape, meaning="identifiers", dtype="int32")
        if isinstance(self.space, spaces.MultiBinary):
            return Signal(self.name, self.shape, meaning="flags, 0 or 1", low=0.0, high=1.0)
        low, high = common_bounds(self.space)
        return Signal(self.name, self.shape, meaning=self._meaning, low=low, high=high)

    @property
    def _meaning(self) -> str:
        """What an array is by its form; pictures and grids read like nothing else."""
        whole = self.space.dtype is not None and self.space.dtype.kind in "iu"
        match self.shape:
            case (rows, columns, 1 | 3 | 4 as depth) if whole and min(rows, columns) >= _PICTURE:
                return f"a picture of {rows} x {columns} pixels with {depth} channels, x[:, row, column, k]"
            case (rows, columns, depth):
                return f"a grid of {rows} x {columns} cells with {depth} numbers each, x[:, i, j, k]"
            case (rows, columns):
                return f"a table of {rows} rows and {columns} columns, x[:, row, column]"
            case _:
                return "as the environment observes it"


def common_bounds(space: gym.Space) -> tuple[float | None, float | None]:
    """Return the least low and the greatest high of a Box, each None where it is not finite."""
    if not isinstance(space, spaces.Box) or space.low.size == 0:
        return None, None
    low, high = (float(f"{bound:.6g}") for bound in (np.min(space.low), np.max(space.high)))
    return (low if np.isfinite(low) else None), (high if np.isfinite(high) else None)


def is_text(space: gym.Space) -> bool:
    """Tell whether a space is of words, as MiniGrid's missions are: no policy here reads them."""
    return isinstance(space, spaces.Text) or (space.dtype is not None and space.dtype.kind == "U")


def dropped_from(space: gym.Space, name: str = "obs") -> tuple[str, ...]:
    """Return the names of those entries of a Dict or Tuple space that are words, and are left out."""
    inner: Iterable[tuple[Any, gym.Space]] = ()
    if isinstance(space, spaces.Dict):
        inner = space.spaces.items()
    elif isinstance(space, spaces.Tuple):
        inner = enumerate(space.spaces)
    return tuple(
        dropped
        for key, entry in inner
        for dropped in ((f"{name}['{key}']",) if is_text(entry) else dropped_from(entry, f"{name}['{key}']"))
    )


def leaves_of(space: gym.Space) -> tuple[Leaf, ...]:
    """Return the leaves of an observation space in Gymnasium's own order, without words beside them.

    Raises TaskError if it holds what is no array of a fixed shape, or nothing else than words.
    """
    found: list[Leaf] = []
    _collect(space, (), "obs", found)
    if not found:
        raise _no_array(space)
    names = unique_names([leaf.name for leaf in found], taken=())
    return tuple(Leaf(leaf.path, leaf.space, name) for leaf, name in zip(found, names, strict=True))


def _collect(space: gym.Space, path: tuple[Any, ...], name: str, found: list[Leaf]) -> None:
    if isinstance(space, spaces.Dict):
        for key, inner in space.spaces.items():
            _collect(inner, (*path, key), f"{name}_{as_identifier(str(key))}", found)
    elif isinstance(space, spaces.Tuple):
        for position, inner in enumerate(space.spaces):
            _collect(inner, (*path, position), f"{name}_{position}", found)
    elif isinstance(space, (spaces.Box, spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary)):
        found.append(Leaf(path, space, name))
    elif not (path and is_text(space)):
        raise _no_array(space)


def _no_array(space: gym.Space) -> TaskError:
    return TaskError(
        f"The observation space holds a {type(space).__name__}, which has no fixed array shape.",
        allowed="Box, Discrete, MultiDiscrete, MultiBinary, and Dict or Tuple of them; words beside them",
        fix="Wrap the environment so that it observes fixed arrays (gymnasium.ObservationWrapper).",
    )


def as_identifier(text: str) -> str:
    """Return `text` with everything that cannot stand in a Python name replaced by `_`."""
    return re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "entry"


def info_names(keys: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return `{signal name: info key}`: valid, unique argument names for entries of `info`."""
    keys, taken = list(keys), {*taken, *RESERVED}
    wanted = []
    for key in keys:
        name = as_identifier(key)
        clash = name in taken or keyword.iskeyword(name) or name[0].isdigit() or name.startswith("prev_")
        wanted.append(f"info_{name}" if clash else name)
    return dict(zip(unique_names(wanted, taken), keys, strict=True))


def unique_names(names: Sequence[str], taken: Iterable[str]) -> list[str]:
    """Return the names with `_2`, `_3`, … appended where one has occurred before."""
    used, result = set(taken), []
    for name in names:
        candidate, count = name, 1
        while candidate in used:
            count += 1
            candidate = f"{name}_{count}"
        used.add(candidate)
        result.append(candidate)
    return result


def stack_leaf(leaf: Leaf, rows: Sequence[Any]) -> Array:
    """Stack one leaf of several single observations into `(len(rows), ...)`, checked.

    Raises TaskError if a row has another shape or kind than the space, or holds NaN or infinity.
    """
    return check_leaf(leaf, np.stack([_as_row(leaf, leaf.pick(row)) for row in rows]))


def _as_row(leaf: Leaf, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except ValueError:  # ragged lists
        array = np.asarray(None)
    if array.shape != leaf.shape or array.dtype.kind not in _NUMERIC_KINDS:
        got = f"{array.dtype} array of shape {array.shape}"
        raise _leaves_space(leaf, f"a {got}" if array.dtype.kind in _NUMERIC_KINDS else f"{value!r:.80}")
    return array


def check_leaf(leaf: Leaf, batch: Array) -> Array:
    """Return a leaf's batch `(n, *shape)` as float32 or int32; TaskError if its kind or values are wrong."""
    whole = not isinstance(leaf.space, spaces.Box) or leaf.space.dtype.kind in "iub"
    if batch.dtype.kind == "f":
        if whole:
            raise _leaves_space(leaf, f"values of type {batch.dtype}")
        if not np.isfinite(batch).all():
            raise _leaves_space(leaf, "NaN or infinity")
    identifiers = isinstance(leaf.space, (spaces.Discrete, spaces.MultiDiscrete))
    return batch.astype(np.int32 if identifiers else np.float32)


def _leaves_space(leaf: Leaf, got: str) -> TaskError:
    return TaskError(
        f"The environment's observation '{leaf.name}' is outside its observation space: got {got}.",
        allowed=f"what the space declares: {leaf.space}",
        fix="Correct the environment's observation_space or what its reset() and step() return.",
    )


def check_bounds(leaf: Leaf, batch: Array) -> str:
    """Return what is a little outside the bounds of its space in a batch `(n, *shape)`, in words, or "".

    A little is no more than the widest range in the space: simulators overshoot, and some spaces are declared
    too narrow. Raises TaskError for what is further out, and for identifiers that are none.
    """
    low, high = _bounds(leaf)
    excess = np.maximum(low - batch, batch - high)
    # Environments compute in float64 and clip there; a bound may be missed by a rounding.
    nearest = np.where(batch < low, low, high)
    outside = excess > 1e-4 * (1.0 + np.abs(np.where(np.isfinite(nearest), nearest, 0.0)))
    if not outside.any():
        return ""
    where = np.unravel_index(int(np.argmax(np.where(outside, excess, -np.inf))), batch.shape)
    index = [int(i) for i in where[1:]]
    found = f"{batch[where]:g}" + (f" at index {index}" if index else "")
    if not isinstance(leaf.space, spaces.Box) or excess[where] > _widest(low, high):
        raise _leaves_space(leaf, found)
    at = tuple(index)
    return f"'{leaf.name}' reaches {found}, its space says {low[at]:.4g} to {high[at]:.4g}"


def _widest(low: Array, high: Array) -> float:
    widths = (high - low)[np.isfinite(low) & np.isfinite(high)]
    return float(np.max(widths, initial=0.0))


def _bounds(leaf: Leaf) -> tuple[Array, Array]:
    """Return the least and the greatest values of a leaf's space, each float64 `shape`."""
    if isinstance(leaf.space, spaces.Box):
        return leaf.space.low.astype(np.float64), leaf.space.high.astype(np.float64)
    if isinstance(leaf.space, spaces.Discrete):
        low = np.asarray(float(leaf.space.start))
        return low, low + float(leaf.space.n) - 1.0
    if isinstance(leaf.space, spaces.MultiDiscrete):
        low = leaf.space.start.astype(np.float64)
        return low, low + leaf.space.nvec - 1.0
    return np.zeros(leaf.shape), np.ones(leaf.shape)


def one_hot(values: Array, start: int, count: int) -> Array:
    """Return float32 `(..., count)` with a one where `values` (any integer array) stand."""
    return (np.asarray(values)[..., None] == np.arange(start, start + count)).astype(np.float32)


def _one_hots(values: Array, space: spaces.MultiDiscrete) -> Array:
    """Return the one-hots of every entry side by side, `(num_envs, sum(nvec))`."""
    flat = np.asarray(values).reshape(len(values), -1)
    starts, counts = space.start.reshape(-1), space.nvec.reshape(-1)
    parts = [one_hot(flat[:, i], int(starts[i]), int(counts[i])) for i in range(flat.shape[1])]
    return np.concatenate(parts, axis=-1)


def flat_rows(space: gym.Space, values: Array) -> Array:
    """Return a batch of a simple space as float32 `(num_envs, d)`: integers one-hot, the rest flattened."""
    if isinstance(space, spaces.Discrete):
        return one_hot(np.asarray(values).reshape(-1), int(space.start), int(space.n))
    if isinstance(space, spaces.MultiDiscrete):
        return _one_hots(values, space)
    return np.asarray(values, dtype=np.float32).reshape(len(values), -1)


def policy_observation(leaves: Sequence[Leaf], state: Mapping[str, Array]) -> Array:
    """Return what the policy sees, float32 `(num_envs, d)`; row for row `gymnasium.spaces.utils.flatten`."""
    parts = [flat_rows(leaf.space, state[leaf.name]) for leaf in leaves]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def policy_space(space: gym.Space) -> spaces.Box:
    """Return the space of `policy_observation`, a flat float32 Box."""
    flat = [flatten_space(leaf.space) for leaf in leaves_of(space)]
    boxes = [part for part in flat if isinstance(part, spaces.Box)]
    if len(boxes) < len(flat):
        raise TaskError(f"The observation space {space} cannot be flattened.", allowed="fixed-size spaces")
    low, high = (
        np.concatenate([bound.astype(np.float32) for bound in bounds])
        for bounds in zip(*((part.low, part.high) for part in boxes), strict=True)
    )
    return spaces.Box(low, high, dtype=np.float32)


@dataclass(frozen=True)
class ActionCodec:
    """An environment's actions: batches of them, checked, and as the signal `action`."""

    space: gym.Space

    @classmethod
    def of(cls, space: gym.Space) -> ActionCodec:
        """Return the codec of an action space; raises TaskError if such actions cannot be written down."""
        allowed = (spaces.Box, spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary)
        if not isinstance(space, allowed):
            raise TaskError(
                f"The action space is a {type(space).__name__}.",
                allowed="Box, Discrete, MultiDiscrete or MultiBinary",
                fix="Wrap the environment so that an action is one array or one number.",
            )
        return cls(space)

    @property
    def dim(self) -> int:
        """Length of the signal `action` for one world."""
        if isinstance(self.space, spaces.Discrete):
            return int(self.space.n)
        if isinstance(self.space, spaces.MultiDiscrete):
            return int(self.space.nvec.sum())
        return int(np.prod(self.space.shape or (1,)))

    @property
    def signal(self) -> Signal:
        """The signal `action`, `(num_envs, dim)`; zero before the first step."""
        if isinstance(self.space, spaces.Box):
            low, high = common_bounds(self.space)
            return Signal("action", (self.dim,), meaning="the action taken", low=low, high=high)
        kind = "flags" if isinstance(self.space, spaces.MultiBinary) else "one-hot"
        return Signal("action", (self.dim,), meaning=f"the action taken, {kind}", low=0.0, high=1.0)

    def prepare(self, actions: Array) -> Array:
        """Return valid actions `(num_envs, *space.shape)`: finite and clipped to the space.

        Raises TrainingError if a continuous action is not finite: simulators hide NaN.
        """
        actions = np.asarray(actions)
        if not isinstance(self.space, spaces.Box):
            return actions
        if not np.isfinite(actions).all():
            raise TrainingError(
                "The policy's action holds NaN or infinity.",
                allowed="finite actions",
                fix="Training diverged: lower the learning rate, or bound the reward.",
            )
        actions = actions.reshape(len(actions), *self.space.shape)
        return np.clip(actions, self.space.low, self.space.high).astype(self.space.dtype)

    def from_choices(self, choices: Any) -> Any:
        """Return the environment's actions for choices, which count from 0; of any array library."""
        if isinstance(self.space, (spaces.Discrete, spaces.MultiDiscrete)):
            return choices + self.space.start
        return choices

    def encode(self, actions: Array) -> Array:
        """Return actions (as `prepare` returned them) as the signal `action`: float32 `(num_envs, dim)`."""
        return flat_rows(self.space, actions)

    def one(self, action: Any) -> Any:
        """Return one row of `prepare` as the environment's `step` wants it: an int if discrete."""
        return int(action) if isinstance(self.space, spaces.Discrete) else action


def numeric_info(value: Any) -> Array | None:
    """Return an entry of `info`, shape `(...)`, if it is a finite number or array of numbers, else None."""
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    if array.dtype.kind not in _NUMERIC_KINDS or not np.isfinite(array).all():
        return None
    return array


def stack_info(
    name: str, key: str, shape: tuple[int, ...] | None, infos: Sequence[Mapping[str, Any]]
) -> Array:
    """Stack one `info` entry of several worlds into `(len(infos), ...)`; raises TaskError if one lacks it."""
    rows = []
    for info in infos:
        row = numeric_info(info.get(key))
        if row is None or (shape is not None and row.shape != shape):
            got = "is missing" if key not in info else f"is {info[key]!r:.80}"
            raise TaskError(
                f"The environment's info['{key}'] {got}, but the signal '{name}' is read from it.",
                allowed="a finite number or array of one shape, at reset and at every step",
                fix="Return it always, or leave it out of the task's signals.",
            )
        rows.append(row)
        shape = row.shape
    return np.stack(rows)


def late_zeros(task: Task, name: str, count: int) -> Array:
    """Return what an `info` entry that only steps bring is after a reset: zeros `(count, ...)`."""
    signal = task.signal(name)
    return np.zeros((count, *(() if signal is None else signal.shape)), np.float32)
