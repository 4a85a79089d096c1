from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import STEPS, CountingProposer, FakeTrainer, make_evolution, source_worth

from eureka_agent.archive.candidate import Status
from eureka_agent.design.proposer import Slot
from eureka_agent.errors import StoreError
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.rewards.reward import Coded
from eureka_agent.store.event_types import GenerationPlanned, TrainingCheckpoint, TrainingStarted
from eureka_agent.store.state import RunState
from eureka_agent.training.job import TrainingFailure, TrainingJob


def test_a_run_ends_with_a_confirmed_winner_and_its_files(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.run()
    state = evolution.state
    assert state.finished
    assert state.confirmation is not None
    winner = state.confirmation.winner
    assert winner is not None
    assert state.candidates[winner].status is Status.CONFIRMED
    assert "compute_reward" in (tmp_path / "best" / "reward.py").read_text()
    assert winner in (tmp_path / "summary.md").read_text()
    names = {row.name for row in state.confirmation.table}
    assert {"reference", "sparse", winner} <= names


def test_every_candidate_ends_in_one_final_status(tmp_path: Path) -> None:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        return TrainingFailure("timed out", "too slow") if job.name == "0-01" else None

    evolution = make_evolution(
        tmp_path, proposer=CountingProposer(broken=frozenset({"0-02"})), trainer=FakeTrainer(fail=fail)
    )
    evolution.run()
    candidates = evolution.state.candidates
    assert candidates["0-01"].status is Status.TIMED_OUT
    assert candidates["0-01"].reason == "too slow"
    assert candidates["0-02"].status is Status.REFUSED
    assert "It is broken." in candidates["0-02"].reason
    assert Status.PROPOSED not in {candidate.status for candidate in candidates.values()}


def test_a_refused_draft_is_repaired_at_most_as_often_as_asked(tmp_path: Path) -> None:
    proposer = CountingProposer(broken=frozenset({"0-02"}))
    make_evolution(tmp_path, proposer=proposer, repair_turns=2).run()
    assert [turn for name, turn in proposer.repaired if name == "0-02"] == [1, 2]


@pytest.mark.parametrize("top", [1, 2])
def test_who_failed_on_one_confirmation_seed_cannot_win_even_if_all_did(tmp_path: Path, top: int) -> None:
    def fail(job: TrainingJob) -> TrainingFailure | None:
        hurt = job.stage == "confirm" and job.replicate == 1 and isinstance(job.reward, Coded)
        return TrainingFailure("failed", "it pays otherwise") if hurt and job.name[0].isdigit() else None

    evolution = make_evolution(tmp_path, trainer=FakeTrainer(fail=fail), confirm_top=top)
    evolution.run()
    assert evolution.state.confirmation is not None
    assert evolution.state.confirmation.winner is None
    assert evolution.state.confirmation.confirmed == ()
    assert not (tmp_path / "best").exists()
    assert Status.CONFIRMED not in {candidate.status for candidate in evolution.state.candidates.values()}


def test_search_and_confirmation_seeds_are_disjoint_and_shared_by_all(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    make_evolution(tmp_path, trainer=trainer).run()
    by_stage: dict[str, set[int]] = {"search": set(), "choose": set(), "confirm": set()}
    for job in trainer.jobs:
        by_stage[job.stage].add(job.seed)
    assert all(by_stage.values())
    assert len(set().union(*by_stage.values())) == sum(map(len, by_stage.values()))
    first = {job.seed for job in trainer.jobs if job.stage == "search" and job.replicate == 0}
    assert len(first) == 1


def test_resuming_a_finished_run_does_nothing_again(tmp_path: Path) -> None:
    make_evolution(tmp_path).run()
    before = (tmp_path / "events.jsonl").read_bytes()
    proposer, trainer = CountingProposer(), FakeTrainer()
    make_evolution(tmp_path, proposer=proposer, trainer=trainer).run()
    assert (tmp_path / "events.jsonl").read_bytes() == before
    assert not trainer.jobs
    assert not proposer.proposed


def test_a_killed_run_writes_the_files_that_it_owes_to_its_log(tmp_path: Path) -> None:
    make_evolution(tmp_path / "whole").run()
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    trained = next(n for n, line in enumerate(lines) if b'"training_finished"' in line)
    root = tmp_path / "killed"
    root.mkdir()
    (root / "events.jsonl").write_bytes(b"".join(lines[: trained + 1]))
    resumed = make_evolution(root)
    resumed.run()
    for candidate in resumed.state.candidates.values():
        told = json.loads((root / "candidates" / candidate.id / "training.json").read_text())
        assert told["status"] == candidate.status
        assert len(told["evaluations"]) == len(candidate.evaluations)


def test_a_generation_is_planned_once(tmp_path: Path) -> None:
    class Forgetful(CountingProposer):
        def plan(self, generation, samples, archive):
            planned.append(generation)
            return super().plan(generation, samples, archive)

    planned: list[int] = []
    make_evolution(tmp_path / "whole", proposer=Forgetful()).run()
    assert planned == [0, 1, 2]
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if b'"generation_planned","generation":2' in line)
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "events.jsonl").write_bytes(b"".join(lines[: cut + 1]))
    make_evolution(tmp_path / "killed", proposer=Forgetful()).run()
    assert planned == [0, 1, 2]


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (Slot(2, 0, "given"), "no reward that was given"),
        (Slot(2, 0, "rewrite", ("1-00",)), "not of its restart"),
    ],
)
def test_a_plan_that_the_run_cannot_have_made_is_a_sentence(tmp_path: Path, slot: Slot, words: str) -> None:
    options: dict[str, Any] = {"restarts": 2, "generations": 2}
    make_evolution(tmp_path / "whole", **options).run()
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if b'"generation_planned","generation":2' in line)
    (tmp_path / "edited").mkdir()
    (tmp_path / "edited" / "events.jsonl").write_bytes(b"".join(lines[:cut]))
    evolution = make_evolution(tmp_path / "edited", **options)
    evolution.log.append(GenerationPlanned(generation=2, slots=(slot,)))
    with pytest.raises(StoreError, match=words):
        evolution.run()


