"""Who is trained, where more rewards were asked for than are trained."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eureka_agent.archive.candidate import Candidate
from eureka_agent.critique.behaviours import RULE as BEHAVIOURS
from eureka_agent.critique.ranking import tau_of
from eureka_agent.evolution.proposing import GIVEN
from eureka_agent.store.records import DraftedOut


def drafted_out(candidates: Sequence[Candidate], *, slots: int, draft: int) -> tuple[DraftedOut, ...]:
    """Return who is not trained of a generation's accepted candidates, best first in `by_promise`'s order.

    `slots` rewards were asked for, `draft` times as many as are trained.
    """
    kept = math.ceil(slots / draft)
    return tuple(DraftedOut(c.id, _reason(c, kept, slots)) for c in by_promise(candidates)[kept:])


def by_promise(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates in the order in which they are chosen for training.

    The person's own reward first, those by which a bad behaviour earns most last; among the others by the tau
    of what they pay recorded policies, and without a verdict as they were asked for.
    """
    return sorted(candidates, key=_promise)


def _promise(candidate: Candidate) -> tuple[bool, bool, float, int]:
    tau = tau_of(candidate.findings)
    # Where there is a verdict on some, one on which there is none stands between the two directions.
    return candidate.operator != GIVEN, _warned(candidate), -(tau or 0.0), candidate.index


def _warned(candidate: Candidate) -> bool:
    return any(finding.rule == BEHAVIOURS for finding in candidate.findings)


def _reason(candidate: Candidate, kept: int, slots: int) -> str:
    tau = tau_of(candidate.findings)
    told = "no verdict on what it pays earlier policies" if tau is None else f"a Kendall's tau of {tau:.2f}"
    warned = "; by it a bad behaviour earns most" if _warned(candidate) else ""
    return f"Not trained: {kept} of {slots} drafts were. It had {told}{warned}."
