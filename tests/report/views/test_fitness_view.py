"""All scores of a run as data: marks, leaders, fresh seeds."""

from __future__ import annotations

from pathlib import Path

from synthetic_run import synthetic_run

from eureka_agent.report.views.fitness import fitness_view
from eureka_agent.store.state import RunState


def test_every_candidate_has_a_mark_and_the_winner_stands_first_on_fresh_seeds(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=3, samples=10)
    view = fitness_view(state)
    assert [one.candidate for one in view.marks] == sorted(state.candidates)
    assert {one.how for one in view.marks} == {"winner", "trained", "stopped early", "failed", "refused"}
    unscored = {one.how for one in view.marks if one.fitness is None}
    assert unscored == {"failed", "refused"}
    assert [level.name for level in view.fresh] == [view.winner, "reference", "sparse"]
    assert all(len(level.seeds) == 8 for level in view.fresh)


def test_the_leader_of_each_generation_stands_where_its_mark_does(tmp_path: Path) -> None:
    view = fitness_view(synthetic_run(tmp_path / "run", generations=3, samples=10))
    marks = {one.candidate: one.fitness for one in view.marks}
    assert [leader.generation for leader in view.leaders] == [0, 1, 2]
    assert all(marks[leader.candidate] == leader.fitness for leader in view.leaders)


def test_independent_searches_begin_where_they_were_planned(tmp_path: Path) -> None:
    state = synthetic_run(tmp_path / "run", generations=4, samples=2)
    state.config |= {"restarts": 2, "generations": 2}
    assert fitness_view(state).restarts == (0, 2)
    state.config |= {"restarts": "many"}
    assert fitness_view(state).restarts == (0,)


def test_an_empty_run_has_no_scores() -> None:
    view = fitness_view(RunState())
    assert (view.marks, view.leaders, view.fresh, view.winner, view.direction) == ((), (), (), None, None)
