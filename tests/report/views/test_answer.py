"""The first screen answers in plain words, whatever a run came to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_run import synthetic_run

from eureka_agent.report.conclusion import conclude
from eureka_agent.report.views.answer import SHORT, Answer, answer
from eureka_agent.report.views.curves import components_view
from eureka_agent.report.views.fitness import fitness_view
from eureka_agent.report.views.lineage import lineage_view
from eureka_agent.store.records import PairedDifference
from eureka_agent.store.state import RunState


@pytest.fixture
def state(tmp_path: Path) -> RunState:
    return synthetic_run(tmp_path / "run", generations=2, samples=4)


def answered(state: RunState) -> Answer:
    best = state.confirmation.winner if state.confirmation else None
    components = components_view(state, best)
    return answer(state, conclude(state), fitness_view(state), lineage_view(state, {}, best), components)


def with_difference(state: RunState, mean: float, low: float, high: float) -> RunState:
    assert state.confirmation is not None
    difference = PairedDifference(mean, low, high)
    state.confirmation = replace(state.confirmation, paired_difference=difference)
    return state


def minimised(state: RunState) -> RunState:
    assert state.facts is not None
    state.facts = replace(state.facts, direction="minimize")
    return state


def test_a_worse_reward(state: RunState) -> None:
    found = answered(state)  # 115 to 140 steps, where the reference balances 307
    assert (found.kind, found.short) == ("worse", "No, it is worse")
    assert "is worse than the reference" in found.sentence
    assert any("The whole interval of the difference lies below 0" in line for line in found.meaning)
    assert "Seed by seed, it scored better than the reference on 0 of 8 seeds." in found.meaning


def test_where_less_is_better_the_same_scores_are_an_improvement(state: RunState) -> None:
    found = answered(minimised(state))
    assert (found.kind, found.short) == ("better", "Yes")
    assert "Seed by seed, it scored better than the reference on 8 of 8 seeds." in found.meaning


def test_an_interval_that_holds_zero_shows_nothing(state: RunState) -> None:
    found = answered(with_difference(state, -5.0, -20.0, 10.0))
    assert (found.kind, found.short) == ("same", "Not shown to be better")
    assert any("luck with the seeds may explain" in line for line in found.meaning)


def test_equal_scores_on_all_seeds_are_called_so(state: RunState) -> None:
    found = answered(with_difference(state, 0.0, 0.0, 0.0))
    assert "Both scored the same on every seed: this fitness does not tell them apart." in found.meaning


def test_why_tells_the_last_step_and_the_proposers_words(state: RunState) -> None:
    found = answered(state)
    pays, origin, step = found.why
    names = r"\w+ \(\d+%\), \w+ \(\d+%\)"
    assert re.fullmatch(rf"By size, it pays for {names} and charges for {names}\.", pays)
    assert origin == (
        "1-02 (generation 1, candidate 2) was made from 0-02 (rewrite); the line began 1 step before, with "
        "0-02."
    )
    assert "Its last step changed 'upright'" in step
    assert "In the search, where scores flatter, that moved it from 130 to 200" in step
    assert found.said.startswith("- What the leader 0-02 showed")
    assert found.said_by == "some-model"


def test_a_run_that_is_not_at_its_end_claims_nothing(state: RunState) -> None:
    state.confirmation = None
    found = answered(state)
    assert found.short == SHORT["open"]
    assert any("Scores of the search flatter" in line for line in found.meaning)
    assert found.why == ("No reward leads yet: that is decided at the end of a generation.",)
