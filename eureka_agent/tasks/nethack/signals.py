"""What a task measures of NetHack: the numbers of a step, by name, and its message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Array = np.ndarray

STATUS = (
    "x", "y", "hp", "max_hp", "energy", "max_energy", "armor_class", "level", "experience", "depth",
    "deepest", "gold", "score", "hunger", "turn", "asked", "on_stairs_down", "stairs_shown", "stairs_east",
    "stairs_south", "stairs_distance", "oracle_distance", "adjacent_monsters", "explored",
    "levels_visited", "blind", "confused", "stunned", "hallucinating", "died", "reached",
)  # fmt: skip
"""Numbers of `info["status"]`, float32 `(len(STATUS),)`, in order."""
MESSAGE = "message"
"""The signal with the message: `(256,)` codes of letters, zeros after the last."""

_PLACE = {name: place for place, name in enumerate(STATUS)}
_NOT_ALONE = ("x", "y", "stairs_east", "stairs_south")
SIGNALS = (MESSAGE, "position", "action", *(name for name in STATUS if name not in _NOT_ALONE))
"""Every signal there is."""


def measured(state: Mapping[str, Array], action: Array, names: Sequence[str] = SIGNALS) -> dict[str, Array]:
    """Return signals of NetHack by name, for `signals` of a task's `task.py`.

    `state` has `status` `(n, len(STATUS))` and `message` `(n, 256)`; `action` is `(n, actions)`, one-hot.
    `names` are the signals that the task declares.
    """
    status = state["status"]
    others = {MESSAGE: state[MESSAGE], "action": action}
    return {name: others[name] if name in others else _of_status(status, name) for name in names}


def initial(state: Mapping[str, Array], actions: int, names: Sequence[str] = SIGNALS) -> dict[str, Array]:
    """Return the signals of games that have just begun, with so many actions to choose from."""
    return measured(state, np.zeros((len(state["status"]), actions), np.float32), names)


def _of_status(status: Array, name: str) -> Array:
    if name == "position":
        return status[:, [_PLACE["x"], _PLACE["y"]]]
    return status[:, _PLACE[name]]
