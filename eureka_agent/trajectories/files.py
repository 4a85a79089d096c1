"""The only reader and writer of recorded episodes: npz files without pickles.

A file is one table: each array holds the steps of all its episodes one after the other, and `episodes` says
in JSON what each is. The files of earlier versions, which kept signals only, are read as well:
`trajectories.npz` with arrays for every episode, `transitions.npz` with steps of worlds side by side.
"""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from eureka_agent.arrays import write_arrays
from eureka_agent.errors import EurekaError, StoreError
from eureka_agent.escaping import one_line
from eureka_agent.trajectories.ending import UNKNOWN
from eureka_agent.trajectories.keeping import restored, thinned
from eureka_agent.trajectories.trajectory import (
    VERSION,
    Beginning,
    Origin,
    Simulator,
    Trajectory,
    beginning_of,
)

Array = np.ndarray
_Told = TypeVar("_Told")
FILE = "trajectories.npz"
"""Name of the file in a training's folder: episodes that score the kept policy."""
CHECKPOINTS = "checkpoints.npz"
"""Name of the file beside it: episodes of the policies at some checkpoints."""
MOST_SAID = 300
"""Letters of what is wrong with a file that are shown: some come from the file."""
LARGEST = 2**30
"""Most bytes of a file's arrays: a recording has some hundred kB, and a run folder may be a stranger's."""


class _NewerError(Exception):
    """A later version wrote the file."""


class _Episode(BaseModel):
    """What a file says of an episode besides its arrays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    length: int = Field(ge=1)
    terminated: bool
    truncated: bool
    ending: str
    fitness: float | None
    fitness_version: str
    seed: int | None = Field(ge=0, lt=2**63)
    earlier: int = Field(ge=0, lt=2**31)
    simulator: Simulator
    origin: Origin
    progress: float = Field(default=1.0, ge=0, le=1)


_EPISODES = TypeAdapter(list[_Episode])


def write_trajectories(path: Path, trajectories: Sequence[Trajectory]) -> None:
    """Write trajectories with the same set of arrays; StoreError if writing fails.

    Raises ValueError where some of them lack what others have.
    """
    names = {tuple(sorted(trajectory.arrays)) for trajectory in trajectories}
    if len(names) > 1:
        raise ValueError(f"trajectories of one file hold the same arrays, these hold {sorted(names)}")
    lengths = [trajectory.length for trajectory in trajectories]
    every = [trajectory.arrays for trajectory in trajectories]
    joined = {name: np.concatenate([arrays[name] for arrays in every]) for name in (*every, {})[0]}
    told = [_Episode(length=t.length, **{n: getattr(t, n) for n in _TOLD}) for t in trajectories]
    arrays = {
        "version": np.array(VERSION),
        "episodes": np.frombuffer(_EPISODES.dump_json(told), np.uint8),
        **thinned(joined, _begins(lengths)),
    }
    write_arrays(path, arrays)


def read_trajectories(path: Path) -> list[Trajectory]:
    """Return the trajectories of a file, none where there is no file.

    Raises StoreError if it is something else, or was written by a later version.
    """
    if not path.exists():
        return []
    try:
        if not path.is_file():
            raise ValueError("it is no regular file")  # to open a pipe would wait for its other end
        _check_size(path)
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        return _FORMS[_form(arrays)](arrays)
    except _NewerError as error:
        raise StoreError(
            f"{path} was recorded by a later version of this program: {error}.",
            allowed=f"recordings of version {VERSION}, and of those before it",
            fix="Read it with the version that wrote it, or bring this one up to date.",
        ) from error
    except _NO_RECORDING as error:
        what = error.what if isinstance(error, EurekaError) else str(error) or type(error).__name__
        raise StoreError(
            f"{path} contains no recorded episodes: {one_line(what)[:MOST_SAID]}",
            allowed="files that `write_trajectories` wrote",
            fix="Delete it: random play is recorded anew when needed, and of a training nothing but what it "
            "tells of single episodes is lost.",
        ) from error


def read_scores(path: Path) -> tuple[float, ...]:
    """Return the scores of a file's episodes that ended; none where there is no such file, or none to read.

    Nothing else of the file is read, however much it claims to hold.
    """
    scores = _one_array(path, _SCORES)
    return tuple(score for score in scores if score is not None and np.isfinite(score))


def read_beginnings(path: Path) -> tuple[Beginning | None, ...]:
    """Return where each episode of a file begins, None where that is not known; read as by `read_scores`."""
    return tuple(_one_array(path, _BEGINNINGS))


def _one_array(path: Path, readers: Mapping[str, Callable[[Array], list[_Told]]]) -> list[_Told]:
    """Return what the first of some arrays says that a file holds; nothing where it holds none of them."""
    if path.is_symlink() or not path.is_file():
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in readers if f"{name}.npy" in archive.namelist())
            if archive.getinfo(f"{name}.npy").file_size > _MOST_BYTES:
                return []
        with np.load(path, allow_pickle=False) as data:
            return readers[name](data[name])
    except (OSError, ValueError, LookupError, StopIteration, EOFError, zipfile.BadZipFile):
        return []


def _check_size(path: Path) -> None:
    """Raise ValueError where a file's arrays would fill the memory."""
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST:
        raise ValueError(f"its arrays take {size:,} bytes, at most {LARGEST:,} are read")


