"""Which finalist is confirmed: the seeds that choose are not the seeds that are reported.

The best of several means is better than what it estimates, so finalists get seeds of their own, and the last
one is reported on others. They leave by successive rejects (Audibert and Bubeck, COLT 2010): after each seed
the one of whom least is believed, by all of its seeds, until two are left. On the bank of rewards five
finalists and all seeds named a better one than two finalists and fresh seeds alone (docs/selection.md).

Who failed where is looked at beside each seed, so that a run that was stopped and goes on decides alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.archive.candidate import Candidate
from eureka_agent.archive.posterior import Belief, beliefs
from eureka_agent.store.records import Choice
from eureka_agent.store.state import RunState

STAGE = "choose"


def left(state: RunState, finalists: Sequence[str], *, seeds: int, sign: float) -> tuple[str, ...]:
    """Return who is still in the choice after `seeds` of its seeds, in the order of `finalists`."""
    still = list(finalists)
    for known in range(1, seeds + 1):
        still = _unhurt(state, still, known)
        believed = _believed(state, finalists, known, sign)
        kept = sorted(still, key=lambda name: -believed[name].mean)[: max(2, len(finalists) - known)]
        still = [name for name in still if name in kept]
    return tuple(still)


def ranked(state: RunState, finalists: Sequence[str], *, seeds: int, sign: float) -> tuple[str, ...]:
    """Return the finalists that did not fail on these seeds, first of whom most is believed by all of theirs.

    One that fails when it is confirmed keeps its place.
    """
    believed = _believed(state, finalists, seeds, sign)
    return tuple(sorted(_unhurt(state, finalists, seeds), key=lambda name: -believed[name].mean))


def choices(state: RunState, finalists: Sequence[str]) -> tuple[Choice, ...]:
    """Return how the finalists did on the seeds that chose; nothing where none did."""
    told = (Choice(name, state.candidates[name].fitnesses(STAGE)) for name in finalists)
    return tuple(one for one in told if one.seeds)


def _unhurt(state: RunState, finalists: Sequence[str], seeds: int) -> list[str]:
    """Return those that failed on none of the first `seeds` seeds that choose."""
    hurt = {name for name, stage, replicate in state.failures if stage == STAGE and replicate < seeds}
    return [name for name in finalists if name not in hurt]


def _believed(state: RunState, finalists: Sequence[str], seeds: int, sign: float) -> dict[str, Belief]:
    """Return what is believed of all candidates, of finalists by the first seeds that choose, too."""
    lost = {name for name, stage, _ in state.failures if stage == "search"}
    scores = {name: _searched(c) for name, c in state.candidates.items() if name not in lost}
    for name in finalists:
        scores[name] = (*scores.get(name, ()), *_scored(state.candidates[name], seeds))
        if not scores[name]:  # it was stopped early, and no seed has chosen yet
            scores[name] = state.candidates[name].fitnesses()
    return beliefs(scores, sign=sign)


def _searched(candidate: Candidate) -> tuple[float, ...]:
    return () if candidate.stopped else candidate.fitnesses()


def _scored(candidate: Candidate, seeds: int) -> tuple[float, ...]:
    return tuple(e.fitness for e in candidate.evaluations if e.stage == STAGE and e.replicate < seeds)
