"""One slot of a generation: a draft, what the critic and a reviewer find, and up to a few repairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.config import RunConfig
from eureka_agent.critique.critic import Check, refusal, refused
from eureka_agent.design.proposer import Draft, Proposer, Slot
from eureka_agent.design.reviewer import Reviewer
from eureka_agent.errors import BudgetExhaustedError
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.natural import Normalised, notes_on

GIVEN = "given"
"""Operator of the reward that the search begins with."""


class Given(NamedTuple):
    """A reward that nobody proposed: the first candidate."""

    source: str
    by: str
    """Whose it is."""


def given_slot() -> Slot:
    """Return the slot of a given reward: the first of the first generation."""
    return Slot(0, 0, GIVEN)


def given_to(config: RunConfig) -> Given | None:
    """Return the reward that a search begins with: the person's, or that of the run before."""
    if config.training.after:
        return Given(config.training.after[-1].source, "the run before")
    source = config.search.seed_reward
    return None if source is None else Given(source, "the person")


def propose_candidate(
    slot: Slot,
    briefing: Briefing,
    proposer: Proposer,
    checks: Sequence[Check],
    *,
    repair_turns: int,
    given: Given | None,
    reviewer: Reviewer | None = None,
    normalise: Callable[[str], Normalised] | None = None,
) -> tuple[Candidate, Draft]:
    """Fill one slot: the candidate is proposed if all checks let it through, else refused with a reason.

    The candidate's source is what `normalise` makes of the answer, the draft's is the answer as it came.
    `reviewer` is asked about answers that passed the checks, as long as the proposer may still revise them.
    Raises ModelError when a model cannot answer, and BudgetExhaustedError when there is no money
    for the first question.
    """
    turns = 0 if slot.operator == GIVEN else repair_turns

    def look(draft: Draft, turn: int) -> tuple[Sequence[Finding], Sequence[Finding]]:
        findings = _review(draft, checks, briefing, normalise)
        asked = reviewer if turn < turns else None
        return findings, _remarks(asked, slot, turn, draft, findings, briefing)

    own = given if slot.operator == GIVEN else None
    draft = proposer.propose(slot, briefing) if own is None else Draft(own.source, proposer=own.by)
    findings, remarks = look(draft, 0)
    for turn in range(1, turns + 1):
        if not refused([*findings, *remarks]):
            break
        try:
            revised = proposer.repair(slot, draft, [*findings, *remarks], turn, briefing)
        except BudgetExhaustedError:
            break  # it stays as it is: the answer was paid for, another cannot be
        if revised is None:
            break
        draft = revised
        findings, remarks = look(draft, turn)
    made = _normalised(draft, normalise)
    found = [*findings, *map(_as_opinion, remarks), *(notes_on(made) if made else [])]
    candidate = _candidate(slot, draft, found, proposer.name)
    return (replace(candidate, source=made.text) if made else candidate), draft


def _candidate(slot: Slot, draft: Draft, findings: Sequence[Finding], proposer: str) -> Candidate:
    bad = refused(findings)
    return Candidate(
        generation=slot.generation,
        index=slot.index,
        operator=slot.operator,
        parents=slot.parents,
        proposer=draft.proposer or proposer,
        source=draft.source,
        genome=draft.genome,
        status=Status.REFUSED if bad else Status.PROPOSED,
        reason=refusal(findings) if bad else "",
        findings=tuple(findings),
    )


def _remarks(
    reviewer: Reviewer | None,
    slot: Slot,
    turn: int,
    draft: Draft,
    findings: Sequence[Finding],
    briefing: Briefing,
) -> Sequence[Finding]:
    """Return what the reviewer says of an answer that passed; nothing where there is no money to ask."""
    if reviewer is None or draft.source is None or refused(findings):
        return []
    try:
        return reviewer(slot.id, turn, draft.source, findings, briefing)
    except BudgetExhaustedError:
        return []


def _as_opinion(remark: Finding) -> Finding:
    """Return a remark as it stays with the candidate: an opinion keeps no reward from being trained."""
    return replace(remark, severity="warning")


def _review(
    draft: Draft,
    checks: Sequence[Check],
    briefing: Briefing,
    normalise: Callable[[str], Normalised] | None,
) -> Sequence[Finding]:
    """Return what all checks find, whatever another one finds, by lines of the answer as it came."""
    if draft.source is None:
        return draft.problems
    made = _normalised(draft, normalise)
    if made is None:
        return [finding for check in checks for finding in check(draft.source, briefing)]
    return made.refused or made.cited([f for check in checks for f in check(made.text, briefing)])


def _normalised(draft: Draft, normalise: Callable[[str], Normalised] | None) -> Normalised | None:
    """Return an answer in the portable subset; None for what was made in it by a genome."""
    if normalise is None or draft.source is None or draft.genome is not None:
        return None
    return normalise(draft.source)
