"""Steps that early stops save pay for second seeds, and for no step beyond what was planned."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import STEPS, FakeTrainer, make_evolution

from eureka_agent.config import make_config
from eureka_agent.errors import Interrupted
from eureka_agent.evolution.early_stops import saved_steps_pay
from eureka_agent.evolution.expected_time import expected_trainings
from eureka_agent.evolution.loop import Evolution
from eureka_agent.training.job import TrainingJob

SAMPLES = 16
STOPPED = 8
"""Each of them saves three quarters of a training: six in all."""


def lower_half(job: TrainingJob) -> bool:
    return int(job.name[-2:]) >= SAMPLES - STOPPED


def nobody(_job: TrainingJob) -> bool:
    return False


def finished(root: Path, trainer: FakeTrainer, **options: Any) -> Evolution:
    given: dict[str, Any] = {"selection": "posterior", "samples": SAMPLES, "generations": 2} | options
    evolution = make_evolution(root, trainer=trainer, **given)
    evolution.run()
    return evolution


def asked(evolution: Evolution) -> list[int]:
    judgements = evolution.state.judgements
    return [len(judgements[generation].duel) for generation in sorted(judgements)]


def test_saved_steps_pay_for_a_quarter_of_the_generation_at_most(tmp_path: Path) -> None:
    assert asked(finished(tmp_path / "none", FakeTrainer(noise=1.0, behind=nobody))) == [2, 2]
    assert asked(finished(tmp_path / "half", FakeTrainer(noise=1.0, behind=lower_half))) == [4, 4]


@pytest.mark.parametrize(("stopped", "seeds"), [(1, 2), (2, 3), (3, 4), (4, 4)])
def test_only_whole_trainings_pay(tmp_path: Path, stopped: int, seeds: int) -> None:
    trainer = FakeTrainer(noise=1.0, behind=lambda job: int(job.name[-2:]) < stopped)
    assert asked(finished(tmp_path, trainer, generations=1)) == [seeds]


def test_a_small_generation_keeps_its_one_seed(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0, behind=lambda job: job.name.endswith("2"))
    assert asked(finished(tmp_path, trainer, samples=3)) == [1, 1]


def test_all_seeds_of_a_candidate_save(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0, behind=lambda job: job.name.endswith("-00"))
    evolution = make_evolution(
        tmp_path, trainer=trainer, selection="posterior", samples=SAMPLES, generations=1, search_seeds=3
    )
    evolution.state.halving = {"first": 0.2, "survivors": 0.5, "margin": 0.65, "learned": 0.25, "errors": 2}
    evolution.run()
    assert asked(evolution) == [4], "three times three quarters are two trainings"


def test_what_is_planned_at_most_is_never_exceeded(tmp_path: Path) -> None:
    evolution = finished(tmp_path, FakeTrainer(noise=1.0, behind=lower_half), generations=3)
    assert evolution.state.env_steps <= expected_trainings(evolution.task, evolution.config).total() * STEPS


def test_a_run_of_an_earlier_version_goes_on_under_its_rule(tmp_path: Path) -> None:
    trainer = FakeTrainer(noise=1.0, behind=lower_half)
    assert asked(finished(tmp_path, trainer, saved_steps_pay=False)) == [2, 2]


def test_a_run_killed_among_early_stops_asks_for_the_same_seeds(tmp_path: Path) -> None:
    whole = finished(tmp_path / "whole", FakeTrainer(noise=1.0, behind=lower_half))
    stop, first = threading.Event(), FakeTrainer(noise=1.0, behind=lower_half)

    def stop_among_second_seeds(job: TrainingJob) -> None:
        if job.stage == "search" and job.replicate == 1:
            stop.set()

    first.fail = stop_among_second_seeds
    options: dict[str, Any] = {"selection": "posterior", "samples": SAMPLES, "generations": 2}
    with pytest.raises(Interrupted):
        make_evolution(tmp_path / "cut", trainer=first, stop=stop, **options).run()
    again = finished(tmp_path / "cut", FakeTrainer(noise=1.0, behind=lower_half))
    assert again.state.judgements == whole.state.judgements


def test_the_log_says_so_only_where_early_stops_meet_second_seeds() -> None:
    task = {"kind": "folder", "value": "cartpole"}
    assert saved_steps_pay(make_config({"task": task, "selection": "posterior"}))
    assert not saved_steps_pay(make_config({"task": task}))
    assert not saved_steps_pay(make_config({"task": task, "selection": "posterior", "halving": False}))
    assert not saved_steps_pay(make_config({"task": task, "selection": "posterior", "trainer": "sb3"}))
