"""Confirmed improvements per CPU-hour, from the log alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from fakes import FakeTrainer, make_evolution

from eureka_agent.report.effort import confirmed_improvements, improvements_line
from eureka_agent.store.event_types import RunResumed, RunStarted, TrainingFailed, TrainingStarted
from eureka_agent.store.facts import TaskFacts
from eureka_agent.store.records import Confirmation, PairedDifference
from eureka_agent.store.state import RunState

JOB: dict[str, Any] = {"name": "reference", "stage": "confirm", "replicate": 0, "seed": 1}
OTHER: dict[str, Any] = {**JOB, "replicate": 1}


def state_of(low: float, high: float, direction: Literal["maximize", "minimize"] = "maximize") -> RunState:
    difference = PairedDifference((low + high) / 2, low, high)
    facts = TaskFacts("cartpole", "", "CartPole-v1", "", direction, 100)
    confirmation = Confirmation("0-00", ("0-00",), (), difference)
    return RunState(facts=facts, confirmation=confirmation, core_s=1800.0, training_s=900.0)


def begun(cores: int | None) -> RunStarted:
    return RunStarted(seq=0, time=0.0, config={}, digest="", cores=cores)


@pytest.mark.parametrize(
    ("low", "high", "direction", "count"),
    [
        (0.1, 2.0, "maximize", 1), (-0.1, 2.0, "maximize", 0), (-2.0, -0.1, "maximize", 0),
        (-2.0, -0.1, "minimize", 1), (0.1, 2.0, "minimize", 0),
    ],
)  # fmt: skip
def test_an_improvement_counts_if_its_interval_is_on_the_better_side(
    low: float, high: float, direction: Literal["maximize", "minimize"], count: int
) -> None:
    assert confirmed_improvements(state_of(low, high, direction)) == count


def test_the_line_says_what_was_divided_by_what() -> None:
    line = improvements_line(state_of(0.1, 2.0))
    assert line == "1 confirmed improvement in 0.5 CPU-hours: 2 per CPU-hour"


def test_on_a_gpu_its_own_hours_count() -> None:
    state = state_of(0.1, 2.0)
    state.platform = "gpu"
    assert improvements_line(state) == "1 confirmed improvement in 0.25 GPU-hours: 4 per GPU-hour"


def test_a_run_that_does_not_say_its_cores_has_no_such_figure() -> None:
    state = state_of(0.1, 2.0)
    state.core_s = None
    assert improvements_line(state) == ""


def test_only_time_in_which_something_is_trained_counts() -> None:
    """Waiting for a language model is not training, and neither is the time between two processes."""
    log = [
        begun(4),
        TrainingStarted(seq=1, time=100.0, **JOB),
        TrainingFailed(seq=2, time=130.0, status="failed", reason="", **JOB),
        TrainingStarted(seq=3, time=200.0, **OTHER),
        RunResumed(seq=4, time=5000.0, cores=2),
        TrainingStarted(seq=5, time=5010.0, **OTHER),
        TrainingFailed(seq=6, time=5020.0, status="failed", reason="", **OTHER),
    ]
    state = RunState.of(log)
    assert state.training_s == 40.0
    assert state.core_s == 30.0 * 4 + 10.0 * 2


def test_a_log_of_an_earlier_version_does_not_tell() -> None:
    log = [begun(None), TrainingStarted(seq=1, time=1.0, **JOB)]
    log.append(TrainingFailed(seq=2, time=3.0, status="failed", reason="", **JOB))
    assert RunState.of(log).core_s is None


def test_the_summary_says_it_and_how_the_winner_was_chosen(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(noise=0.2, pause_s=0.002))
    evolution.state._cores = 2  # as a started run says  # pyright: ignore[reportPrivateUsage]
    evolution.run()
    text = (tmp_path / "summary.md").read_text()
    assert "per CPU-hour" in text
    assert "The winner was chosen on further seeds" in text
    for one in evolution.state.confirmation.choice if evolution.state.confirmation else ():
        assert f"| {one.name} |" in text
