"""Which finalist is confirmed: the seeds that choose are not the seeds that are reported.

The best of several means is better than what it estimates. So finalists are compared on seeds of their own,
one seed after another; who is surely behind leaves, and the last one is reported on seeds that chose nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.archive.ranking import Difference
from eureka_agent.store.records import Choice
from eureka_agent.store.state import RunState

STAGE = "choose"
_FAILED = (Status.FAILED, Status.TIMED_OUT)
_Scores = Mapping[str, Sequence[float]]


def left(state: RunState, finalists: Sequence[str], *, seeds: int, sign: float) -> tuple[str, ...]:
    """Return who is still in the choice after `seeds` of its seeds, in the order of `finalists`.

    A finalist that failed is out, and so is one that the best mean beats as a challenger beats a leader; see
    `archive/ranking.py`. Later seeds are not looked at, so that a resumed run decides alike.
    """
    unhurt = [name for name in finalists if state.candidates[name].status not in _FAILED]
    scores: dict[str, tuple[float, ...]] = {}
    for known in range(seeds + 1):
        told = {name: scored(state.candidates[name])[:known] for name in unhurt}
        scores = {name: values for name, values in told.items() if len(values) == known}
        unhurt = [name for name in scores if not _is_beaten(name, scores, sign)]
    return tuple(unhurt)


def ranked(state: RunState, finalists: Sequence[str], *, sign: float) -> tuple[str, ...]:
    """Return the finalists that did not fail, best first: who stayed longer, then whose mean is better."""

    def standing(name: str) -> tuple[int, float]:
        scores = scored(state.candidates[name])
        return -len(scores), -sign * statistics.fmean(scores) if scores else 0.0

    unhurt = (name for name in finalists if state.candidates[name].status not in _FAILED)
    return tuple(sorted(unhurt, key=standing))


def choices(state: RunState, finalists: Sequence[str]) -> tuple[Choice, ...]:
    """Return how the finalists did on the seeds that chose; nothing where none did."""
    told = (Choice(name, scored(state.candidates[name])) for name in finalists)
    return tuple(one for one in told if one.seeds)


def scored(candidate: Candidate) -> tuple[float, ...]:
    """Return a finalist's scores on the seeds that choose, in their order."""
    return candidate.fitnesses(STAGE)


def _is_beaten(name: str, scores: _Scores, sign: float) -> bool:
    own = scores[name]
    if len(own) < 2:
        return False
    best = max(scores.values(), key=lambda values: sign * statistics.fmean(values))
    return Difference.of([sign * (b - o) for b, o in zip(best, own, strict=True)]).counts
