"""Reward and fitness over a training, for and against each accusation."""

from __future__ import annotations

import math

import pytest
from analysis_fakes import trained

from eureka_agent.analysis.curves import Score, Yardstick, falls, observe_curves, rose
from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.archive.candidate import Evaluation

RISING = [0.1 * k for k in range(10)]
FALLING = RISING[::-1]
UP_AND_DOWN = [0.1, 0.4, 0.9, 1.0, 0.4, 0.3, 0.2, 0.2, 0.1, 0.1]
RANDOM = Score(0.0, 0.0)
Span = tuple[float, float] | None


def kinds(
    evaluation: Evaluation, *, sign: float = 1.0, at_random: Score | None = None, span: Span = None
) -> set[str]:
    return {str(seen.kind) for seen in observe_curves(evaluation, Yardstick(sign, at_random, span))}


def test_a_reward_that_rises_while_the_fitness_falls_is_hacked_from_a_checkpoint_on() -> None:
    (seen,) = observe_curves(trained(UP_AND_DOWN, RISING), Yardstick(1.0))
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert seen.checkpoint == 5
    assert "reward a step" in seen.text
    assert seen.values["fitness lost"] == pytest.approx(1.0 - 1.3 / 6)


def test_only_the_component_that_rises_is_named() -> None:
    evaluation = trained(
        UP_AND_DOWN, RISING, {"spin": RISING, "stand": FALLING, "tiny": [0.01 * r for r in RISING]}
    )
    (seen,) = observe_curves(evaluation, Yardstick(1.0))
    assert "(reward a step, reward an episode, component 'spin')" in seen.text


@pytest.mark.parametrize(
    "evaluation",
    [
        trained(RISING, RISING),
        trained(UP_AND_DOWN, UP_AND_DOWN),  # both fell: the policy got worse, the reward knows it
        trained([1.0] * 10, RISING),
        trained([*UP_AND_DOWN[:9], 1.0], RISING),  # it came back
        trained([*RISING[:7], 0.1, 0.1, 0.1], RISING),  # for three of ten checkpoints only
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
    (seen,) = observe_curves(evaluation, Yardstick(1.0))
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert "reward an episode" in seen.text


def test_ending_pays_where_every_step_costs_and_episodes_are_cut_short() -> None:
    def said(reward: float, steps: float, fitness: float = 0.0, by: float | None = 20.0) -> bool:
        evaluation = trained([fitness] * 10, [reward] * 10, length=[steps] * 10)
        found = observe_curves(evaluation, Yardstick(1.0, None, (0.0, 1.0), by))
        return any(seen.kind is ObservationKind.ENDING_PAYS for seen in found)

    assert said(-1.0, 10.0)
    assert not said(1.0, 10.0)
    assert not said(-1.0, 16.0)
    assert not said(-1.0, 10.0, fitness=1.0)  # the goal ends it
    assert not said(-1.0, 10.0, by=None)


def test_a_policy_below_random_actions_is_paid_against_the_fitness() -> None:
    bad = trained([-2.0] * 10, RISING, episodes=[-2.0, -1.9, -2.1])
    assert "worse than random" in kinds(bad, at_random=RANDOM)
    assert "worse than random" not in kinds(bad, at_random=Score(0.0, 2.0))
    assert "worse than random" in kinds(trained([2.0] * 10, RISING), sign=-1.0, at_random=RANDOM)


def test_a_reward_may_rise_and_leave_the_fitness_where_it_was() -> None:
    (seen,) = observe_curves(trained([0.0] * 10, RISING), Yardstick(1.0, RANDOM))
    assert seen.kind is ObservationKind.REWARD_WITHOUT_FITNESS
    assert seen.checkpoint == 10
    assert kinds(trained([0.0] * 10, [1.0] * 10), at_random=RANDOM) == {"no progress"}
    assert kinds(trained(RISING, RISING), at_random=RANDOM) == set()
    assert kinds(trained([0.0] * 10, RISING)) == set()  # nobody knows what random actions score


def test_without_random_play_the_run_tells_whether_a_flat_fitness_is_a_good_one() -> None:
    flat = trained([0.1] * 10, RISING)
    assert kinds(flat, span=(0.0, 1.0)) == {"reward without fitness"}
    assert kinds(flat, span=(0.0, 0.1)) == set()  # among the best
    assert kinds(flat, span=(0.1, 0.1)) == set()
    assert kinds(flat, span=(0.0, 1.0), sign=-1.0) == set()
    assert kinds(trained([0.1, 0.2, 0.3, 0.4], RISING[:4]), span=(0.0, 1.0)) == set()  # on its way
    crept = [0.1 + 0.001 * k for k in range(10)]
    assert kinds(trained(crept, RISING), span=(0.0, 1.0)) == {"reward without fitness"}
    assert kinds(trained([0.1] * 3, RISING[:3]), span=(0.0, 1.0)) == set()
    assert kinds(trained([0.1] * 10, [1.0] * 10), span=(0.0, 1.0)) == {"no progress"}


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
