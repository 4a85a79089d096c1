"""Who leads: an incumbent is dethroned by evidence from shared seeds, not by one lucky score.

Search seeds are common to all candidates, so that two candidates trained on the same replicate differ by
their rewards only. A challenger must be better by its mean, and no worse on the lower bound of that paired
difference; on two seeds that is to be better on one and no worse on the other.
Who was stopped early neither leads nor challenges: its score is not of the budget that the others had.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate

_ROUNDING = 1e-9
"""A bound that is zero may come out this much below it, as a share of the mean."""


class Verdict(NamedTuple):
    """What is decided after a generation."""

    incumbent: str | None
    """None while nothing was trained."""
    challenger: str | None
    """Who gets one more seed beside the incumbent; None when nobody is better by its mean."""
    reason: str


class Difference(NamedTuple):
    """How much better one candidate is than another on the seeds that both had."""

    mean: float
    low: float
    """Mean minus one standard error."""

    @classmethod
    def of(cls, differences: Sequence[float]) -> Difference:
        """Return mean and bound of at least two paired differences."""
        mean = statistics.fmean(differences)
        return cls(mean, mean - statistics.stdev(differences) / math.sqrt(len(differences)))

    @property
    def counts(self) -> bool:
        """Whether it is worth the lead."""
        return self.mean > 0 and self.low >= -_ROUNDING * self.mean


def paired_difference(challenger: Candidate, incumbent: Candidate, sign: float) -> Difference | None:
    """Return by how much the challenger is better; None below two shared replicates."""
    theirs = {e.replicate: e.fitness for e in incumbent.evaluations if e.stage == "search" and not e.stopped}
    differences = [
        sign * (e.fitness - theirs[e.replicate])
        for e in challenger.evaluations
        if e.stage == "search" and e.replicate in theirs and not e.stopped
    ]
    return Difference.of(differences) if len(differences) > 1 else None


def judge(archive: Archive) -> Verdict:
    """Settle the challenge for the lead and name the next challenger.

    By posterior the first of the ranking leads, and its challenger is the second.
    """
    if archive.by_posterior:
        return _by_posterior(archive)
    usable = _in_the_running(archive)
    if not usable:
        return Verdict(None, None, _nobody(archive))
    incumbent = usable[0]
    if incumbent.id != archive.incumbent_id:
        reason = f"{incumbent.id} has the best fitness so far"
        return Verdict(incumbent.id, _challenger(archive, incumbent), reason)
    for rival in usable[1:]:
        difference = paired_difference(rival, incumbent, archive.sign)
        if difference is not None and difference.counts:
            shared = min(len(rival.fitnesses()), len(incumbent.fitnesses()))
            bound = max(0.0, difference.low)
            reason = f"{rival.id} beat {incumbent.id} on {shared} shared seeds (lower bound +{bound:.3g})"
            return Verdict(rival.id, _challenger(archive, rival), reason)
    challenger = _challenger(archive, incumbent)
    return Verdict(incumbent.id, challenger, _still_leads(archive, incumbent, challenger))


def _nobody(archive: Archive) -> str:
    vetoed = " but what was vetoed" if archive.vetoed else ""
    return f"nothing{vetoed} was trained to the end yet"


def _still_leads(archive: Archive, incumbent: Candidate, challenger: str | None) -> str:
    """Say why a leader stays, of a better score too: it may be one lucky seed's."""
    if challenger is None:
        return f"nobody scored better than {incumbent.id}"
    rival = archive.get(challenger)
    seeds = len(rival.fitnesses())
    on = "one seed" if seeds == 1 else f"{seeds} seeds, not surely better,"
    return f"{challenger} scored {rival.fitness:.4g} on {on} and is tried against it"


def _by_posterior(archive: Archive) -> Verdict:
    usable, known = _in_the_running(archive), archive.beliefs
    if not usable:
        return Verdict(None, None, _nobody(archive))
    leader = known[usable[0].id]
    on = f"{leader.seeds} seeds" if leader.seeds > 1 else "one seed"
    reason = f"on a fresh seed {archive.sign * leader.mean:.4g} ± {leader.sd:.2g} is expected after {on}"
    return Verdict(usable[0].id, usable[1].id if len(usable) > 1 else None, reason)


def _challenger(archive: Archive, incumbent: Candidate) -> str | None:
    """Return whoever has the better mean than the incumbent, else the runner-up that ties with it."""
    best = archive.sign * (incumbent.fitness or 0.0)
    rivals = [
        c
        for c in _in_the_running(archive)
        if c.id != incumbent.id and archive.sign * (c.fitness or 0.0) >= best
    ]
    return rivals[0].id if rivals else None


def _in_the_running(archive: Archive) -> list[Candidate]:
    return [candidate for candidate in archive.ranked() if candidate.stopped is None]
