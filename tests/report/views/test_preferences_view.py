"""What people prefer, as the summary and the report say it."""

from __future__ import annotations

import pytest

from eureka_agent.preferences.features import Feature, FeatureSet
from eureka_agent.report.views.preferences import preferences_view
from eureka_agent.store.preferred import Learned
from eureka_agent.store.state import RunState

TWO = FeatureSet((Feature("length"), Feature("mean", "<b>height</b>")), (0.0, 0.0), (1.0, 2.0))


def learned(answers: int) -> RunState:
    model = Learned.of(2, TWO, (0.25, -1.5), ((0.25, 0.0), (0.0, 0.01)), -0.5, answers)
    return RunState(learned=model)


def test_weights_come_with_their_doubt_and_the_heaviest_first() -> None:
    view = preferences_view(learned(12))
    assert view is not None
    assert "learned from 12 answers" in view.sentence
    told = [(weight.feature, weight.mean, weight.sd) for weight in view.weights]
    assert told == [("mean of <b>height</b>", -1.5, pytest.approx(0.1)), ("number of steps", 0.25, 0.5)]


def test_without_answers_it_says_so_and_shows_no_weights() -> None:
    view = preferences_view(learned(0))
    assert view is not None
    assert "every score is 0" in view.sentence
    assert not view.weights


def test_a_run_by_the_tasks_fitness_has_none() -> None:
    assert preferences_view(RunState()) is None
