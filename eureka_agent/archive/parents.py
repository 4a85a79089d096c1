"""Parents as draws from what is believed of them: the better a reward may be, the more often it is changed.

Thompson sampling: one draw of every reward's score on a fresh seed, and whoever drew best. So a leader that
is sure gets most of the children, and one that led by a single lucky training shares them.
"""

from __future__ import annotations

import numpy as np

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.posterior import best_of_a_draw


def drawn_parents(archive: Archive, count: int, generator: np.random.Generator) -> tuple[str, ...]:
    """Return `count` different parents, or fewer where there are not as many trained to the end."""
    known = archive.beliefs
    chosen: list[str] = []
    while len(chosen) < min(count, len(known)):
        rest = {name: belief for name, belief in known.items() if name not in chosen}
        chosen.append(best_of_a_draw(rest, generator))
    return tuple(chosen)
