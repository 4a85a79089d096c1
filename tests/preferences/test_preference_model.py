"""What people prefer, learned from comparisons and ratings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from eureka_agent.preferences.model import (
    OUTCOMES,
    Better,
    Compared,
    Posterior,
    Rated,
    fit,
    outcome_chances,
)

K = 4
WANTED = np.array([1.0, -0.5, 0.25, 0.0])
SWAPPED: dict[Better, Better] = {"first": "second", "second": "first", "neither": "neither"}


def rows(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, K))


def comparisons(count: int, seed: int = 0) -> list[Compared]:
    """Return right answers of somebody who wants `WANTED`, and to whom close ones are equal."""
    pairs = rows(2 * count, seed).reshape(count, 2, K)
    gaps = (pairs[:, 0] - pairs[:, 1]) @ WANTED
    better = ["neither" if abs(gap) < 0.1 else "first" if gap > 0 else "second" for gap in gaps]
    return [Compared(a, b, OUTCOMES[OUTCOMES.index(o)]) for (a, b), o in zip(pairs, better, strict=True)]


def ratings(count: int, levels: int, seed: int = 5) -> list[Rated]:
    made = rows(count, seed)
    cuts = np.quantile(made @ WANTED, np.linspace(0, 1, levels + 1)[1:-1])
    return [Rated(one, int(np.searchsorted(cuts, one @ WANTED)), levels) for one in made]


def agreement(posterior: Posterior) -> float:
    unseen = rows(500, seed=9)
    return float(np.asarray(spearmanr(posterior.utility(unseen)[0], unseen @ WANTED))[0])


def test_without_answers_it_is_the_prior() -> None:
    posterior = fit([], K)
    mean, sd = posterior.utility(rows(2000))
    assert not mean.any()
    assert np.sqrt((sd**2).mean()) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "answers", [comparisons(60), ratings(60, 5), ratings(60, 2)], ids=["comparisons", "stars", "thumbs"]
)
def test_what_people_want_is_found_from_each_kind_of_answer(answers: list[Compared | Rated]) -> None:
    assert agreement(fit(answers, K)) > 0.9


def test_both_kinds_say_more_than_either() -> None:
    few, stars = comparisons(15), ratings(15, 5)
    both = fit([*few, *stars], K)
    for one in (fit(few, K), fit(stars, K)):
        assert np.trace(both.covariance) < np.trace(one.covariance)


def test_somebody_who_only_gives_four_and_five_stars_says_something_all_the_same() -> None:
    kind = [replace(one, level=3 + one.level) for one in (replace(r, levels=5) for r in ratings(60, 2))]
    assert agreement(fit(kind, K)) > 0.9


def test_one_wrong_answer_does_not_outweigh_many() -> None:
    answers = comparisons(60)
    surest = max(answers, key=lambda one: abs((one.first - one.second) @ WANTED))
    assert agreement(fit([*answers, replace(surest, better=SWAPPED[surest.better])], K)) > 0.9


@settings(deadline=None)
@given(order=st.permutations(range(24)))
def test_the_order_of_answers_does_not_matter(order: list[int]) -> None:
    answers = [*comparisons(12), *ratings(6, 5), *ratings(6, 2)]
    posterior, other = fit(answers, K), fit([answers[place] for place in order], K)
    assert other.mean == pytest.approx(posterior.mean, abs=1e-6)
    assert other.covariance == pytest.approx(posterior.covariance, abs=1e-6)


@settings(deadline=None)
@given(swapped=st.lists(st.booleans(), min_size=20, max_size=20))
def test_which_episode_was_shown_first_does_not_matter(swapped: list[bool]) -> None:
    answers = comparisons(20)
    others = [
        Compared(one.second, one.first, SWAPPED[one.better]) if swap else one
        for one, swap in zip(answers, swapped, strict=True)
    ]
    assert fit(others, K).mean == pytest.approx(fit(answers, K).mean, abs=1e-6)


@settings(deadline=None)
@given(place=st.integers(0, 19))
def test_the_same_answer_again_makes_surer(place: int) -> None:
    answers = comparisons(20)
    posterior, again = fit(answers, K), fit([*answers, *[answers[place]] * 3], K)
    difference = answers[place].first - answers[place].second
    (mean, sd), (mean_again, sd_again) = posterior.utility(difference), again.utility(difference)
    if answers[place].better == "neither":
        assert sd_again < sd
    else:
        sign = 1 if answers[place].better == "first" else -1
        assert sign * mean_again / sd_again > sign * mean / sd


def test_answers_that_contradict_each_other_say_that_nothing_is_known() -> None:
    first, second = rows(2)
    answers = [Compared(first, second, "first"), Compared(first, second, "second")] * 5
    assert abs(fit(answers, K).utility(first - second)[0]) < 0.05


def test_only_ties_make_ties_likely() -> None:
    ties = [replace(one, better="neither") for one in comparisons(30)]
    often = outcome_chances(np.array(0.0), fit(ties, K).log_ties)
    seldom = outcome_chances(
        np.array(0.0), fit([c for c in comparisons(60) if c.better != "neither"], K).log_ties
    )
    assert often[2] > 0.6 > 0.2 > seldom[2]


@given(difference=st.floats(-20, 20), log_ties=st.floats(-5, 5))
def test_chances_are_chances_and_never_none(difference: float, log_ties: float) -> None:
    chances = outcome_chances(np.array(difference), log_ties)
    assert chances.sum() == pytest.approx(1.0)
    assert chances.min() > 0.03


def test_no_features_mean_no_utility() -> None:
    nothing = np.zeros(0)
    posterior = fit([Compared(nothing, nothing, "first")], 0)
    assert posterior.utility(np.zeros((3, 0)))[0].tolist() == [0, 0, 0]
