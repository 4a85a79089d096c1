from __future__ import annotations

import dataclasses

import pytest
from design_fakes import failed, trained

from eureka_agent.archive.archive import Archive
from eureka_agent.archive.candidate import Candidate, EarlyStop, Evaluation
from eureka_agent.design.history import history_of
from eureka_agent.design.prompts import PromptBook
from eureka_agent.design.reflection import notes, number, reflect, rows
from eureka_agent.rewards.findings import Finding
from eureka_agent.rewards.residual import RESIDUAL


def evaluation(**curves: tuple[float, ...]) -> Evaluation:
    named = {name.replace("c_", "component/"): values for name, values in curves.items()}
    return Evaluation("search", 0, 1, 5.0, (5.0,), 100, 1.0, 0, named)


def kinds(sign: float = 1.0, **curves: tuple[float, ...]) -> list[tuple[str, str]]:
    return [(note.kind, note.name) for note in notes(evaluation(**curves), sign=sign)]


def test_ten_points_of_a_long_curve_with_its_extremes_over_all() -> None:
    (row,) = rows(evaluation(fitness=(*map(float, range(99)), 500.0)))
    assert row.name == "task_score"
    assert len(row.points) == 10
    assert (row.points[0], row.points[-1]) == ("0", "500")
    assert (row.maximum, row.minimum) == ("500", "0")


def test_short_curves_are_shown_whole_and_components_come_first() -> None:
    found = rows(evaluation(fitness=(1.0, 2.0), c_near=(0.1, 0.2), reward=(0.1, 0.2)))
    assert [row.name for row in found] == ["near", "reward (all components)", "task_score"]
    assert found[0].points == ("0.1", "0.2")


def test_what_is_in_no_component_has_a_row_of_its_own() -> None:
    """Means are linear, so that runs which earlier versions recorded have it, too."""
    found = rows(evaluation(c_near=(0.1, 0.2), c_effort=(0.3, 0.3), reward=(0.2, 0.1), fitness=(1.0, 2.0)))
    assert [row.name for row in found] == ["near", "effort", RESIDUAL, "reward", "task_score"]
    assert found[2].points == ("-0.2", "-0.4")


def test_what_rounding_leaves_has_no_row() -> None:
    found = rows(
        evaluation(c_near=(0.1, 0.2), c_far=(1.0, -1.0), reward=(1.1 + 1e-7, -0.8), fitness=(1.0, 2.0))
    )
    assert RESIDUAL not in [row.name for row in found]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.000123456, "0.0001235"), (1234.5678, "1235"), (0.0, "0"), (-0.5, "-0.5"), (1e9, "1e+09")],
)
def test_numbers_keep_their_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_components_that_stand_out() -> None:
    assert ("never_changed", "a") in kinds(c_a=(1.0, 1.0, 1.0), c_b=(1.0, 2.0, 3.0))
    assert ("nearly_constant", "a") in kinds(c_a=(1.0, 1.001, 1.002), c_b=(1.0, 2.0, 3.0))
    assert ("dominates", "a") in kinds(c_a=(10.0, 20.0), c_b=(0.5, 1.0))
    assert ("negligible", "b") in kinds(c_a=(10.0, 20.0), c_b=(0.001, -0.002))
    assert kinds(c_a=(1.0, 2.0), c_b=(1.0, 2.0)) == []
    assert kinds(c_alone=(1.0, 2.0)) == []


def test_scores_that_stand_out() -> None:
    assert kinds(fitness=(3.0, 3.0, 3.0)) == [("score_flat", "")]
    assert kinds(fitness=(0.0, 10.0, 2.0)) == [("score_fell", "")]
    assert ("diverged", "") in kinds(fitness=(10.0, 5.0, 0.0), reward=(0.0, 1.0, 2.0))
    assert kinds(fitness=(0.0, 5.0, 10.0), reward=(0.0, 1.0, 2.0)) == []
    assert kinds(sign=-1.0, fitness=(10.0, 5.0, 0.0), reward=(0.0, 1.0, 2.0)) == []


def test_further_seeds_and_warnings_are_told() -> None:
    candidate = trained(0, 0, 40.0)
    again = dataclasses.replace(candidate.evaluations[0], replicate=1, fitness=31.25, warnings=())
    confirm = dataclasses.replace(again, stage="confirm", fitness=99.0)
    warning = Finding("scale", "warning", 3, "The reward is large.", "", "Divide it.")
    candidate = dataclasses.replace(
        candidate, evaluations=(confirm, again, candidate.evaluations[0]), findings=(warning,)
    )
    text = PromptBook().reflection(**reflect(candidate, sign=1.0))
    assert "over 1 fresh episodes: 40 (lowest episode 40, highest 40)." in text
    assert "other seeds: 31.25." in text
    assert "The reward is large." in text
    assert "99." not in text


def stopped_early() -> Candidate:
    candidate = trained(0, 1, 90.0)
    stop = EarlyStop(checkpoint=4, env_steps=8_000, of=20_000, behind=30.0, allowed=20.0)
    return dataclasses.replace(
        candidate, evaluations=(dataclasses.replace(candidate.evaluations[0], stopped=stop),)
    )


@pytest.mark.parametrize("detailed", [True, False])
def test_a_score_of_a_smaller_budget_says_so(detailed: bool) -> None:
    book = PromptBook()
    assert "after 8000 of 20000 steps" in book.reflection(
        **reflect(stopped_early(), sign=1.0, detailed=detailed)
    )
    assert "stopped" not in book.reflection(**reflect(trained(0, 0, 40.0), sign=1.0, detailed=detailed))


def test_the_history_ranks_who_was_stopped_last_and_says_so() -> None:
    archive = Archive.of([trained(0, 0, 40.0), stopped_early()], sign=1.0)
    told = history_of(archive)
    assert [(row["id"], row["outcome"]) for row in told["tried"]] == [
        ("0-00", ""),
        ("0-01", "stopped at 40%"),
    ]
    assert told["some_stopped"]
    assert not history_of(Archive.of([trained(0, 0, 40.0)], sign=1.0))["some_stopped"]


def test_every_note_has_its_words() -> None:
    curves = {
        "fitness": (9.0, 5.0, 0.0),
        "reward": (0.0, 1.0, 2.0),
        "c_a": (1.0, 1.0, 1.0),
        "c_b": (200.0, 201.0, 202.0),
        "c_c": (0.1, 0.2, 0.3),
    }
    candidate = Candidate(0, 0, "seed", evaluations=(evaluation(**curves),))
    told = reflect(candidate, sign=1.0)
    text = PromptBook().reflection(**told)
    assert len(told["notes"]) == text.split("What stands out:")[1].count("\n- ")


def test_an_untrained_candidate_cannot_be_reflected_on() -> None:
    with pytest.raises(ValueError, match="0-01"):
        reflect(failed(0, 1, "no"), sign=1.0)