@pytest.mark.parametrize("top", [1, 2])
def test_any_prefix_of_the_log_resumes_to_the_same_archive(tmp_path: Path, top: int) -> None:
    whole = make_evolution(tmp_path / "whole", trainer=FakeTrainer(noise=0.5), confirm_top=top)
    whole.run()
    lines = (tmp_path / "whole" / "events.jsonl").read_bytes().splitlines(keepends=True)
    for length in range(1, len(lines), 3):
        root = tmp_path / f"prefix-{length}"
        root.mkdir()
        (root / "events.jsonl").write_bytes(
            b"".join(lines[:length]) + lines[length][: len(lines[length]) // 2]
        )
        resumed = make_evolution(root, trainer=FakeTrainer(noise=0.5), confirm_top=top)
        resumed.run()
        assert archive_of(resumed.state) == archive_of(whole.state), f"after {length} events"


def test_nothing_journalled_is_trained_again_after_a_resume(tmp_path: Path) -> None:
    stop, trainer = threading.Event(), FakeTrainer()

    def stop_after_five(job: TrainingJob) -> None:
        if len(trainer.jobs) == 5:
            stop.set()

    trainer.fail = stop_after_five
    with pytest.raises(Interrupted):
        make_evolution(tmp_path, trainer=trainer, stop=stop).run()
    again = FakeTrainer()
    make_evolution(tmp_path, trainer=again).run()
    done = [(job.name, job.stage, job.replicate) for job in trainer.jobs + again.jobs]
    assert len(done) == len(set(done))


def test_a_lucky_seed_does_not_stay_in_the_lead(tmp_path: Path) -> None:
    """A challenger with a better mean gets another seed, and leads only on its lower bound."""
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(noise=2.0), generations=6)
    evolution.run()
    duels = [judgement.duel for _, judgement in sorted(evolution.state.judgements.items())][:-1]
    asked = {(name, replicate) for duel in duels for name, replicate in duel}
    assert asked
    for name, replicate in asked:
        assert len(evolution.state.candidates[name].fitnesses()) > replicate


def test_where_only_the_leader_is_confirmed_the_last_challenger_is_tried_again(tmp_path: Path) -> None:
    options: dict[str, Any] = {"generations": 2, "confirm_top": 1}
    for seed in range(20):
        root = tmp_path / str(seed)
        evolution = make_evolution(root, proposer=CountingProposer(seed), **options)
        evolution.run()
        if evolution.state.duels:
            break
    else:
        pytest.fail("no challenger in twenty runs")
    asked, settled = evolution.state.judgements[1], evolution.state.duels[1]
    leader, challenger = (name for name, _ in asked.duel)
    assert (asked.incumbent, asked.challenger) == (leader, challenger)
    assert settled.incumbent == challenger, "without noise the better mean is better on every seed"
    assert {len(evolution.state.candidates[name].fitnesses()) for name in (leader, challenger)} == {2}
    assert evolution.state.confirmation is not None
    assert evolution.state.confirmation.winner == challenger
    again = FakeTrainer()
    make_evolution(root, proposer=CountingProposer(seed), trainer=again, **options).run()
    assert not again.jobs


