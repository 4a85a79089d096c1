"""How fast a machine trains is remembered by what it depends on, or measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eureka_agent.errors import ConfigError
from eureka_agent.tasks.registry import find_task
from eureka_agent.training.pace import (
    SHORTEST_S,
    Conditions,
    measured_pace,
    remember_pace,
    remembered_pace,
)


@pytest.fixture
def conditions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conditions:
    monkeypatch.setenv("EUREKA_AGENT_CACHE", str(tmp_path / "cache"))
    return Conditions(find_task("cartpole"), "population", "cpu", 2)


def test_what_was_remembered_is_known_under_the_same_conditions_only(conditions: Conditions) -> None:
    assert remembered_pace(conditions) is None
    remember_pace(conditions, steps=1_000_000, seconds=100.0, each=conditions.task.budget.quick)
    assert remembered_pace(conditions) == 10_000.0
    for other in (
        replace(conditions, cores=1),
        replace(conditions, trainer="sb3"),
        replace(conditions, platform="gpu"),
        replace(conditions, task=find_task("pendulum")),
    ):
        assert remembered_pace(other) is None


def test_a_run_that_mostly_started_up_is_not_remembered(conditions: Conditions) -> None:
    quick = conditions.task.budget.quick
    remember_pace(conditions, steps=1000, seconds=SHORTEST_S / 2, each=quick)
    remember_pace(conditions, steps=0, seconds=100.0, each=quick)
    remember_pace(conditions, steps=20 * quick, seconds=100.0, each=quick - 1)
    assert remembered_pace(conditions) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"steps_a_second": "fast"}', '{"steps_a_second": -1}'])
def test_a_damaged_file_is_as_none(conditions: Conditions, text: str) -> None:
    remember_pace(conditions, steps=1_000_000, seconds=100.0, each=conditions.task.budget.quick)
    assert conditions.file is not None
    conditions.file.write_text(text)
    assert remembered_pace(conditions) is None


def test_a_measurement_is_remembered(conditions: Conditions) -> None:
    task = replace(conditions.task, algorithm={**conditions.task.algorithm, "n_envs": 2, "n_steps": 16})
    small = replace(conditions, task=task)
    pace = measured_pace(small, candidates=2)
    assert pace > 0
    assert remembered_pace(small) == pytest.approx(pace)


def test_where_it_cannot_be_measured_that_is_said(conditions: Conditions) -> None:
    broken = replace(conditions, task=replace(conditions.task, algorithm={"n_envs": 2, "n_steps": 16}))
    spoiled = replace(broken, trainer="none")
    with pytest.raises(ConfigError, match="no trainer"):
        measured_pace(spoiled, candidates=1)
    assert remembered_pace(spoiled) is None
