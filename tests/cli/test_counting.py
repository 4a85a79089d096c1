"""How many trainings a run has, and how many of them are over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import CountingProposer, FakeTrainer, make_evolution

from eureka_agent.cli.counting import expected_trainings, trainings_over


@pytest.mark.parametrize(
    "options",
    [{}, {"confirm_top": 1}, {"choose_seeds": 0, "confirm_top": 2}, {"search_seeds": 2}, {"samples": 1}],
)
def test_at_the_end_all_are_over(tmp_path: Path, options: dict[str, Any]) -> None:
    given: dict[str, Any] = {"generations": 1, "samples": 6} | options
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(), **given)
    evolution.run()
    assert trainings_over(evolution.state) == expected_trainings(evolution.state)


def test_what_is_refused_counts_as_over(tmp_path: Path) -> None:
    proposer = CountingProposer(broken=frozenset({"0-00", "0-01"}))
    evolution = make_evolution(tmp_path, proposer=proposer, generations=1, confirm_top=1)
    before = expected_trainings(evolution.state)
    evolution.run()
    assert trainings_over(evolution.state) == before == 4 + 3 * 3


def test_of_a_search_that_ended_early_only_what_it_had_is_expected(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, generations=50, target=-1e9, confirm_top=1)
    planned = expected_trainings(evolution.state)
    evolution.run()
    assert trainings_over(evolution.state) == expected_trainings(evolution.state) < planned


def test_second_seeds_are_expected_from_the_start(tmp_path: Path) -> None:
    evolution = make_evolution(
        tmp_path, trainer=FakeTrainer(), generations=3, samples=8, selection="posterior", confirm_top=1
    )
    planned = expected_trainings(evolution.state)
    evolution.run()
    assert planned == expected_trainings(evolution.state) == trainings_over(evolution.state) == 3 * 9 + 3 * 3


def test_a_duel_is_expected_once_it_is_asked_for(tmp_path: Path) -> None:
    evolution = make_evolution(tmp_path, trainer=FakeTrainer(noise=1.0), generations=4, confirm_top=1)
    told = {expected_trainings(evolution.state)}
    evolution.log.listen(lambda _: told.add(expected_trainings(evolution.state)))
    evolution.run()
    asked = sum(len(one.duel) for number, one in evolution.state.judgements.items() if number < 3)
    assert asked > 0
    assert told >= {4 * 4 + 3 * 3, 4 * 4 + asked + 3 * 3}
