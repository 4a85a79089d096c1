"""Does a reward pay recorded policies in the order of their fitness? Training it can only tell later.

What is asked are the policies of a run's earlier candidates, never those of baselines. A verdict refuses
nothing; where more rewards are asked for than are trained it orders them.
"""

from __future__ import annotations

from collections.abc import Sequence

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.analysis.preservation import PaidPolicy, Preservation, order_preservation
from eureka_agent.critique.behaviours import PaidBehaviour, paid_behaviours
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.critique.paying import PayJoined
from eureka_agent.critique.recorded import RecordedPolicies
from eureka_agent.rewards.findings import Finding
from eureka_agent.tasks.task import Task
from eureka_agent.trajectories.scripted import NamedEpisodes

RULE = "ranking"
MOST_TERMS = 4
"""Terms that a finding tells, those first whose payments differ most."""
TURNED = 0.0
"""Below it a reward turns round more pairs than it keeps: its designer is told."""


class RankingCheck:
    """A `Check` that says how far a reward keeps the order of earlier candidates' fitness."""

    def __init__(self, task: Task, pay: PayJoined, recorded: RecordedPolicies | None = None) -> None:
        self._task, self._pay = task, pay
        self._recorded = recorded or RecordedPolicies()

    def __call__(self, source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
        """Return the verdict as a note, or as a warning where most pairs are turned round; else nothing."""
        return ranking_findings(self._task, source, self._recorded.of(briefing), self._pay)


def ranking_findings(
    task: Task, source: str, policies: Sequence[NamedEpisodes], pay: PayJoined
) -> list[Finding]:
    """Return the verdict on a reward's order of these policies, if there is one; its `value` is the tau."""
    paid = paid_behaviours(task, source, policies, pay)
    found = _order(paid)
    return [] if found is None else [_finding(found, _turned(found, paid, task.fitness.sign))]


def preservation(
    task: Task, source: str, policies: Sequence[NamedEpisodes], pay: PayJoined
) -> Preservation | None:
    """Return how far a reward keeps the order of policies; None where it fails or too little is certain."""
    return _order(paid_behaviours(task, source, policies, pay))


def _order(paid: Sequence[PaidBehaviour]) -> Preservation | None:
    return order_preservation(
        [PaidPolicy(one.name, one.scores, tuple(p.whole for p in one.payments)) for one in paid]
    )


def tau_of(findings: Sequence[Finding]) -> float | None:
    """Return the tau that a candidate's findings tell; None where there was no verdict."""
    return next((finding.value for finding in findings if finding.rule == RULE), None)


def _turned(found: Preservation, paid: Sequence[PaidBehaviour], sign: float) -> str:
    """Say which two policies are turned round by most, and which terms do it; empty where none are."""
    if found.worst is None:
        return ""
    fitter, less = (next(one for one in paid if one.name == name) for name in found.worst)
    apart = sorted(fitter.components, key=lambda name: -abs(less.components[name] - fitter.components[name]))
    terms = ", ".join(
        f"'{name}' {less.components[name]:.4g} and {fitter.components[name]:.4g}"
        for name in apart[:MOST_TERMS]
    )
    return (
        f" It pays {less.name}, which scores {sign * less.score:.4g}, {less.whole:.4g} an episode, and "
        f"{fitter.name}, which scores {sign * fitter.score:.4g}, {fitter.whole:.4g}"
        f"{f'; of its terms {terms}' if terms else ''}."
    )


def _finding(found: Preservation, turned: str) -> Finding:
    return Finding(
        RULE, "warning" if found.tau < TURNED else "note", None,
        f"It pays recorded episodes of {found.policies} earlier policies in an order that agrees with their "
        f"scores by a Kendall's tau of {found.tau:.2f} over {found.pairs} pairs.{turned}",
        "A reward that pays worse episodes more can lead back to them.",
        "Compare what its terms pay these policies, unless it is meant to change what they do.",
        value=found.tau,
    )  # fmt: skip
