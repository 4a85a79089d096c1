"""Where rewards came from: the tree, the winner's line, and what each step changed."""

from __future__ import annotations

from pathlib import Path

from synthetic_run import synthetic_run

from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.report.views import lineage
from eureka_agent.report.views.lineage import LineageView, lineage_view
from eureka_agent.store.records import Reply, RequestKey, Usage
from eureka_agent.store.state import RunState


def family(*candidates: Candidate) -> LineageView:
    return lineage_view(RunState(candidates={c.id: c for c in candidates}), {}, None)


def worth(gain: str) -> str:
    return f"def compute_reward(x):\n    near = {gain} * x\n    return near, {{'near': near}}\n"


def test_every_candidate_stands_once_below_its_first_parent() -> None:
    view = family(
        Candidate(0, 0, "seed"), Candidate(0, 1, "seed"), Candidate(1, 0, "rewrite", ("0-01",)),
        Candidate(1, 1, "cross", ("0-00", "0-01")), Candidate(2, 0, "rewrite", ("1-01",)),
    )  # fmt: skip
    assert [(step.candidate, step.depth) for step in view.tree] == [
        ("0-00", 0), ("1-01", 1), ("2-00", 2), ("0-01", 0), ("1-00", 1),
    ]  # fmt: skip


def test_no_log_can_tie_a_knot() -> None:
    one, two = Candidate(0, 0, "rewrite", ("0-01",)), Candidate(0, 1, "rewrite", ("0-00",))
    view = lineage_view(RunState(candidates={c.id: c for c in (one, two)}), {}, "0-01")
    assert [(step.candidate, step.depth) for step in view.tree] == [("0-00", 0), ("0-01", 1)]
    assert [step.candidate for step in view.line] == ["0-00", "0-01"]
    itself = family(Candidate(0, 0, "rewrite", ("0-00",)))
    assert [step.depth for step in itself.tree] == [0]


def test_a_long_line_of_steps_needs_no_recursion() -> None:
    chain = [Candidate(n, 0, "rewrite", (f"{n - 1}-00",) if n else ()) for n in range(1_500)]
    view = family(*chain)
    assert len(view.tree) == lineage.MOST_STEPS
    assert view.left_out == 1_500 - lineage.MOST_STEPS
    assert view.tree[-1].depth == lineage.MOST_STEPS - 1


def test_a_step_says_what_it_changed_gained_and_why() -> None:
    parent = Candidate(0, 0, "seed", source=worth("1.0"))
    child = Candidate(1, 0, "rewrite", ("0-00",), source=worth("2.5"), status=Status.TRAINED)
    state = RunState(candidates={c.id: c for c in (parent, child)})
    text = "<think>hidden</think>More gain: it moves sooner.\n```python\ncode\n```\nThat is all."
    state.replies[RequestKey("designer", "1-00", 0)] = Reply(text, Usage(1, 1, 0.0), "m", 1.0)
    first, step = lineage_view(state, {}, None).tree
    assert step.changed == "changed 'near' (1.0 → 2.5)"
    assert "-    near = 1.0 * x" in step.difference
    assert "+    near = 2.5 * x" in step.difference
    assert step.lines == 2
    assert step.reasoning == "More gain: it moves sooner.\nThat is all."
    assert (first.difference, first.reasoning, first.lines) == (parent.source, "", 0)


def test_the_winners_line_is_marked_in_the_tree(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=3, samples=4)
    assert state.confirmation is not None
    view = lineage_view(state, {}, state.confirmation.winner)
    line = [step.candidate for step in view.line]
    assert line[-1] == state.confirmation.winner
    assert [step.candidate.partition("-")[0] for step in view.line] == ["0", "1", "2"]
    assert {step.candidate for step in view.tree if step.winning} == set(line)
    assert view.winner is not None
    assert view.winner.gained == 70.0


def test_words_have_a_limit_and_the_winners_line_keeps_its_own() -> None:
    long = "\n".join(f"x{n} = {n}" for n in range(900))
    crowd = [Candidate(0, n, "seed", source=long) for n in range(900)]
    last = Candidate(1, 0, "rewrite", ("0-899",), source=long + "\nlast = 1")
    state = RunState(candidates={c.id: c for c in (*crowd, last)})
    view = lineage_view(state, {}, last.id)
    told = sum(step.words for step in view.tree)
    assert told <= lineage.MOST_WORDS + lineage.LONGEST_DIFFERENCE + lineage.LONGEST_REASON
    assert all(not step.cut for step in view.line)
    assert sum(step.cut for step in view.tree) > 700


def test_texts_that_no_critic_let_through_are_not_compared() -> None:
    huge = Candidate(0, 0, "seed", source="x = 1\n" * 300_000)
    child = Candidate(1, 0, "rewrite", ("0-00",), source="((((")
    first, step = family(huge, child).tree
    assert len(first.difference) < 7_000
    assert "1,800,000 characters in all" in first.difference
    assert (step.difference, step.changed) == ("", "")
