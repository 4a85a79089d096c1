"""Which two episodes people are asked about."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eureka_agent.preferences.asking import ALIKE_SHARE, begin_alike, expected_information, next_pairs
from eureka_agent.preferences.model import Compared, Posterior, fit, outcome_chances

K = 3


def rows(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, K))


def asked_of(
    posterior: Posterior, features: np.ndarray, count: int, asked: set[frozenset[int]], seed: int = 0
):
    generator = np.random.default_rng(seed)
    return next_pairs(posterior, features, count=count, asked=asked, generator=generator)


@settings(deadline=None)
@given(
    asked=st.sets(st.sampled_from([frozenset(pair) for pair in combinations(range(6), 2)])),
    seed=st.integers(0, 9),
)
def test_no_pair_comes_twice(asked: set[frozenset[int]], seed: int) -> None:
    pairs = asked_of(Posterior.prior(K), rows(6), 20, asked, seed)
    assert len(pairs) == 15 - len(asked)
    assert not asked & {frozenset(pair) for pair in pairs}
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)


def test_the_same_seed_asks_the_same() -> None:
    prior, features = Posterior.prior(K), rows(20)
    assert asked_of(prior, features, 8, set(), 3) == asked_of(prior, features, 8, set(), 3)
    assert asked_of(prior, features, 8, set(), 3) != asked_of(prior, features, 8, set(), 4)


def test_what_is_known_is_not_asked() -> None:
    """Of two weights one is known well: pairs that differ in the other say more."""
    known = Posterior(np.array([2.0, 0.0, 0.0]), np.diag([1e-4, 1e-4, 0.5]))
    features = np.array([[0.0, 0, 0], [1.0, 0, 0], [0.0, 0, 1]])
    (first,) = asked_of(known, features, 1, set())
    assert set(first) == {0, 2}
    told = expected_information(known, np.array([[1.0, 0, 0], [0.0, 0, 1]]))
    assert told[1] > 10 * told[0]


def test_several_questions_at_once_are_different_ones() -> None:
    """Episodes 1 and 2 are nearly the same: after 0 beside 1, asking 0 beside 2 would say little."""
    features = np.array([[0.0, 0, 0], [2.0, 0, 0], [2.0, 0.01, 0], [0.0, 1.9, 0]])
    pairs = asked_of(Posterior.prior(K), features, 2, {frozenset((1, 3)), frozenset((2, 3))})
    assert {frozenset(pair) for pair in pairs} & {frozenset((0, 3))}


def first_of(features: np.ndarray, beginnings: list[str | None]) -> set[int]:
    generator = np.random.default_rng(0)
    (pair,) = next_pairs(Posterior.prior(K), features, count=1, beginnings=beginnings, generator=generator)
    return set(pair)


def test_a_pair_that_begins_alike_comes_first_where_it_says_hardly_less() -> None:
    """Episode 2 is a little nearer to 0 than 1 is: without beginnings 0 and 1 are asked about."""
    prior, features = Posterior.prior(K), np.array([[0.0, 0, 0], [1.0, 0, 0], [0.97, 0, 0]])
    best, near = expected_information(prior, features[[1, 2]])
    assert ALIKE_SHARE * best < near < best
    assert first_of(features, ["here", "there", "elsewhere"]) == {0, 1}
    assert first_of(features, ["here", "there", "here"]) == {0, 2}


def test_a_pair_that_begins_alike_and_says_much_less_waits() -> None:
    features = np.array([[0.0, 0, 0], [1.0, 0, 0], [0.3, 0, 0]])
    assert first_of(features, ["here", "there", "here"]) == {0, 1}


def test_two_unknown_beginnings_are_not_the_same() -> None:
    features = np.array([[0.0, 0, 0], [1.0, 0, 0], [0.97, 0, 0]])
    assert first_of(features, [None, "there", None]) == {0, 1}
    assert not begin_alike(np.array([[0, 1], [1, 2]]), [None, None, None]).any()


@settings(deadline=None, max_examples=25)
@given(beginnings=st.lists(st.sampled_from(["a", "b", None]), min_size=6, max_size=6))
def test_whoever_wants_only_such_pairs_is_asked_them_before_all_others(beginnings: list[str | None]) -> None:
    generator = np.random.default_rng(0)
    pairs = next_pairs(
        Posterior.prior(K), rows(6), count=15, beginnings=beginnings, alike_share=0.0, generator=generator
    )
    same = [beginnings[a] == beginnings[b] is not None for a, b in pairs]
    assert len(pairs) == 15
    assert same == sorted(same, reverse=True)


def test_equal_episodes_are_not_compared() -> None:
    assert asked_of(Posterior.prior(K), np.zeros((5, K)), 3, set()) == []
    assert asked_of(Posterior.prior(K), np.zeros((1, K)), 3, set()) == []
    assert asked_of(Posterior.prior(K), np.zeros((0, K)), 3, set()) == []


def test_information_is_what_an_answer_is_expected_to_take_away_from_the_doubt() -> None:
    """Compared with drawing weights and counting answers."""
    posterior = Posterior(np.array([0.3, -0.2, 0.0]), np.diag([0.4, 0.2, 0.1]))
    difference = np.array([1.0, -1.0, 0.5])

    weights = np.random.default_rng(0).multivariate_normal(posterior.mean, posterior.covariance, 200_000)
    chances = outcome_chances(weights @ difference, posterior.log_ties)
    entropy = lambda p: -(p * np.log(p)).sum(axis=-1)  # noqa: E731
    drawn = entropy(chances.mean(axis=0)) - entropy(chances).mean()
    assert expected_information(posterior, difference[None])[0] == pytest.approx(drawn, rel=0.02)


def test_good_questions_find_out_more_than_drawn_ones() -> None:
    """Over twenty people: after as many answers less doubt is left."""
    left = {"chosen": 0.0, "drawn": 0.0}
    for seed in range(20):
        features, wanted = rows(30, seed), rows(1, 100 + seed)[0]
        generator = np.random.default_rng(seed)
        for way in left:
            answers: list[Compared] = []
            while len(answers) < 12:
                drawn = [tuple(generator.choice(30, 2, replace=False)) for _ in range(3)]
                chosen = next_pairs(fit(answers, K), features, count=3, generator=generator)
                for a, b in drawn if way == "drawn" else chosen:
                    better = "first" if features[a] @ wanted > features[b] @ wanted else "second"
                    answers.append(Compared(features[a], features[b], better))
            left[way] += float(np.linalg.slogdet(fit(answers, K).covariance)[1])
    assert left["chosen"] < left["drawn"] - 20
