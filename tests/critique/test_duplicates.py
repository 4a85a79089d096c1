"""What was proposed before is told apart by what it does, not by how it is written."""

from __future__ import annotations

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, Evaluation, Status
from eureka_agent.critique import DuplicateCheck
from eureka_agent.rewards.findings import Finding

PLAIN = "def compute_reward(x):\n    return 2.0 * x, {'x': x}\n"
ANNOTATED = PLAIN.replace("(x)", "(x: float)").replace("2.0 * x", "2.0*x").replace("}", "}  # twice")
OTHER = PLAIN.replace("2.0", "3.0")
NO_PYTHON = "def compute_reward(x"


def candidate(index: int, source: str | None, fitness: float | None = None) -> Candidate:
    told = () if fitness is None else (Evaluation("search", 0, 0, fitness, (fitness,), 1, 0.0, 0, {}),)
    status = Status.REFUSED if fitness is None else Status.TRAINED
    return Candidate(0, index, "seed", (), "a model", source, status=status, evaluations=told)


def check(source: str, *candidates: Candidate) -> list[Finding]:
    return DuplicateCheck()(source, Briefing(Archive.of(candidates, sign=1.0)))


def test_the_first_candidate_with_the_same_reward_is_named_with_its_score() -> None:
    (found,) = check(PLAIN, candidate(0, OTHER), candidate(1, ANNOTATED, 12.5), candidate(2, PLAIN))
    assert (found.rule, found.severity) == ("duplicate", "error")
    assert found.what == "This is the same reward as candidate 0-01, which was tried and scored 12.5."


def test_one_that_was_never_scored_counts_too() -> None:
    (found,) = check(NO_PYTHON, candidate(0, NO_PYTHON))
    assert found.what.endswith("candidate 0-00, which was tried.")


def test_a_new_reward_has_nothing_said_about_it() -> None:
    assert check(PLAIN, candidate(0, OTHER), candidate(1, None)) == []
    assert check(NO_PYTHON) == []
