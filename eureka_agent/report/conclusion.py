"""What a run came to, in one sentence: every door says the same, and the log alone decides it.

Only the scores of random play come from beside the log: from the recording that each run keeps.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eureka_agent.analysis.statistics import ROUNDING, clearly_better
from eureka_agent.archive.candidate import Evaluation, Status
from eureka_agent.report.sequence import TRAINED_ON, is_trained_on, reference_words
from eureka_agent.report.words import dollars, duration, signed
from eureka_agent.store.layout import RunFolder
from eureka_agent.store.records import Confirmation, ConfirmationRow, PairedDifference
from eureka_agent.store.state import RunState
from eureka_agent.trajectories.files import read_scores

Kind = Literal["better", "same", "worse", "different", "alone", "unlearned", "failed", "open"]


@dataclass(frozen=True)
class Conclusion:
    """What a run came to."""

    kind: Kind
    """Against the reference; `different` where the log does not say which direction is better, `alone` where
    there is nothing to compare with, `failed` without a reward, `open` while the run is not at its end."""
    sentence: str


def conclusion_of(folder: RunFolder, state: RunState) -> Conclusion:
    """Return what the run in `folder` came to; nothing of it is executed."""
    return conclude(state, read_scores(folder.recording) if state.confirmation else ())


def conclude(state: RunState, random_scores: Sequence[float] = ()) -> Conclusion:
    """Return what a run came to; `random_scores` are of episodes of random play, none where none is known."""
    confirmation = state.confirmation
    if confirmation is None:
        return Conclusion("open", _so_far(state))
    if confirmation.winner is None:
        return Conclusion("failed", _failed(state))
    evaluations = [e for c in state.candidates.values() for e in c.evaluations]
    evaluations += [e for trained in state.baselines.values() for e in trained]
    if _all_like_random(state, evaluations, random_scores):
        told = (
            f"Nothing was learned: all {len(evaluations)} trainings, the baselines' among them, scored like "
            f"random play, {statistics.fmean(random_scores):.4g} on average; {_effort(state)}."
        )
        found = Conclusion("unlearned", told)
    else:
        found = _compared(state, confirmation, confirmation.winner, random_scores)
    return replace(found, sentence=f"{found.sentence}{_never_differed(evaluations)}")


def _never_differed(evaluations: Sequence[Evaluation]) -> str:
    """Say so where no training scored otherwise than another, which makes no reward better."""
    scores = [e.fitness for e in evaluations]
    if len(scores) < 2 or not math.isclose(min(scores), max(scores), rel_tol=ROUNDING, abs_tol=0.0):
        return ""
    return (
        f" The fitness never differed: every training scored {scores[0]:.4g}, so that nothing can be said of "
        "one reward against another."
    )


def best_of(state: RunState) -> tuple[str | None, float | None]:
    """Return who is best and its figure: the mean on fresh seeds, or of the search where there are none."""
    vetoed = state.feedback.vetoed
    leaders = [leader for leader in state.leaders.values() if leader and leader not in vetoed]
    winner = state.confirmation.winner if state.confirmation else None
    best = winner or (leaders[-1] if leaders else None)
    row = state.confirmation.row(best) if state.confirmation else None
    return best, row.fitness if row else (state.candidates[best].fitness if best else None)


def _compared(
    state: RunState, confirmation: Confirmation, winner: str, random_scores: Sequence[float]
) -> Conclusion:
    row, reference = confirmation.row(winner), confirmation.row("reference")
    if row is None:  # not a log of ours
        return Conclusion("alone", f"Reward {winner} is called best without a score; {_effort(state)}.")
    confirmed = [e for e in state.candidates[winner].evaluations if e.stage == "confirm"]
    unlearned = (
        ", and no better than random play" if _all_like_random(state, confirmed, random_scores) else ""
    )
    difference = confirmation.paired_difference
    if reference is None or (difference is None and len(row.seeds) > 1):
        alone = (
            f"Reward {winner} scored {_on(row)}{unlearned}; {reference_words(state)} could not be trained on "
            f"all of them{_why(state, 'reference')}"
        )
        return Conclusion("alone", f"{alone}; {_effort(state)}.")
    if is_trained_on(state, winner):
        told = f"No reward went further than the one before: {winner}, which is {TRAINED_ON}"
        return Conclusion("same", f"{told}, scored {_on(row)}{unlearned}; {_effort(state)}.")
    kind, words = _standing(state, difference)
    return Conclusion(
        kind,
        f"Reward {winner} is {words} {reference_words(state)}{unlearned}: it scored {row.fitness:.4g}, "
        f"{'the one before' if state.rewards_before else 'the reference'} {reference.fitness:.4g}, "
        f"{_apart(difference, len(row.seeds))}; {_effort(state)}.",
    )


def _why(state: RunState, baseline: str) -> str:
    """Return the first reason why a baseline failed, in brackets; empty where none is known."""
    reasons = [why for (name, _), why in sorted(state.baseline_failures.items()) if name == baseline and why]
    return f" ({reasons[0].rstrip('.')})" if reasons else ""


def _standing(state: RunState, difference: PairedDifference | None) -> tuple[Kind, str]:
    if difference is None or difference.low <= 0 <= difference.high:
        return "same", "not distinguishable from"
    if state.facts is None:
        return "different", "different from"
    above = difference.low > 0
    if above == (state.facts.direction == "maximize"):
        return "better", "better than"
    return "worse", "worse than"


def _apart(difference: PairedDifference | None, seeds: int) -> str:
    if difference is None:
        return "on one fresh seed, which has no interval"
    mean, low, high = (signed(value) for value in (difference.mean, difference.low, difference.high))
    return f"a difference of {mean} (95 % interval {low} to {high} over {seeds} fresh seeds)"


def _on(row: ConfirmationRow) -> str:
    if row.low is None:
        return f"{row.fitness:.4g} on one fresh seed"
    interval = f"95 % interval {row.low:.4g} to {row.high:.4g}"
    return f"{row.fitness:.4g} ({interval} over {len(row.seeds)} fresh seeds)"


def _so_far(state: RunState) -> str:
    best, fitness = best_of(state)
    where = "The confirmation has begun" if state.baselines else f"Generation {max(state.slots, default=0)}"
    leads = "" if fitness is None else f": the best so far is {best}, with {fitness:.4g} in the search"
    return f"{where}{leads}; {_effort(state, state.active_s)} so far."


def _failed(state: RunState) -> str:
    if not state.candidates:
        return f"No reward was found: none was proposed; {_effort(state)}."
    if state.finalists:
        best = f"the {len(state.finalists)} best of the search" if len(state.finalists) > 1 else "the best"
        return f"No reward was found: {best} failed on further seeds; {_effort(state)}."
    ends = Counter(str(candidate.status) for candidate in state.candidates.values())
    told = ", ".join(f"{number} {end}" for end, number in ends.most_common())
    return f"No reward was found: {told}; {_effort(state)}."


def _all_like_random(
    state: RunState, evaluations: Sequence[Evaluation], random_scores: Sequence[float]
) -> bool:
    """Whether none of some trainings scored better than random play; False where that cannot be told."""
    if state.facts is None or len(random_scores) < 2 or not evaluations:
        return False
    sign = 1.0 if state.facts.direction == "maximize" else -1.0
    return not any(
        clearly_better(e.episode_fitness or (e.fitness,), random_scores, sign=sign) for e in evaluations
    )


def _effort(state: RunState, seconds: float | None = None) -> str:
    """Return what the run took until its confirmation was decided, or until so many seconds of work."""
    number = sum(candidate.status is not Status.DRAFTED_OUT for candidate in state.candidates.values())
    tried = f"{number} reward{'' if number == 1 else 's'} tried"
    return (
        f"{tried} in {duration(state.decided_after_s if seconds is None else seconds)} for {dollars(state)}"
    )
