"""Who is trained on another seed: those that may be the best, and a few at random.

Top-two Thompson sampling (Russo, arXiv 1602.08448) spends seeds where it is undecided who is best; pilots
taken at random tell how far seeds lie apart everywhere.
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
    known: Mapping[str, Belief], *, count: int, pilots: int, generator: np.random.Generator
) -> tuple[str, ...]:
    """Return whom to train on another seed, each once: `count` that may be best, then `pilots` at random.

    Pilots are drawn from those that have had one seed only. There may be fewer than asked for.
    """
    chosen: list[str] = []
    for _ in range(min(count, len(known))):
        rest = {name: belief for name, belief in known.items() if name not in chosen}
        chosen.append(_top_two(rest, generator))
    single = sorted(name for name, belief in known.items() if belief.seeds == 1 and name not in chosen)
    drawn = generator.permutation(len(single))[:pilots]
    return (*chosen, *(single[place] for place in drawn))


def _top_two(known: Mapping[str, Belief], generator: np.random.Generator) -> str:
    best = best_of_a_draw(known, generator)
    if len(known) == 1 or generator.random() < LEADER:
        return best
    for _ in range(DRAWS):
        other = best_of_a_draw(known, generator)
        if other != best:
            return other
    return max(sorted(known.keys() - {best}), key=lambda name: known[name].mean)
