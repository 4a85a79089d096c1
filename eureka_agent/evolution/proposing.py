"""One slot of a generation: a draft, the critic's findings, and up to a few repairs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.critique.critic import Check, refusal, refused
from eureka_agent.design.proposer import Draft, Proposer, Slot
from eureka_agent.errors import BudgetExhaustedError
from eureka_agent.rewards.findings import Finding

GIVEN = "given"
"""Operator of the reward that the person brought along."""


def given_slot() -> Slot:
    """Return the slot of the person's own reward: the first of the first generation."""
    return Slot(0, 0, GIVEN)


def propose_candidate(
    slot: Slot,
    archive: Archive,
    proposer: Proposer,
    checks: Sequence[Check],
    *,
    repair_turns: int,
    given: str | None,
    stop: threading.Event,
) -> tuple[Candidate, Draft]:
    """Fill one slot: the candidate is proposed if all checks let it through, else refused with a reason.

    Raises ModelError when the model cannot answer, and BudgetExhaustedError when there is no money
    for the first question.
    """
    draft = Draft(given) if slot.operator == GIVEN else proposer.propose(slot, archive, stop)
    findings = _review(draft, checks)
    turns = 0 if slot.operator == GIVEN else repair_turns
    for turn in range(1, turns + 1):
        if not refused(findings):
            break
        try:
            repaired = proposer.repair(slot, draft, findings, turn, stop)
        except BudgetExhaustedError:
            break  # refused as it is: the answer was paid for, another cannot be
        if repaired is None:
            break
        draft = repaired
        findings = _review(draft, checks)
    bad = refused(findings)
    candidate = Candidate(
        generation=slot.generation,
        index=slot.index,
        operator=slot.operator,
        parents=slot.parents,
        proposer="the person" if slot.operator == GIVEN else draft.proposer or proposer.name,
        source=draft.source,
        genome=draft.genome,
        status=Status.REFUSED if bad else Status.PROPOSED,
        reason=refusal(findings) if bad else "",
        findings=tuple(findings),
    )
    return candidate, draft


def _review(draft: Draft, checks: Sequence[Check]) -> Sequence[Finding]:
    """Return what all checks find, whatever another one finds."""
    if draft.source is None:
        return draft.problems
    return [finding for check in checks for finding in check(draft.source)]
