"""Which questions are asked where there are more than may be."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.saving import Array, packed, places_of, texts_of


class Rotation:
    """Chooses by rank, and for the other half by turns.

    By rank alone the same questions would be chosen for ever where nobody answers them, and no others.
    At most `capacity` texts are remembered, those chosen last.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._turns: OrderedDict[str, int] = OrderedDict()
        """When a text was chosen by turns, the last ones at the end."""
        self._turn = 0

    def choose(self, texts: Sequence[str], most: int) -> list[str]:
        """Return at most `most` of texts, which come by rank; all, where there are no more."""
        if len(texts) <= most:
            return list(texts)
        ranked = most - most // 2
        others = sorted(texts[ranked:], key=lambda text: self._turns.get(text, -1))[: most - ranked]
        for text in others:
            self._turns[text] = self._turn
            self._turns.move_to_end(text)
        self._turn += 1
        while len(self._turns) > self._capacity:
            self._turns.popitem(last=False)
        return [*texts[:ranked], *others]

    def state_dict(self) -> dict[str, Array]:
        """Return whose turn was when."""
        turns = np.array([self._turn, *self._turns.values()], np.int64)
        return {"texts": packed(list(self._turns)), "turns": turns}

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        texts = texts_of(saved, "texts")
        self._turn, *turns = map(int, places_of(saved, "turns", (len(texts) + 1,), 2**62))
        self._turns = OrderedDict(zip(texts, turns, strict=True))
