"""Building blocks of fitness functions: runs of steps, jumps and turns that a naive score miscounts.

Every argument is an array over the steps of one episode, `(T,)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

Array = np.ndarray


def runs(mask: Array) -> Iterator[tuple[int, int]]:
    """Yield `(begin, end)` of every maximal stretch of steps on which `mask`, bool `(T,)`, is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(mask, dtype=np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(begin), int(end)


def longest_run(mask: Array) -> int:
    """Return the number of steps of the longest stretch on which `mask`, bool `(T,)`, is true."""
    return max((end - begin for begin, end in runs(mask)), default=0)


def landed_turns(turned: Array, clean: Array, standing: Array, *, hold: int) -> float:
    """Count whole turns that begin and end standing, plus half of the fraction turned in a last, open one.

    Args:
        turned: `(T,)`, net turns in the wanted direction since the start: 1 after a whole one.
        clean: bool `(T,)`, False on forbidden contact; a turn with such a step does not count.
        standing: bool `(T,)`, on the feet and upright.
        hold: consecutive standing steps that make a landing.
    """
    landings = [(begin, begin + hold) for begin, end in runs(standing) if end - begin >= hold]
    count, level, since = 0.0, 0.0, 0
    for begin, end in landings:
        whole = float(np.round(turned[begin]))
        if whole > level and bool(np.all(clean[since:begin])):
            count += whole - level
        level, since = whole, end
    dirty = np.flatnonzero(~np.asarray(clean[since:], dtype=bool))
    stop = since + int(dirty[0]) if dirty.size else len(turned)
    open_turn = float(np.max(turned[since:stop], initial=level)) - level
    return count + 0.5 * min(max(open_turn, 0.0), 1.0)


def highest_landed_jump(foot_height: Array, standing: Array, *, hold: int, after: int) -> float:
    """Return the greatest foot height, in the unit of `foot_height` `(T,)`, between two stands, or 0.

    A jump counts if `hold` standing steps follow it at once or later, and the episode goes on for at least
    `after` steps from there: a fall that ends the episode soon after voids the jump that led to it.
    """
    stands = [(begin, end) for begin, end in runs(standing) if end - begin >= hold]
    best = 0.0
    for (_, left), (landed, _) in pairwise(stands):
        if len(foot_height) - landed >= after:
            best = max(best, float(np.max(foot_height[left:landed])))
    return best
