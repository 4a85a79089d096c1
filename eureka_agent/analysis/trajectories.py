"""The episodes that a training left: the signals of every step, kept alike by every trainer."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eureka_agent.arrays import write_arrays
from eureka_agent.errors import StoreError
from eureka_agent.tasks.task import Array, Signals

_FILE = "trajectories.npz"


def write_trajectories(folder: Path, episodes: Sequence[Signals]) -> None:
    """Write the signals `(T, ...)` of each episode into a training's folder, `prev_` ones included."""
    arrays = {}
    for index, episode in enumerate(episodes):
        for name, array in episode.items():
            # What a signal was one step earlier follows from the signal, but for where it began.
            arrays[f"episode{index}/{name}"] = array[:1] if name.startswith("prev_") else array
    write_arrays(folder / _FILE, arrays)


def read_trajectories(folder: Path) -> list[Signals]:
    """Return what `write_trajectories` wrote, nothing where somebody deleted it to save space.

    Raises StoreError if the file is something else.
    """
    path = folder / _FILE
    if not path.exists():
        return []
    episodes: dict[str, dict[str, Array]] = {}
    try:
        with np.load(path, allow_pickle=False) as data:
            for key in data.files:
                episode, name = key.split("/", 1)
                episodes.setdefault(episode, {})[name] = data[key]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(
            f"{path} holds no recorded episodes: {error}",
            fix="Delete it; nothing but what it tells of this training is lost.",
        ) from error
    return [_with_steps_before(episode) for episode in episodes.values()]


def _with_steps_before(episode: Signals) -> Signals:
    return {
        name: np.concatenate([array, episode[name.removeprefix("prev_")][:-1]])
        if name.startswith("prev_")
        else array
        for name, array in episode.items()
    }
