"""Candidates that were stopped early: told as such, ranked behind the others, never in the lead."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution

from eureka_agent.archive.candidate import Status
from eureka_agent.config import make_config
from eureka_agent.evolution.early_stops import rule_of
from eureka_agent.evolution.loop import Interrupted
from eureka_agent.report.early_stops import render_early_stops
from eureka_agent.training.job import TrainingJob

CARTPOLE = {"kind": "folder", "value": "cartpole"}


class Rising(CountingProposer):
    """Later places of a generation are worth more, so that whoever is stopped has the better score."""

    def propose(self, slot, briefing):
        draft = super().propose(slot, briefing)
        words = (draft.source or "").split("pole_angle * ")
        rest = words[1].split("\n", 1)[1]
        return type(draft)(f"{words[0]}pole_angle * {float(slot.index + 1)!r}\n{rest}")


def last_place(job: TrainingJob) -> bool:
    return job.name.endswith("-03")


def test_a_stopped_candidate_has_its_status_and_reason_and_never_leads(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, proposer=Rising(), trainer=FakeTrainer(behind=last_place))
    evolution.run()
    state = evolution.state
    stopped = [c for c in state.candidates.values() if c.stopped]
    assert {c.id for c in stopped} == {"0-03", "1-03", "2-03"}
    assert {c.status for c in stopped} == {Status.STOPPED}
    assert all("25 of 100 training steps" in c.reason for c in stopped)
    best = max(state.candidates.values(), key=lambda c: c.fitness or 0.0)
    assert best.stopped, "its score is the best, but of a smaller budget"
    for judgement in state.judgements.values():
        assert judgement.incumbent is not None
        assert not judgement.incumbent.endswith("-03")
        assert all(not name.endswith("-03") for name, _ in judgement.duel)
    assert state.confirmation is not None
    assert not any(name.endswith("-03") for name in state.confirmation.confirmed)


def test_only_the_first_seed_of_a_new_candidate_is_in_a_contest(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=2.0)
    make_evolution(tmp_path, trainer=trainer, generations=4).run()
    racing = [job for job in trainer.jobs if job.contest is not None]
    assert {(job.stage, job.replicate) for job in racing} == {("search", 0)}
    assert len(racing) == 16
    others = {(job.stage, job.replicate > 0) for job in trainer.jobs if job.contest is None}
    stages = {"search": (True,), "choose": (False, True), "confirm": (False, True)}
    assert others == {(stage, later) for stage, which in stages.items() for later in which}


def test_all_seeds_of_a_new_candidate_are_in_one_contest(tmp_path: Path) -> None:
    trainer = FakeTrainer(behind=last_place)
    evolution = make_evolution(tmp_path, generations=1, search_seeds=2)
    evolution.trainer, evolution.state.halving = trainer, rule_of(evolution.config)
    evolution.run()
    racing = [(job.name, job.replicate) for job in trainer.jobs if job.contest is not None]
    assert sorted(racing) == [(f"0-0{index}", seed) for index in range(4) for seed in range(2)]
    assert evolution.state.candidates["0-03"].status is Status.STOPPED
    curves = evolution.state.ended_curves(0)
    assert sorted(key for key, _ in curves) == sorted(f"{name}/search-{seed}" for name, seed in racing)


def test_a_run_killed_between_two_seeds_of_a_stopped_candidate_trains_the_other(tmp_path: Path) -> None:
    stop, first = threading.Event(), FakeTrainer(behind=last_place)

    def stop_after_one_seed(job: TrainingJob) -> None:
        if (job.name, job.replicate) == ("0-03", 0):
            stop.set()

    first.fail = stop_after_one_seed
    first.train = _one_by_one(first, stop)  # pyright: ignore[reportAttributeAccessIssue]
    options: dict[str, Any] = {"generations": 1, "search_seeds": 2}
    cut = make_evolution(tmp_path, trainer=first, stop=stop, **options)
    cut.state.halving = rule_of(cut.config)
    with pytest.raises(Interrupted):
        cut.run()
    assert cut.state.candidates["0-03"].status is Status.STOPPED
    again = make_evolution(tmp_path, trainer=FakeTrainer(behind=last_place), **options)
    again.state.halving = rule_of(again.config)
    again.run()
    assert len(again.state.candidates["0-03"].fitnesses()) == 2


@pytest.mark.parametrize("options", [{"halving": False}, {"search_seeds": 2}])
def test_all_go_to_the_end_where_it_is_wanted_or_an_earlier_run_said_so(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    trainer = FakeTrainer(behind=last_place)
    evolution = make_evolution(tmp_path, trainer=trainer, generations=1, **options)
    assert evolution.state.halving is None, "as the log of an earlier version, which stopped nobody"
    evolution.run()
    assert all(job.contest is None for job in trainer.jobs)
    assert all(candidate.status is not Status.STOPPED for candidate in evolution.state.candidates.values())


def test_a_resumed_generation_knows_the_curves_of_those_that_ended(tmp_path: Path) -> None:
    stop = threading.Event()
    first = FakeTrainer(behind=last_place)

    def stop_after_two(job: TrainingJob) -> None:
        if len(first.jobs) == 2:
            stop.set()

    first.fail = stop_after_two
    first.train = _one_by_one(first, stop)  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Interrupted):
        make_evolution(tmp_path, trainer=first, stop=stop).run()
    again = FakeTrainer()
    make_evolution(tmp_path, trainer=again).run()
    contest = next(job.contest for job in again.jobs if job.contest is not None)
    assert [key for key, _ in contest.ended] == sorted(job.key for job in first.jobs)
    assert all(len(curve) == 2 and curve[0] == (0.0, 0.1) for _, curve in contest.ended)


def test_where_all_that_went_on_fail_the_stopped_ones_are_confirmed(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(behind=lambda _: True), generations=2)
    evolution.run()
    state = evolution.state
    assert [judgement.incumbent for judgement in state.judgements.values()] == [None, None]
    assert state.confirmation is not None
    assert state.confirmation.winner is not None
    assert state.candidates[state.confirmation.winner].status is Status.CONFIRMED


def test_rule_and_what_was_saved_stand_in_the_summary(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, proposer=Rising(), trainer=FakeTrainer(behind=last_place))
    assert render_early_stops(evolution.state) == "", "the log names no rule"
    config = make_config({"task": CARTPOLE})
    evolution.state.halving = rule_of(config)
    evolution.run()
    text = (tmp_path / "summary.md").read_text()
    assert "3 of 12 candidates were stopped, which saved 225 of 1,200 training steps (19%)." in text
    assert "| 0-03 | 25 of 100 | 3 | 2 | 4 |" in text
    assert "50% of a generation" in text


def test_the_rule_is_in_the_log_only_where_it_applies() -> None:
    assert rule_of(make_config({"task": CARTPOLE, "trainer": "sb3"})) is None
    assert rule_of(make_config({"task": CARTPOLE, "halving": False})) is None
    assert rule_of(make_config({"task": CARTPOLE, "search_seeds": 2})) is not None
    assert rule_of(make_config({"task": CARTPOLE})) is not None


def _one_by_one(trainer: FakeTrainer, stop: threading.Event):
    """Train as long as nobody asks to stop, as real trainers do."""
    whole = FakeTrainer.train

    def train(task, jobs, *, on_start, on_outcome, on_checkpoint):
        return [
            None
            if stop.is_set()
            else whole(
                trainer, task, [job], on_start=on_start, on_outcome=on_outcome, on_checkpoint=on_checkpoint
            )[0]
            for job in jobs
        ]

    return train
