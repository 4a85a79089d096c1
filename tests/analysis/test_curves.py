"""Reward and fitness over a training, for and against each accusation."""

from __future__ import annotations

import math

import pytest
from analysis_fakes import trained

from eureka_agent.analysis.curves import Score, falls, observe_curves, rose
from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.archive.candidate import Evaluation

RISING = [0.1 * k for k in range(10)]
FALLING = RISING[::-1]
UP_AND_DOWN = [0.1, 0.4, 0.9, 1.0, 0.4, 0.3, 0.2, 0.2, 0.1, 0.1]
RANDOM = Score(0.0, 0.0)


def kinds(evaluation: Evaluation, *, sign: float = 1.0, at_random: Score | None = None) -> set[str]:
    return {str(seen.kind) for seen in observe_curves(evaluation, sign=sign, at_random=at_random)}


def test_a_reward_that_rises_while_the_fitness_falls_is_hacked_from_a_checkpoint_on() -> None:
    seen, *_ = observe_curves(trained(UP_AND_DOWN, RISING), sign=1.0, at_random=None)
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert seen.checkpoint == 5
    assert "reward a step" in seen.text
    assert seen.values["fitness_lost"] == pytest.approx(1.0 - 1.3 / 6)


def test_only_the_component_that_rises_is_named() -> None:
    evaluation = trained(
        UP_AND_DOWN, RISING, {"spin": RISING, "stand": FALLING, "tiny": [0.01 * r for r in RISING]}
    )
    named = [seen.text for seen in observe_curves(evaluation, sign=1.0, at_random=None)]
    assert sum("component 'spin'" in text for text in named) == 1
    assert not any("stand" in text or "tiny" in text for text in named)


@pytest.mark.parametrize(
    "evaluation",
    [
        trained(RISING, RISING),
        trained(UP_AND_DOWN, UP_AND_DOWN),  # both fell: the policy got worse, the reward knows it
        trained([1.0] * 10, RISING),
        trained([*UP_AND_DOWN[:9], 1.0], RISING),  # it came back
        trained(UP_AND_DOWN, RISING, error=1.0),  # within the noise
        trained(UP_AND_DOWN[2:5], RISING[2:5]),  # too few checkpoints
    ],
)
def test_nobody_else_is_accused_of_it(evaluation: Evaluation) -> None:
    assert kinds(evaluation) == set()


def test_where_less_is_better_a_rising_fitness_is_a_loss() -> None:
    assert "reward hacking" in kinds(trained(RISING, RISING), sign=-1.0)
    assert kinds(trained(FALLING, RISING), sign=-1.0) == set()


def test_dying_sooner_earns_more_where_every_step_costs() -> None:
    lengths = [100.0 - 10 * k for k in range(10)]
    evaluation = trained(lengths, [-1.0] * 10, length=lengths)
    (seen,) = observe_curves(evaluation, sign=1.0, at_random=None)
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert "reward an episode" in seen.text


def test_a_policy_below_random_actions_is_paid_against_the_fitness() -> None:
    bad = trained([-2.0] * 10, RISING, episodes=[-2.0, -1.9, -2.1])
    assert "worse than random" in kinds(bad, at_random=RANDOM)
    assert "worse than random" not in kinds(bad, at_random=Score(0.0, 2.0))
    assert "worse than random" in kinds(trained([2.0] * 10, RISING), sign=-1.0, at_random=RANDOM)


def test_a_reward_may_rise_and_leave_the_fitness_where_it_was() -> None:
    (seen,) = observe_curves(trained([0.0] * 10, RISING), sign=1.0, at_random=RANDOM)
    assert seen.kind is ObservationKind.REWARD_WITHOUT_FITNESS
    assert seen.checkpoint == 10
    assert kinds(trained([0.0] * 10, [1.0] * 10), at_random=RANDOM) == {"no progress"}
    assert kinds(trained(RISING, RISING), at_random=RANDOM) == set()
    assert kinds(trained([0.0] * 10, RISING)) == set()  # nobody knows what random actions score


def test_curves_of_earlier_versions_and_odd_numbers_accuse_nobody() -> None:
    empty = Evaluation("search", 0, 0, 0.0, (), 0, 0.0, 0, {})
    assert kinds(empty, at_random=RANDOM) == set()
    bare = Evaluation("search", 0, 0, 0.0, (0.0, 0.0), 0, 0.0, 0, {"fitness": tuple(UP_AND_DOWN)})
    assert falls(bare, sign=1.0) is not None
    assert kinds(bare) == set()
    assert kinds(trained(UP_AND_DOWN, [math.nan] * 10)) == set()
    assert kinds(trained(UP_AND_DOWN, RISING[:3])) == set()


def test_a_rise_is_a_share_of_the_largest_size() -> None:
    assert rose(RISING) == pytest.approx(0.7 / 0.9)
    assert [rose(values) for values in (FALLING, [0.0] * 10, RISING[:3], [math.inf] * 9)] == [0.0] * 4


def test_one_episode_has_no_spread() -> None:
    assert Score.of([1.0]) is None
    assert Score.of([1.0, 3.0]) == Score(2.0, 1.0)
