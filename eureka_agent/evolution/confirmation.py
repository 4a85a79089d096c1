"""Nothing is called best before it was retrained on fresh seeds beside the baselines."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from eureka_agent.analysis.statistics import human_normalized, t_interval
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.store.checked import BASELINES
from eureka_agent.store.records import Choice, Confirmation, ConfirmationRow, PairedDifference
from eureka_agent.store.state import RunState
from eureka_agent.tasks.task import Task

STAGE = "confirm"
_FAILED = (Status.FAILED, Status.TIMED_OUT)
_Scores = Mapping[str, tuple[float, ...]]


def finalists_of(archives: Sequence[Archive], top: int, *, pinned: Sequence[str] = ()) -> list[Candidate]:
    """Return the best `top` of all restarts: first each restart's incumbent, then by score.

    Those that a person `pinned` join them, after the last, if they were trained.
    By posterior what is believed of each counts, of incumbents, too. Candidates that were stopped early come
    last: their scores are of a smaller budget.
    """

    standings: list[tuple[tuple[bool, bool, float], Candidate]] = []
    for archive in archives:
        known = archive.beliefs if archive.by_posterior else {}
        for candidate in archive.ranked():
            searched = archive.sign * (candidate.fitness or 0.0)
            score = known[candidate.id].mean if candidate.id in known else searched
            leads = candidate.id == archive.incumbent_id and not archive.by_posterior
            standings.append(((not leads, candidate.stopped is not None, -score), candidate))
    ranked = [candidate for _, candidate in sorted(standings, key=lambda one: one[0])]
    return ranked[:top] + [candidate for candidate in ranked[top:] if candidate.id in pinned]


def confirm(
    state: RunState, task: Task, names: Sequence[str], choice: tuple[Choice, ...] = ()
) -> Confirmation:
    """Compare the confirmation runs of some candidates and name the winner.

    The winner is the best mean over fresh seeds; a candidate that failed on any of them cannot win. `choice`
    is how they were chosen among the finalists.
    """
    sign = task.fitness.sign
    known = {name: state.candidates[name].fitnesses(STAGE) for name in names}
    scores = {name: values for name, values in known.items() if values}
    unhurt = {name: v for name, v in scores.items() if state.candidates[name].status not in _FAILED}
    complete = {name: values for name, values in unhurt.items() if len(values) == _most(scores)}
    winner = max(complete, key=lambda name: sign * statistics.fmean(complete[name]), default=None)
    baselines = {name: _fitnesses(state.baselines.get(name, [])) for name in BASELINES}
    rows = [_row(name, values, baselines, sign) for name, values in {**scores, **baselines}.items() if values]
    difference = _against_reference(winner, complete, baselines)
    return Confirmation(winner, tuple(complete), tuple(rows), difference, choice)


def _most(scores: dict[str, tuple[float, ...]]) -> int:
    return max((len(values) for values in scores.values()), default=0)


def _fitnesses(evaluations: Sequence[Evaluation]) -> tuple[float, ...]:
    return tuple(e.fitness for e in sorted(evaluations, key=lambda e: e.replicate))


def _row(name: str, values: tuple[float, ...], baselines: _Scores, sign: float) -> ConfirmationRow:
    interval = t_interval(values)
    normalized = human_normalized(values, baselines["sparse"], baselines["reference"], sign=sign)
    return ConfirmationRow(
        name=name,
        fitness=interval.mean,
        low=interval.low if interval.n > 1 else None,
        high=interval.high if interval.n > 1 else None,
        seeds=values,
        human_normalized=normalized.score,
        human_normalized_clipped=normalized.clipped,
        undefined_because=normalized.undefined_because,
    )


def _against_reference(winner: str | None, scores: _Scores, baselines: _Scores) -> PairedDifference | None:
    """Return winner − reference over shared seeds, with its interval; None where there is no such pair."""
    reference = baselines["reference"]
    if winner is None or len(reference) != len(scores[winner]) or len(reference) < 2:
        return None
    interval = t_interval([w - r for w, r in zip(scores[winner], reference, strict=True)])
    return PairedDifference(interval.mean, interval.low, interval.high)