def _form(arrays: Mapping[str, Array]) -> str:
    if "version" not in arrays:
        return "side by side" if "first" in arrays else "signals"
    version = int(arrays["version"])
    if version > VERSION:
        raise _NewerError(f"its version is {version}, known are those up to {VERSION}")
    if version not in _TABLES:
        raise ValueError(f"its version is {version}, which there never was")
    return "now"


def _read_now(arrays: dict[str, Array]) -> list[Trajectory]:
    told = _EPISODES.validate_json(arrays.pop("episodes").tobytes())
    del arrays["version"]
    lengths = [episode.length for episode in told]
    joined = restored(arrays, _begins(lengths))
    if wrong := [name for name, array in joined.items() if len(array) != sum(lengths)]:
        raise ValueError(f"'{wrong[0]}' has another length than the episodes together")
    ends = np.cumsum(lengths)
    return [
        _trajectory(episode, {name: array[end - episode.length : end] for name, array in joined.items()})
        for episode, end in zip(told, ends, strict=True)
    ]


def _trajectory(told: _Episode, arrays: Mapping[str, Array]) -> Trajectory:
    def named(prefix: str) -> dict[str, Array]:
        return {n.removeprefix(prefix): array for n, array in arrays.items() if n.startswith(prefix)}

    single = {name: array for name, array in arrays.items() if "/" not in name}
    words = {name: getattr(told, name) for name in _TOLD}
    return Trajectory(signals=named("signal/"), components=named("component/"), **single, **words)


def _read_signals(arrays: dict[str, Array]) -> list[Trajectory]:
    """Read a `trajectories.npz` of signals: `episode<i>/<name>`, of `prev_` ones the first step."""
    episodes: dict[str, dict[str, Array]] = {}
    for key, array in arrays.items():
        episode, name = key.split("/", 1)
        episodes.setdefault(episode, {})[f"signal/{name}"] = array
    whole = [restored(written, np.array([0])) for written in episodes.values()]
    signals = [{name.removeprefix("signal/"): array for name, array in one.items()} for one in whole]
    return [Trajectory(one, terminated=False, truncated=False, ending=UNKNOWN) for one in signals]


def _read_side_by_side(arrays: dict[str, Array]) -> list[Trajectory]:
    """Read a `transitions.npz` of steps `(T, N, ...)`; scores are of the episodes that ended, in order."""
    scores = iter(arrays["fitness_per_episode"].tolist())
    found: list[Trajectory] = []
    for world in range(arrays["first"].shape[1]):
        column = {name: array[:, world] for name, array in arrays.items() if name != "fitness_per_episode"}
        cuts = np.flatnonzero(column["first"])[1:]
        parts = {name: np.split(array, cuts) for name, array in column.items()}
        for earlier in range(len(cuts) + 1):
            part = {name: split[earlier] for name, split in parts.items()}
            terminated, truncated = bool(part["terminated"][-1]), bool(part["truncated"][-1])
            one = Trajectory(
                {n.removeprefix("signal/"): a for n, a in part.items() if n.startswith("signal/")},
                terminated,
                truncated,
                UNKNOWN,
                native_reward=part["native_reward"],
                fitness=next(scores, None) if terminated or truncated else None,
                earlier=earlier,
            )
            found.append(one)
    return found


_NO_RECORDING = (
    EurekaError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    RuntimeError,  # an archive that is encrypted, or compressed in a way that is not known here
    struct.error,
    tokenize.TokenError,
    zlib.error,
    zipfile.BadZipFile,
)
"""What reading a file that is something else was seen to raise."""
_TOLD = tuple(name for name in _Episode.model_fields if name != "length")
_MOST_BYTES = 16 * 2**20
_SCORES: dict[str, Callable[[Array], list[float | None]]] = {
    "episodes": lambda array: [episode.fitness for episode in _EPISODES.validate_json(array.tobytes())],
    "fitness_per_episode": lambda array: array.astype(np.float64).tolist(),
}
"""Where the two forms of random play hold scores."""
_BEGINNINGS: dict[str, Callable[[Array], list[Beginning | None]]] = {
    "episodes": lambda array: [
        beginning_of(one.seed, one.earlier, one.simulator) for one in _EPISODES.validate_json(array.tobytes())
    ],
}
"""Files of earlier versions say nothing of it."""
_TABLES = range(1, VERSION + 1)
"""Versions of the one table; a field that an earlier one did not have has its default."""
_FORMS = {"now": _read_now, "signals": _read_signals, "side by side": _read_side_by_side}


def _begins(lengths: Sequence[int]) -> Array:
    return np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, np.int64)
