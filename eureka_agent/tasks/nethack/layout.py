"""What a policy sees: the glyphs around the character, the status line, and words of the message, flat."""

from __future__ import annotations

import functools
import math
import re
import zlib

import numpy as np

from eureka_agent.tasks.nethack.dungeon import SIDE
from eureka_agent.tasks.nethack.signals import STATUS

Array = np.ndarray
GLYPHS = SIDE * SIDE
"""The first numbers of an observation: glyphs of 9 rows of 9 squares, from the northwest, the character in
the middle. They are names, not sizes."""
VOCABULARY = 5977
"""Glyphs are whole numbers from 0 to one less."""
WORDS = 32
"""The last numbers: which of so many buckets the message's words fall into."""

_SHOWN: dict[str, float] = {
    "x": 79, "y": 21, "level": 30, "depth": 50, "deepest": 50, "armor_class": 20, "hunger": 6,
    "asked": 1, "on_stairs_down": 1, "stairs_shown": 1, "stairs_east": 79, "stairs_south": 21,
    "adjacent_monsters": 8, "blind": 1, "confused": 1, "stunned": 1, "hallucinating": 1,
}  # fmt: skip
"""Numbers of the status that are shown, and what they are divided by."""
_SHOWN_LOG: dict[str, float] = {
    "hp": 500, "max_hp": 500, "energy": 500, "max_energy": 500, "experience": 1e6, "gold": 1e5, "score": 1e6,
    "turn": 1e5, "explored": 1e4,
}  # fmt: skip
"""Those that are shown as logarithms, and which number becomes 1."""

STATUS_NUMBERS = len(_SHOWN) + len(_SHOWN_LOG) + 1
"""Numbers between the glyphs and the words, most of them within -1 and 1; the last is the share of hit points
that is left."""
OBSERVATION = GLYPHS + STATUS_NUMBERS + WORDS
"""Numbers of an observation."""

_PLAIN = np.array([STATUS.index(name) for name in _SHOWN])
_LOG = np.array([STATUS.index(name) for name in _SHOWN_LOG])
_BY = 1.0 / np.array(list(_SHOWN.values()))
_BY_LOG = 1.0 / np.log1p(list(_SHOWN_LOG.values()))
_HP, _MAX_HP = STATUS.index("hp"), STATUS.index("max_hp")
_WORD = re.compile(rb"[a-z]+")


def observation(crop: Array, status: Array, message: bytes) -> Array:
    """Return float32 `(OBSERVATION,)` of a crop `(9, 9)`, a status `(len(STATUS),)` and a message."""
    seen = np.empty(OBSERVATION, np.float32)
    seen[:GLYPHS] = crop.reshape(-1)
    end = GLYPHS + len(_PLAIN)
    seen[GLYPHS:end] = status[_PLAIN] * _BY
    seen[end : -WORDS - 1] = np.log1p(np.maximum(status[_LOG], 0.0)) * _BY_LOG
    seen[-WORDS - 1] = status[_HP] / max(status[_MAX_HP], 1.0)
    seen[-WORDS:] = bag_of(message)
    return seen


@functools.lru_cache(maxsize=4096)
def bag_of(message: bytes) -> Array:
    """Return float32 `(WORDS,)`: the buckets of a message's words, together of length 1; 0 without words."""
    bag = np.zeros(WORDS, np.float32)
    for word in set(_WORD.findall(message.lower())):
        bag[zlib.crc32(word) % WORDS] = 1.0
    bag /= math.sqrt(max(float(bag.sum()), 1.0))
    bag.setflags(write=False)
    return bag
