"""Which two episodes to ask about next: those whose answer says most about what people prefer.

The mutual information between an answer and the weights (BALD, arXiv 1112.5745) depends on the difference of
the two utilities only, which is normal under the posterior; so it is an integral over one number, and nothing
is sampled.

Of two episodes that begin in the same state only the behaviour differs, which is easier to judge: such a pair
comes first where it says hardly less than the best one.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace

import numpy as np

from eureka_agent.preferences.model import Posterior, information_of, outcome_chances

Array = np.ndarray
MOST_PAIRS = 20_000
"""Pairs among which the next one is looked for; of more, so many are drawn."""
ALIKE_SHARE = 0.9
"""Of the information of the best pair: one that begins alike and has so much of it comes first."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def next_pairs(
    posterior: Posterior,
    features: Array,
    *,
    count: int,
    asked: Collection[frozenset[int]] = (),
    beginnings: Sequence[Hashable] | None = None,
    alike_share: float = ALIKE_SHARE,
    generator: np.random.Generator,
) -> list[tuple[int, int]]:
    """Return at most `count` pairs of episodes to ask about, as rows of `features` `(n, k)`, the best first.

    Each pair but the first is chosen as if those before it had been answered. No pair of `asked` comes again,
    and none of which no answer says anything. Which of equally good pairs comes, and which of its episodes
    first, is drawn. `beginnings` says of each episode where it begins, None where that is not known: the best
    pair of equal ones comes if it has `alike_share`, from 0 to 1, of the information of the best of all.
    """
    pairs = _open_pairs(len(features), asked, generator)
    alike = begin_alike(pairs, beginnings)
    differences = features[pairs[:, 0]] - features[pairs[:, 1]]
    chosen: list[tuple[int, int]] = []
    for _ in range(min(count, len(pairs))):
        gains = expected_information(posterior, differences)
        best = _best(gains.round(12), alike, alike_share)
        if gains[best] < 1e-9:
            break
        first, second = generator.permutation(pairs[best])
        chosen.append((int(first), int(second)))
        posterior = _as_answered(posterior, differences[best])
        pairs, differences = np.delete(pairs, best, axis=0), np.delete(differences, best, axis=0)
        alike = np.delete(alike, best)
    return chosen


def begin_alike(pairs: Array, beginnings: Sequence[Hashable] | None) -> Array:
    """Tell of pairs `(n, 2)` whether both episodes are known to begin in the same state, `(n,)`."""
    if beginnings is None:
        return np.zeros(len(pairs), bool)
    codes: dict[Hashable, int] = {}
    labels = [place if one is None else codes.setdefault(one, place) for place, one in enumerate(beginnings)]
    return np.equal(*np.array(labels, int)[pairs].T)


def _best(gains: Array, alike: Array, alike_share: float) -> int:
    """Return which pair comes: the best that begins alike, if it has enough of the best one's information."""
    good = alike & (gains >= alike_share * gains.max())
    return int(np.argmax(np.where(good, gains, -1.0) if good.any() else gains))


def expected_information(posterior: Posterior, differences: Array) -> Array:
    """Return the mutual information (nats) of weights and answer for pairs, `(n,)`.

    `differences` `(n, k)` are the features of the first less those of the second.
    """
    mean, sd = posterior.utility(differences)
    chances = outcome_chances(mean[:, None] + sd[:, None] * _NODES, posterior.log_ties)
    expected = np.einsum("nqo,q->no", chances, _WEIGHTS)
    return np.maximum(_entropy(expected) - _entropy(chances) @ _WEIGHTS, 0.0)


def _entropy(chances: Array) -> Array:
    """Return the entropy (nats) of chances `(..., 3)`, none of which is 0: some answers say nothing."""
    return -(chances * np.log(chances)).sum(axis=-1)


def _as_answered(posterior: Posterior, difference: Array) -> Posterior:
    """Return how much less would be in doubt after an answer about a pair; nobody knows what it would be."""
    mean, sd = posterior.utility(difference)
    told = float(information_of(mean + sd * _NODES, posterior.log_ties) @ _WEIGHTS)
    towards = posterior.covariance @ difference
    shrunk = np.outer(towards, towards) * told / (1 + told * float(difference @ towards))
    return replace(posterior, covariance=posterior.covariance - shrunk)


def _open_pairs(count: int, asked: Collection[frozenset[int]], generator: np.random.Generator) -> Array:
    """Return pairs that were not asked about, `(n, 2)`, in an order that is drawn."""
    pairs = np.stack(np.triu_indices(count, 1), axis=1)
    known = [min(pair) * count + max(pair) for pair in asked if len(pair) == 2]
    still_open = ~np.isin(pairs[:, 0] * count + pairs[:, 1], known)
    return generator.permutation(pairs[still_open])[:MOST_PAIRS]
