from __future__ import annotations

import math

import pytest

from eureka_agent.analysis import human_normalized, t_interval
from eureka_agent.analysis.statistics import clearly_better


def test_the_interval_is_students() -> None:
    interval = t_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert interval.mean == pytest.approx(3.0)
    assert interval.high - interval.mean == pytest.approx(2.7764 * math.sqrt(2.5 / 5), rel=1e-4)


def test_one_seed_has_no_interval_and_says_so() -> None:
    assert math.isinf(t_interval([4.0]).high)
    assert str(t_interval([4.0])) == "4 (one seed)"


def test_human_is_one_and_sparse_is_zero() -> None:
    human, sparse = [10.0, 11.0, 12.0], [1.0, 2.0, 3.0]
    assert human_normalized(human, sparse, human).score == pytest.approx(1.0)
    assert human_normalized(sparse, sparse, human).score == pytest.approx(0.0)


def test_a_human_reward_worse_than_sparse_still_gives_a_sensible_sign() -> None:
    result = human_normalized([5.0, 5.1], [2.0, 2.1], [1.0, 1.1])
    assert result.score == pytest.approx(3.0)


def test_scores_are_clipped_to_zero_and_three_beside_the_raw_one() -> None:
    high = human_normalized([100.0, 101.0], [0.0, 0.1], [1.0, 1.1])
    assert high.score == pytest.approx(100.45, rel=1e-3)
    assert high.clipped == 3.0
    assert human_normalized([-5.0, -5.1], [0.0, 0.1], [1.0, 1.1]).clipped == 0.0


def test_minimised_fitness_counts_the_other_way() -> None:
    assert human_normalized([0.0, 0.0], [4.0, 4.1], [2.0, 2.1], sign=-1.0).score == pytest.approx(2.025)


def test_baselines_that_cannot_be_told_apart_leave_it_undefined() -> None:
    result = human_normalized([5.0, 6.0, 7.0], [1.0, 3.0, 2.0], [2.0, 1.0, 3.0])
    assert result.score is None
    assert "standard error" in result.undefined_because
    assert human_normalized([1.0], [1.0], []).score is None


@pytest.mark.parametrize(
    ("scores", "others", "sign", "better"),
    [
        ([12.0, 13.0, 14.0], [1.0, 2.0, 3.0], 1.0, True),
        ([12.0, 13.0, 14.0], [1.0, 2.0, 3.0], -1.0, False),
        ([1.0, 2.0, 3.0], [12.0, 13.0, 14.0], -1.0, True),
        ([2.0, 3.0, 4.0], [1.0, 2.0, 3.0], 1.0, False),
        ([-200.0, -200.0], [-200.0, -200.0], 1.0, False),
        ([-200.0, -198.0, -200.0], [-200.0, -200.0], 1.0, False),
        ([-150.0], [-200.0, -200.0], 1.0, True),
    ],
)
def test_better_is_clear_only_beyond_chance(
    scores: list[float], others: list[float], sign: float, better: bool
) -> None:
    assert clearly_better(scores, others, sign=sign) is better
