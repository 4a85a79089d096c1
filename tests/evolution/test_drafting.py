"""Where more rewards are asked for than are trained, what is left out is decided once and journalled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import CountingProposer, FakeTrainer, check_broken, make_evolution

from eureka_agent.analysis.briefing import Briefing
from eureka_agent.archive.candidate import Candidate, Status
from eureka_agent.config import make_config
from eureka_agent.critique.critic import NOTHING_KNOWN
from eureka_agent.errors import ConfigError, StoreError
from eureka_agent.evolution.drafting import by_promise, drafted_out
from eureka_agent.evolution.loop import Evolution
from eureka_agent.report.conclusion import conclude
from eureka_agent.rewards.findings import Finding
from eureka_agent.store.event_types import GenerationDrafted
from eureka_agent.store.records import DraftedOut
from eureka_agent.store.state import RunState


def ranked(tau: float) -> Finding:
    return Finding("ranking", "note", None, "what", "why", "fix", value=tau)


WARNED = Finding("behaviours", "warning", None, "what", "why", "fix")


def candidate(index: int, *findings: Finding, operator: str = "seed") -> Candidate:
    return Candidate(1, index, operator, findings=findings)


def test_candidates_are_chosen_by_tau_and_warned_ones_last() -> None:
    drafts = [
        candidate(0, ranked(0.9), WARNED), candidate(1, ranked(-0.5)), candidate(2, ranked(0.4)),
        candidate(3), candidate(4, ranked(0.8)),
    ]  # fmt: skip
    assert [one.index for one in by_promise(drafts)] == [4, 2, 3, 1, 0]


def test_without_a_verdict_it_is_the_order_they_were_asked_in() -> None:
    drafts = [candidate(index) for index in (0, 1, 2, 3)]
    assert [one.index for one in by_promise(drafts)] == [0, 1, 2, 3]


def test_the_persons_own_reward_is_always_trained() -> None:
    drafts = [candidate(0, ranked(-1.0), WARNED, operator="given"), candidate(1, ranked(1.0))]
    assert [one.name for one in drafted_out(drafts, slots=2, draft=2)] == ["1-01"]


def test_refused_ones_leave_their_places_to_others() -> None:
    drafts = [candidate(index) for index in (2, 5, 7)]
    assert drafted_out(drafts, slots=12, draft=4) == ()
    (out,) = drafted_out(drafts, slots=8, draft=4)
    assert out.name == "1-07"
    assert "2 of 8 drafts were" in out.reason


def promising(source: str, briefing: Briefing = NOTHING_KNOWN) -> list[Finding]:
    """A critic that finds some tau in every reward of a later generation."""
    found = check_broken(source)
    if not found and briefing.archive.candidates:
        found = [ranked(sum(map(ord, source)) % 7 / 7)]
    return found


def drafting(root: Path, **options: object) -> Evolution:
    evolution = make_evolution(root, **{"samples": 2, "draft": 3, "proposer": CountingProposer(), **options})
    evolution.critic = promising
    return evolution


def test_as_many_are_trained_as_asked_and_the_rest_never(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    evolution = drafting(tmp_path, trainer=trainer)
    evolution.run()
    state = evolution.state
    for generation in range(3):
        of_it = [c for c in state.candidates.values() if c.generation == generation]
        out = [c for c in of_it if c.status is Status.DRAFTED_OUT]
        assert (len(of_it), len(out)) == (6, 4)
        assert all("drafts were" in c.reason and not c.evaluations for c in out)
        if generation:
            kept = min(c.findings[0].value or 0.0 for c in of_it if c not in out)
            assert kept >= max(c.findings[0].value or 0.0 for c in out)
    out_names = {c.id for c in state.candidates.values() if c.status is Status.DRAFTED_OUT}
    assert not out_names & {job.name for job in trainer.jobs}
    told = json.loads((tmp_path / "candidates" / min(out_names) / "training.json").read_text())
    assert told["status"] == "drafted out"


def test_any_prefix_of_the_log_resumes_to_the_same_archive(tmp_path: Path) -> None:
    small = {"generations": 2, "samples": 1, "confirm_seeds": 2, "confirm_top": 1}
    whole = drafting(tmp_path / "whole", **small)
    whole.run()
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    for cut in range(1, len(lines)):
        root = tmp_path / f"cut-{cut}"
        root.mkdir()
        (root / "events.jsonl").write_bytes(b"".join(lines[:cut]))
        resumed = drafting(root, **small)
        resumed.run()
        assert outcome(resumed.state) == outcome(whole.state)
        kinds = [type(event) for event in resumed.log.events]
        assert kinds.count(GenerationDrafted) == 2


def outcome(state: RunState) -> dict[str, tuple[str, float | None]]:
    return {name: (c.status, c.fitness) for name, c in sorted(state.candidates.items())}


def test_a_run_without_drafts_journals_nothing_of_them(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.run()
    assert b"draft" not in b"".join((tmp_path / "events.jsonl").read_bytes().splitlines(True)[1:])
    assert evolution.config.digest() == replace(evolution.config).digest()


def test_a_default_draft_is_no_other_run() -> None:
    task = {"kind": "folder", "value": "cartpole"}
    assert make_config({"task": task}).digest() == make_config({"task": task, "draft": 1}).digest()
    assert make_config({"task": task}).digest() != make_config({"task": task, "draft": 4}).digest()


def test_more_rewards_than_a_generation_can_number_are_refused() -> None:
    with pytest.raises(ConfigError, match="250 samples drafted from 4 times as many are 1000"):
        make_config({"task": {"kind": "folder", "value": "cartpole"}, "samples": 250, "draft": 4})


def test_a_log_that_drafts_out_who_was_trained_is_refused(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.run()
    edited = [*evolution.log.events, GenerationDrafted(generation=0, out=(DraftedOut("0-00", "Not."),))]
    with pytest.raises(StoreError, match="cannot be drafted out"):
        RunState.of(edited)


def test_only_what_was_trained_counts_as_tried(tmp_path: Path) -> None:
    evolution = drafting(tmp_path, generations=1)
    evolution.run()
    assert "2 rewards tried in" in conclude(evolution.state).sentence
