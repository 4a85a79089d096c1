"""Which captions are compared with which."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from eureka_agent.intrinsic.encountered import Encountered
from eureka_agent.intrinsic.saving import Array, packed, unpacked

Pair = tuple[str, str]


def in_order(first: str, second: str) -> Pair:
    """Return both captions in the order that is the same for either pair of them."""
    return (first, second) if first <= second else (second, first)


class Asked:
    """Pairs that were asked or answered, in either order, at most `capacity`; the oldest are forgotten."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._pairs: OrderedDict[Pair, None] = OrderedDict()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._pairs)

    def __contains__(self, pair: tuple[str, ...]) -> bool:
        return tuple(sorted(pair)) in self._pairs

    def count(self, text: str) -> int:
        """Return in how many of the pairs a caption is."""
        return self._of[text]

    def note(self, first: str, second: str) -> None:
        """Remember a pair as asked, if it isn't."""
        pair = in_order(first, second)
        if pair in self._pairs:
            return
        self._pairs[pair] = None
        self._of.update(pair)
        if len(self._pairs) > self._capacity:
            self._forget(self._pairs.popitem(last=False)[0])

    def _forget(self, pair: Pair) -> None:
        for text in pair:
            self._of[text] -= 1
            if not self._of[text]:
                del self._of[text]

    def state_dict(self) -> dict[str, Array]:
        """Return the pairs, the oldest first."""
        return {"pairs": packed(list(self._pairs))}

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        self._pairs = OrderedDict(((first, second), None) for first, second in unpacked(saved, "pairs"))
        self._of = Counter(text for pair in self._pairs for text in pair)


class Pairing:
    """Proposes pairs of captions encountered lately: new ones first, then those whose answer is wanted most.

    `wanted` returns how much answers are wanted, `(n,)`, from the places `(n, 2)` of the pairs' captions;
    `known` whether a pair has been answered. Nothing that was asked or answered is proposed again, in either
    order; which caption comes first is drawn, so that an annotator who favours the first favours nobody.
    """

    def __init__(
        self,
        encountered: Encountered,
        asked: Asked,
        *,
        known: Callable[[Pair], bool],
        wanted: Callable[[Array], Array],
        rng: np.random.Generator,
        rivals: int,
    ) -> None:
        self._encountered, self._asked = encountered, asked
        self._known, self._wanted, self._rng, self._rivals = known, wanted, rng, rivals

    def propose(self, newcomers: Sequence[str], *, most: int, comparisons: int) -> list[Pair]:
        """Return at most `most` pairs and note them as asked; each newcomer is to be in `comparisons`."""
        found: list[Pair] = []
        if len(self._encountered) < 2:
            return found
        for text in newcomers:
            if len(found) >= most:
                break
            missing = min(comparisons - self._asked.count(text), most - len(found))
            found += self._take(self._with(text), missing)
        return found + self._take(self._any(4 * (most - len(found))), most - len(found))

    def _with(self, text: str) -> Array:
        """Return places of pairs of a caption with others, `(rivals, 2)`."""
        place = self._encountered.place(text)
        others = self._drawn(self._rivals)
        return np.stack([np.full(len(others), place), others], axis=1)

    def _any(self, count: int) -> Array:
        return self._drawn(2 * count).reshape(-1, 2)

    def _drawn(self, count: int) -> Array:
        weights = self._encountered.weights
        return self._rng.choice(len(weights), size=count, p=weights / weights.sum())

    def _take(self, places: Array, most: int) -> list[Pair]:
        if most <= 0 or not len(places):
            return []
        order = np.argsort(-self._wanted(places), kind="stable")
        return list(self._free(places[order], most))

    def _free(self, places: Array, most: int) -> Iterator[Pair]:
        texts, turned = self._encountered.texts, self._rng.random(len(places)) < 0.5
        for (one, other), turn in zip(places, turned, strict=True):
            pair = (texts[other], texts[one]) if turn else (texts[one], texts[other])
            if one == other or pair in self._asked or self._known(in_order(*pair)):
                continue
            self._asked.note(*pair)
            yield pair
            most -= 1
            if not most:
                return
