"""Which finalist is confirmed: the seeds that choose are not the seeds that are reported.

The best of several means is better than what it estimates, so finalists get seeds of their own, and the last
one is reported on others. They leave by successive rejects (Audibert and Bubeck, COLT 2010): after each seed
the one of whom least is believed, by all of its seeds, until two are left. On the bank of rewards five
finalists and all seeds named a better one than two finalists and fresh seeds alone (docs/selection.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.archive.posterior import Belief, beliefs
from eureka_agent.store.records import Choice
from eureka_agent.store.state import RunState

STAGE = "choose"
_FAILED = (Status.FAILED, Status.TIMED_OUT)


def left(state: RunState, finalists: Sequence[str], *, seeds: int, sign: float) -> tuple[str, ...]:
    """Return who is still in the choice after `seeds` of its seeds, in the order of `finalists`.

    A finalist that failed is out. Later seeds are not looked at, so that a resumed run decides alike.
    """
    still = _unhurt(state, finalists)
    for known in range(1, seeds + 1):
        believed = _believed(state, finalists, known, sign)
        kept = sorted(still, key=lambda name: -believed[name].mean)[: max(2, len(finalists) - known)]
        still = [name for name in still if name in kept]
    return tuple(still)


def ranked(state: RunState, finalists: Sequence[str], *, sign: float) -> tuple[str, ...]:
    """Return the finalists that did not fail, first of whom most is believed by all of its seeds."""
    believed = _believed(state, finalists, None, sign)
    return tuple(sorted(_unhurt(state, finalists), key=lambda name: -believed[name].mean))


def choices(state: RunState, finalists: Sequence[str]) -> tuple[Choice, ...]:
    """Return how the finalists did on the seeds that chose; nothing where none did."""
    told = (Choice(name, scored(state.candidates[name])) for name in finalists)
    return tuple(one for one in told if one.seeds)


def scored(candidate: Candidate) -> tuple[float, ...]:
    """Return a finalist's scores on the seeds that choose, in their order."""
    return candidate.fitnesses(STAGE)


def _unhurt(state: RunState, finalists: Sequence[str]) -> list[str]:
    return [name for name in finalists if state.candidates[name].status not in _FAILED]


def _believed(state: RunState, finalists: Sequence[str], seeds: int | None, sign: float) -> dict[str, Belief]:
    """Return what is believed of all candidates, of finalists by so many of the seeds that choose, too."""
    scores = {c.id: c.fitnesses() for c in state.archive(sign=sign).ranked() if c.stopped is None}
    for name in _unhurt(state, finalists):
        scores[name] = (*scores.get(name, ()), *scored(state.candidates[name])[:seeds])
        if not scores[name]:  # it was stopped early, and no seed has chosen yet
            scores[name] = state.candidates[name].fitnesses()
    return beliefs(scores, sign=sign)
