"""One slot of a generation: a draft, the critic's findings, and up to a few repairs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.critique.critic import Check, refusal, refused
from eureka_agent.design.proposer import Draft, Proposer, Slot
from eureka_agent.errors import BudgetExhaustedError, RewardError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.source import normalised_digest

GIVEN = "given"
"""Operator of the reward that the person brought along."""


def given_slot() -> Slot:
    """Return the slot of the person's own reward: the first of the first generation."""
    return Slot(0, 0, GIVEN)


def propose_candidate(
    slot: Slot,
    archive: Archive,
    proposer: Proposer,
    critic: Check,
    *,
    repair_turns: int,
    given: str | None,
    stop: threading.Event,
) -> tuple[Candidate, Draft]:
    """Fill one slot: the candidate is proposed if the critic lets it through, else refused with a reason.

    Raises ModelError when the model cannot answer, and BudgetExhaustedError when there is no money
    for the first question.
    """
    draft = Draft(given) if slot.operator == GIVEN else proposer.propose(slot, archive, stop)
    findings = _review(draft, archive, critic)
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
        findings = _review(draft, archive, critic)
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


def _review(draft: Draft, archive: Archive, critic: Check) -> Sequence[Finding]:
    if draft.source is None:
        return draft.problems
    return [*_duplicate(draft.source, archive), *critic(draft.source)]


def _duplicate(source: str, archive: Archive) -> list[Finding]:
    """Refuse what was proposed before: training it again could only repeat a known score."""
    try:
        digest = normalised_digest(source)
        twin = next(
            (c for c in archive.candidates if c.source and normalised_digest(c.source) == digest), None
        )
    except RewardError:
        return []  # the critic will say what is wrong with it
    if twin is None:
        return []
    scored = f" and scored {twin.fitness:.4g}" if twin.fitness is not None else ""
    return [
        Finding(
            "duplicate", "error", None,
            f"This is the same reward as candidate {twin.id}, which was tried{scored}.",
            "Only comments or formatting differ.", "Propose something that behaves differently.",
        )
    ]  # fmt: skip
