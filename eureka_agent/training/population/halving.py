"""Who of a generation is clearly behind at a checkpoint, and need not be trained to the end.

A rule over curves and nothing else: successive halving (arXiv 1502.07943) that drops nobody for a rank alone.
`benchmarks/halving.py` replays how often it would have stopped the eventual winner, and what it saves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class CheckpointScore(NamedTuple):
    """How a policy did at one checkpoint."""

    score: float
    """Mean over the evaluation episodes, signed so that larger is better."""
    error: float
    """Its standard error."""


class Behind(NamedTuple):
    """How far a candidate's best checkpoint lies behind, and how far it might have."""

    gap: float
    allowed: float


Curves = Mapping[str, Sequence[CheckpointScore]]
"""The looks at every candidate of a generation so far; shorter where one failed or was stopped."""


@dataclass(frozen=True)
class Rule:
    """When a candidate stops. What counts is its best checkpoint so far, since that is what gets scored.

    It is compared with the last one of those that are safe; the safe ones are the best `survivors` of the
    generation. So nobody stops while all are equal, and there are always that many left. Nor does anybody
    stop while even the last safe one has learned little: differences say nothing then, however sure they are.
    """

    first: float = 0.2
    """Share of the checkpoints from which on candidates may stop."""
    survivors: float = 0.5
    """Share of the generation that is safe; two candidates at least."""
    margin: float = 0.65
    """Allowed gap, as a share of what the last safe one gained on the generation's lowest first score."""
    learned: float = 0.25
    """What the last safe one must have gained, as a share of the span of all scores seen so far."""
    errors: float = 2.0
    """Allowed gap in standard errors of the difference; the larger of the two counts."""

    def safe(self, candidates: int) -> int:
        """Return how many of a generation's candidates are safe."""
        return max(2, math.ceil(self.survivors * candidates))


RULE = Rule()


def clearly_behind(curves: Curves, look: int, checkpoint_scores: int, rule: Rule = RULE) -> dict[str, Behind]:
    """Return who stops at a look, by name.

    `look` counts from 0 to `looks` - 1; at the last one nobody is left to save. What lies behind `look` in
    the curves is not read, and candidates without that look are no longer there.
    """
    if look + 1 < rule.first * checkpoint_scores or look + 1 >= checkpoint_scores:
        return {}
    best = {name: max(curve[: look + 1]) for name, curve in curves.items() if len(curve) > look}
    seen = [[own.score for own in curve[: look + 1]] for curve in curves.values() if curve]
    safe = rule.safe(len(seen))
    if len(best) <= safe:
        return {}
    rival = sorted(best.values(), reverse=True)[safe - 1]  # of equal scores the less certain one first
    gained = rival.score - min(scores[0] for scores in seen)
    if gained < rule.learned * (max(map(max, seen)) - min(map(min, seen))):
        return {}
    behind = {}
    for name, own in best.items():
        gap = rival.score - own.score
        allowed = max(rule.margin * gained, rule.errors * math.hypot(rival.error, own.error))
        if gap > allowed:
            behind[name] = Behind(gap, allowed)
    return behind
