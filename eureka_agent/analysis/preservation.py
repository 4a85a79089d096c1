"""Does a reward keep the order of fitness? Kendall's tau between what it pays for recorded episodes and their
fitness (the order preservation of CARD, arXiv 2410.14660).

Only what is certain is compared: episodes of two policies whose fitness intervals are disjoint. Below
`FEWEST_PAIRS` such pairs, or where they are of fewer than `FEWEST_POLICIES`, there is no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from eureka_agent.analysis.statistics import t_interval

FEWEST_PAIRS = 10
FEWEST_POLICIES = 3


@dataclass(frozen=True)
class PaidPolicy:
    """What one policy scores and earns."""

    name: str
    scores: tuple[float, ...]
    """Fitness of as many of its episodes as are known, signed so that larger is better."""
    returns: tuple[float, ...]
    """What its recorded episodes earn, each."""


class Preservation(NamedTuple):
    """How far a reward keeps the order of fitness."""

    tau: float
    """(kept − turned round) / pairs, from -1 to 1; a pair that is paid alike counts as neither."""
    pairs: int
    """Pairs of episodes."""
    policies: int
    """Policies that they are of."""
    worst: tuple[str, str] | None
    """The fitter and the less fit policy of the pair that is turned round by most; None where none is."""


def order_preservation(policies: Sequence[PaidPolicy]) -> Preservation | None:
    """Return how far a reward keeps the order of policies' fitness; None where too little is certain."""
    apart = list(_apart(policies))
    pairs = [
        (fitter, less, gain)
        for fitter, less in apart
        for gain in (one - other for one, other in product(fitter.returns, less.returns))
    ]
    named = {policy.name for fitter, less, _ in pairs for policy in (fitter, less)}
    if len(pairs) < FEWEST_PAIRS or len(named) < FEWEST_POLICIES:
        return None
    tau = sum((gain > 0) - (gain < 0) for _, _, gain in pairs) / len(pairs)
    fitter, less, gain = min(pairs, key=lambda pair: pair[2])
    return Preservation(tau, len(pairs), len(named), (fitter.name, less.name) if gain < 0 else None)


def _apart(policies: Sequence[PaidPolicy]) -> list[tuple[PaidPolicy, PaidPolicy]]:
    """Return pairs with disjoint 95 % intervals of the mean fitness, the fitter one first."""
    known = [(policy, t_interval(policy.scores)) for policy in policies if policy.scores]
    found = []
    for (one, mine), (other, theirs) in combinations(known, 2):
        if mine.low > theirs.high:
            found.append((one, other))
        elif theirs.low > mine.high:
            found.append((other, one))
    return found
