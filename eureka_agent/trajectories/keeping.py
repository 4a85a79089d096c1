"""Which episodes of a training are kept, and which of their arrays are written to disk.

Of every training the first `KEPT_EPISODES` scoring episodes are kept whole: prompts, reports and people look
at single episodes, and equal seeds make those of different candidates comparable. Of some checkpoints the
first selection episode is kept (`training/checkpoint_episodes.py`), of other episodes only statistics. Every
step is written except what can be derived: `prev_` signals within an episode, and actions that equal the
signal `action`. What that costs is measured in docs/analysis.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Task

Array = np.ndarray
KEPT_EPISODES = 3
"""Scoring episodes of a training that are kept."""
CHECKPOINT_EPISODES = 1
"""Episodes that are recorded of a checkpoint."""
RECORDED_CHECKPOINTS = 3
"""Checkpoints of a training that stay recorded, beside the kept one."""
_SIGNAL, _PREVIOUS = "signal/", "signal/prev_"
_ACTION, _SHOWN, _CLIPPED = "action", "signal/action", "clipped_action"


def measured_episodes(task: Task, episodes: int, kept: int) -> int:
    """Return for how many episodes of a set signals must be stored: all, if they are scored."""
    return episodes if TaskFitness(task).by_episode else min(kept, episodes)


def thinned(arrays: Mapping[str, Array], begins: Array) -> dict[str, Array]:
    """Return the part of concatenated `arrays`, each `(total_steps, ...)`, that is written to disk.

    `begins` `(episodes,)` are the first rows of episodes. `restored` returns equal arrays.
    """
    written = {
        name: array[begins] if _now(name) in arrays else array
        for name, array in arrays.items()
    }  # fmt: skip
    action, shown = arrays.get(_ACTION), arrays.get(_SHOWN)
    if action is None or shown is None or (action.shape, action.dtype) != (shown.shape, shown.dtype):
        return written
    if not np.any((action == 0) & (shown != 0)):  # zero will mean: as it is shown
        del written[_ACTION]
        written[_CLIPPED] = np.where(action == shown, np.zeros_like(action), action)
    return written


def restored(written: Mapping[str, Array], begins: Array) -> dict[str, Array]:
    """Return `thinned`'s input arrays `(total_steps, ...)`; ValueError or IndexError if parts disagree."""
    arrays = dict(written)
    for name, array in written.items():
        if (now := written.get(_now(name))) is not None:
            arrays[name] = np.concatenate([array[:1], now[:-1]])
            arrays[name][begins] = array
    clipped = arrays.pop(_CLIPPED, None)
    if clipped is not None:
        arrays[_ACTION] = np.where(clipped == 0, arrays[_SHOWN], clipped)
    return arrays


def _now(name: str) -> str:
    """Return the name of the signal that a `prev_` one was one step later, else nothing that exists."""
    return _SIGNAL + name.removeprefix(_PREVIOUS) if name.startswith(_PREVIOUS) else ""