def test_where_the_challenger_is_confirmed_it_is_not_tried_again_before(tmp_path: Path) -> None:
    for seed in range(20):
        evolution = make_evolution(tmp_path / str(seed), proposer=CountingProposer(seed), generations=2)
        evolution.run()
        state = evolution.state
        asked = state.judgements[1]
        if asked.duel:
            break
    else:
        pytest.fail("no challenger in twenty runs")
    for name, replicate in asked.duel:
        assert len(state.candidates[name].fitnesses()) == replicate, "not trained once more"
        assert name in (state.finalists or ())


@pytest.mark.parametrize("top", [1, 2])
def test_the_step_budget_is_kept_and_leaves_room_for_the_confirmation(tmp_path: Path, top: int) -> None:
    confirmation = (top + 2) * 3 * STEPS
    budget = confirmation + 17 * STEPS
    evolution = make_evolution(tmp_path, generations=50, budget_steps=budget, confirm_top=top)
    evolution.run()
    assert evolution.state.env_steps <= confirmation + 17 * STEPS
    assert "environment steps" in evolution.state.stopped
    assert evolution.state.confirmation is not None
    assert len(evolution.state.baselines["reference"]) == 3


def test_the_search_ends_at_the_target(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, generations=50, target=0.5)
    evolution.run()
    assert "target" in evolution.state.stopped
    assert len(evolution.state.judgements) < 50


def test_restarts_know_nothing_of_each_other_and_are_confirmed_together(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, restarts=2, generations=2, confirm_top=2)
    evolution.run()
    state = evolution.state
    assert set(state.judgements) == {0, 1, 2, 3}
    assert all(not candidate.parents for candidate in state.candidates.values() if candidate.generation == 2)
    parents = {parent for c in state.candidates.values() if c.generation == 3 for parent in c.parents}
    assert parents
    assert all(parent.startswith("2-") for parent in parents)
    leaders = {state.leaders[1], state.leaders[3]}
    assert set(state.finalists or ()) == leaders


def test_a_given_reward_takes_the_first_place(tmp_path: Path) -> None:
    given = source_worth(100.0)
    evolution = make_evolution(tmp_path, seed_reward=given)
    evolution.run()
    first = evolution.state.candidates["0-00"]
    assert first.operator == "given"
    assert first.source == given
    assert first.proposer == "the person"


def test_a_proposal_that_was_tried_before_is_refused(tmp_path: Path) -> None:
    class Parrot(CountingProposer):
        def propose(self, slot, briefing):
            draft = super().propose(slot, briefing)
            if slot.id != "1-00":
                return draft
            return type(draft)(f"# a comment makes no difference\n{briefing.archive.get('0-00').source}")

    evolution = make_evolution(tmp_path, proposer=Parrot(), repair_turns=0)
    evolution.run()
    twin = evolution.state.candidates["1-00"]
    assert twin.status is Status.REFUSED
    assert "0-00" in twin.reason


def test_a_run_in_which_everything_fails_ends_and_says_why(tmp_path: Path) -> None:
    trainer = FakeTrainer(fail=lambda _: TrainingFailure("failed", "the reward was NaN"))
    evolution = make_evolution(tmp_path, trainer=trainer)
    evolution.run()
    assert evolution.state.finished
    assert not (tmp_path / "best").exists()
    assert "the reward was NaN" in (tmp_path / "summary.md").read_text()


def archive_of(state: RunState) -> object:
    """Everything that must not depend on when a run was interrupted."""
    archive = state.archive(sign=1.0)
    candidates = [
        (c, tuple(sorted(c.evaluations, key=lambda e: (e.stage, e.replicate)))) for c in archive.candidates
    ]
    plain = [
        (c.id, c.operator, c.parents, c.source, c.status, c.reason, evaluations)
        for c, evaluations in candidates
    ]
    baselines = {name: sorted(es, key=lambda e: e.replicate) for name, es in state.baselines.items()}
    return plain, archive.incumbent_id, baselines, state.confirmation


def test_checkpoints_reach_the_log_and_change_no_state(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path)
    evolution.run()
    events = evolution.log.events
    told = [event for event in events if isinstance(event, TrainingCheckpoint)]
    started = [event for event in events if isinstance(event, TrainingStarted)]
    assert [(e.name, e.stage, e.replicate, e.seed) for e in told] == [
        (e.name, e.stage, e.replicate, e.seed) for e in started
    ]
    assert {(event.env_steps, event.fitness) for event in told} == {(STEPS // 2, 0.0)}
    whole = RunState.of(events)
    older = RunState.of(event for event in events if not isinstance(event, TrainingCheckpoint))
    assert older.active_s == pytest.approx(whole.active_s)
    assert replace(older, active_s=0.0) == replace(whole, active_s=0.0)
