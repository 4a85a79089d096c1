"""Who is trained on another seed: those that may be the best.

Top-two Thompson sampling (Russo, arXiv 1602.08448) spends seeds where it is undecided who is best. Further
ones taken at random, to learn how far seeds lie apart, did not pay on the bank of rewards.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.archive.posterior import Belief, best_of_a_draw

LEADER = 0.5
"""How often the best of a draw is taken and not the best of the others."""
DRAWS = 100
"""Draws until another one than the best is best; then the runner-up of the last is taken."""


def second_seeds(
    known: Mapping[str, Belief], *, count: int, generator: np.random.Generator
) -> tuple[str, ...]:
    """Return whom to train on another seed, `count` of them or as many as there are, each once."""
    chosen: list[str] = []
    for _ in range(min(count, len(known))):
        rest = {name: belief for name, belief in known.items() if name not in chosen}
        chosen.append(_top_two(rest, generator))
    return tuple(chosen)


def _top_two(known: Mapping[str, Belief], generator: np.random.Generator) -> str:
    best = best_of_a_draw(known, generator)
    if len(known) == 1 or generator.random() < LEADER:
        return best
    for _ in range(DRAWS):
        other = best_of_a_draw(known, generator)
        if other != best:
            return other
    return max(sorted(known.keys() - {best}), key=lambda name: known[name].mean)
