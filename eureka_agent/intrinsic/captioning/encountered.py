"""Which captions have been encountered lately, and how often."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.intrinsic.captioning.captions import Captions
from eureka_agent.intrinsic.saving import Array, array_of, packed, texts_of


class Encountered:
    """Frequencies of captions, multiplied by `memory` with each rollout; the rarest are dropped."""

    def __init__(self, capacity: int, memory: float) -> None:
        self._capacity, self._memory = capacity, memory
        self.texts: list[str] = []
        self.weights: Array = np.zeros(0)
        """float64 `(len(texts),)`: a rollout adds its captions' shares of its captioned steps."""
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, text: object) -> bool:
        return text in self._places

    def place(self, text: str) -> int:
        """Return where in `texts` a caption is."""
        return self._places[text]

    def note(self, captions: Captions) -> None:
        """Add a rollout; one without captions changes nothing."""
        counts = captions.counts
        if not counts.sum():
            return
        new = [text for text in captions.texts if text not in self._places]
        self._places.update((text, len(self.texts) + i) for i, text in enumerate(new))
        self.texts += new
        self.weights = np.append(self.weights * self._memory, np.zeros(len(new)))
        places = [self._places[text] for text in captions.texts]
        self.weights[places] += counts / counts.sum()
        if len(self.texts) > self._capacity:
            self._drop()

    def _drop(self) -> None:
        kept = np.sort(np.argsort(-self.weights, kind="stable")[: self._capacity])
        self.texts = [self.texts[i] for i in kept]
        self.weights = self.weights[kept]
        self._places = {text: i for i, text in enumerate(self.texts)}

    def state_dict(self) -> dict[str, Array]:
        """Return the frequencies."""
        return {"texts": packed(self.texts), "weights": self.weights.copy()}

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        self.texts = texts_of(saved, "texts")
        self.weights = array_of(saved, "weights", (len(self.texts),), least=0.0).astype(np.float64)
        self._places = {text: i for i, text in enumerate(self.texts)}


def weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """Return the least of `values` `(n,)` that is not below `share` of the `weights`; n is at least 1."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    place = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
    return float(values[order[min(place, len(order) - 1)]])
