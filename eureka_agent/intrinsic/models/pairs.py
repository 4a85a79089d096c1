"""Which captions are compared with which."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from eureka_agent.intrinsic.captioning.encountered import Encountered
from eureka_agent.intrinsic.models.encoding import stable_hash
from eureka_agent.intrinsic.saving import Array, keys_of, packed, places_of

Pair = tuple[str, str]


def in_order(first: str, second: str) -> Pair:
    """Return both captions in the order that is the same for either pair of them."""
    return (first, second) if first <= second else (second, first)


class Asked:
    """Pairs that were answered, and those that were proposed lately, in either order.

    At most `capacity` of each are remembered; the oldest are forgotten. What was proposed is so after
    `patience` rollouts, too: an answer that has not come by then was dropped or lost on the way, or belongs
    to a training that ended.
    """

    def __init__(self, capacity: int, patience: int = 200) -> None:
        self._capacity, self._patience = capacity, patience
        self._answered: OrderedDict[Pair, None] = OrderedDict()
        self._proposed: OrderedDict[Pair, int] = OrderedDict()
        """Pair to the rollout in which it was proposed, the oldest first."""
        self._rollouts = 0
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._answered) + len(self._proposed)

    def __contains__(self, pair: tuple[str, ...]) -> bool:
        ordered = tuple(sorted(pair))
        return ordered in self._answered or ordered in self._proposed

    def count(self, text: str) -> int:
        """Return in how many of the pairs a caption is."""
        return self._of[text]

    def begin_rollout(self) -> None:
        """Forget what was proposed too long ago."""
        self._rollouts += 1
        while self._proposed and next(iter(self._proposed.values())) <= self._rollouts - self._patience:
            self._uncount(self._proposed.popitem(last=False)[0])

    def propose(self, first: str, second: str) -> None:
        """Remember for a while that a pair was proposed, if it isn't known."""
        pair = in_order(first, second)
        if pair not in self:
            self._proposed[pair] = self._rollouts
            self._keep(self._proposed, pair)

    def answer(self, first: str, second: str) -> None:
        """Remember that a pair was answered."""
        pair = in_order(first, second)
        if self._proposed.pop(pair, None) is not None:
            self._uncount(pair)
        if pair not in self._answered:
            self._answered[pair] = None
            self._keep(self._answered, pair)

    def _keep(self, pairs: OrderedDict[Pair, Any], pair: Pair) -> None:
        self._of.update(pair)
        if len(pairs) > self._capacity:
            self._uncount(pairs.popitem(last=False)[0])

    def _uncount(self, pair: Pair) -> None:
        for text in pair:
            self._of[text] -= 1
            if not self._of[text]:
                del self._of[text]

    def state_dict(self) -> dict[str, Array]:
        """Return the answered pairs and the proposed ones, the oldest first, and since when those are so."""
        return {
            "pairs": packed(list(self._answered)),
            "proposed": packed(list(self._proposed)),
            "rollouts": np.array([self._rollouts, *self._proposed.values()], np.int64),
        }

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        self._answered = OrderedDict((in_order(*pair), None) for pair in keys_of(saved, "pairs", (2,)))
        proposed = [in_order(*pair) for pair in keys_of(saved, "proposed", (2,))]
        self._rollouts, *since = map(int, places_of(saved, "rollouts", (len(proposed) + 1,), 2**62))
        self._proposed = OrderedDict(zip(proposed, since, strict=True))
        self._of = Counter(text for pair in (*self._answered, *self._proposed) for text in pair)

    def pending(self) -> list[Pair]:
        """Return the pairs that were proposed and not answered; half of them in either order, by a hash."""
        return [(b, a) if stable_hash(f"{a}\x1f{b}") % 2 else (a, b) for a, b in self._proposed]


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
        """Return at most `most` pairs and note them as proposed; each newcomer is to be in `comparisons`."""
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
            self._asked.propose(*pair)
            yield pair
            most -= 1
            if not most:
                return
