"""A reviewer sends rewards back while their designer may answer, and keeps none from being trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fakes import CountingProposer, make_evolution, source_worth

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Status
from eureka_agent.design.proposer import Draft, Slot
from eureka_agent.errors import BudgetExhaustedError
from eureka_agent.rewards.findings import Finding

DISLIKED = Finding("review-farming", "error", None, "Standing still pays.", "", "Pay for progress.")


class Reviewing:
    """Dislikes the answers of the given turns, and remembers what it was asked."""

    def __init__(self, *turns: int, error: Exception | None = None) -> None:
        self.turns, self.error = turns, error
        self.asked: list[tuple[str, int]] = []

    def __call__(
        self, slot: str, turn: int, source: str, findings: Sequence[Finding], briefing: Briefing
    ) -> list[Finding]:
        self.asked.append((slot, turn))
        if self.error is not None:
            raise self.error
        return [DISLIKED] if turn in self.turns else []


class Revising(CountingProposer):
    """Answers remarks with another reward."""

    def repair(
        self, slot: Slot, draft: Draft, findings: Sequence[Finding], turn: int, briefing: Briefing
    ) -> Draft | None:
        self.repaired.append((slot.id, turn))
        assert DISLIKED in findings
        return Draft(source_worth(100.0 + turn, f"again_{slot.generation}_{slot.index}"))


def run(root: Path, reviewer: Reviewing, proposer: CountingProposer, **options: Any):
    evolution = make_evolution(root, proposer=proposer, generations=1, samples=2, **options)
    evolution.reviewer = reviewer
    evolution.run()
    return evolution.state.candidates


def test_a_disliked_answer_is_revised_until_it_is_liked(tmp_path: Path) -> None:
    reviewer, proposer = Reviewing(0), Revising()
    candidates = run(tmp_path, reviewer, proposer, repair_turns=2)
    assert sorted(reviewer.asked) == [("0-00", 0), ("0-00", 1), ("0-01", 0), ("0-01", 1)]
    assert sorted(proposer.repaired) == [("0-00", 1), ("0-01", 1)]
    assert all("101.0" in (c.source or "") and not c.findings for c in candidates.values())


def test_the_last_answer_is_trained_whatever_the_reviewer_would_say(tmp_path: Path) -> None:
    reviewer = Reviewing(0, 1, 2)
    candidates = run(tmp_path, reviewer, Revising(), repair_turns=2)
    assert {turn for _, turn in reviewer.asked} == {0, 1}, "nobody could answer remarks on the last one"
    assert {c.status for c in candidates.values()} <= {Status.CONFIRMED, Status.TRAINED}


def test_a_proposer_that_cannot_revise_is_trained_and_the_remark_is_kept(tmp_path: Path) -> None:
    class Stubborn(CountingProposer):
        def repair(self, slot, draft, findings, turn, briefing):
            return None

    candidates = run(tmp_path, Reviewing(0), Stubborn(), repair_turns=2)
    for candidate in candidates.values():
        assert candidate.status is not Status.REFUSED
        assert [(f.rule, f.severity) for f in candidate.findings] == [("review-farming", "warning")]


def test_what_checks_refuse_is_not_reviewed(tmp_path: Path) -> None:
    reviewer = Reviewing(0)
    broken = CountingProposer(broken=frozenset({"0-00", "0-01"}))
    candidates = run(tmp_path, reviewer, broken, repair_turns=1)
    assert not reviewer.asked
    assert {c.status for c in candidates.values()} == {Status.REFUSED}


def test_where_there_is_no_money_for_a_review_the_reward_is_trained(tmp_path: Path) -> None:
    reviewer = Reviewing(error=BudgetExhaustedError("$1 is spent."))
    candidates = run(tmp_path, reviewer, CountingProposer(), repair_turns=1)
    assert {c.status for c in candidates.values()} <= {Status.CONFIRMED, Status.TRAINED}
