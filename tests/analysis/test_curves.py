"""Where the fitness fell for good, and what was earned meanwhile."""

from __future__ import annotations

import math

import pytest
from analysis_fakes import trained

from eureka_agent.analysis.curves import SUCCESS, falls, observe_hacking, rises, rose
from eureka_agent.analysis.observation import ObservationKind
from eureka_agent.archive.candidate import Evaluation

RISING = [0.1 * k for k in range(10)]
FALLING = RISING[::-1]
UP_AND_DOWN = [0.1, 0.4, 0.9, 1.0, 0.4, 0.3, 0.2, 0.2, 0.1, 0.1]


def kinds(evaluation: Evaluation, *, sign: float = 1.0, span: float = 0.0) -> set[str]:
    return {str(seen.kind) for seen in observe_hacking(evaluation, sign=sign, span=span)}


def test_a_reward_that_rises_while_the_fitness_falls_is_hacked_from_a_checkpoint_on() -> None:
    (seen,) = observe_hacking(trained(UP_AND_DOWN, RISING), sign=1.0)
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert seen.checkpoint == 5
    assert "reward a step" in seen.text
    assert seen.values["fitness lost"] == pytest.approx(1.0 - 1.3 / 6)


def test_only_the_component_that_rises_is_named() -> None:
    evaluation = trained(
        UP_AND_DOWN, RISING, {"spin": RISING, "stand": FALLING, "tiny": [0.01 * r for r in RISING]}
    )
    (seen,) = observe_hacking(evaluation, sign=1.0)
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
    (seen,) = observe_hacking(evaluation, sign=1.0)
    assert seen.kind is ObservationKind.REWARD_HACKING
    assert "reward an episode" in seen.text


def test_what_is_earned_without_exploration_counts_where_it_is_known() -> None:
    """Measured with exploration the reward falls; the policies that were scored earn more."""
    evaluation = trained(UP_AND_DOWN, FALLING, returns=RISING)
    (seen,) = observe_hacking(evaluation, sign=1.0)
    assert "return of an episode" in seen.text
    assert kinds(trained(UP_AND_DOWN, RISING, returns=UP_AND_DOWN)) == set()
    assert rises(trained([0.0] * 10, RISING, returns=[1.0] * 10)) == {}
    assert set(rises(trained([0.0] * 10, [1.0] * 10, returns=RISING))) == {"return of an episode"}


def test_a_part_that_pays_more_while_the_whole_pays_less_accuses_nobody() -> None:
    """A policy that stops moving saves effort."""
    components = {"forward": FALLING, "effort": [r - 1.0 for r in RISING]}
    stopped = trained(UP_AND_DOWN, FALLING, components, returns=FALLING, paid=components)
    assert kinds(stopped) == set()
    paid = {"forward": RISING, "effort": [r - 1.0 for r in FALLING]}
    (seen,) = observe_hacking(trained(UP_AND_DOWN, RISING, components, returns=RISING, paid=paid), sign=1.0)
    assert "component 'forward'" in seen.text
    assert "effort" not in seen.text


def test_who_wavers_far_below_the_others_of_the_run_has_not_fallen() -> None:
    evaluation = trained(UP_AND_DOWN, RISING)
    assert kinds(evaluation, span=10.0) == {"reward hacking"}
    assert kinds(evaluation, span=100.0) == set()


def test_a_loss_far_below_what_solves_the_task_is_no_fall() -> None:
    evaluation = trained(UP_AND_DOWN, RISING)
    (seen,) = observe_hacking(evaluation, sign=1.0, solved=5.0)
    assert seen.values["fitness lost"] > SUCCESS * (5.0 - 1.0)
    assert not list(observe_hacking(evaluation, sign=1.0, solved=20.0))
    downwards = trained([-f for f in UP_AND_DOWN], RISING)
    assert list(observe_hacking(downwards, sign=-1.0, solved=-5.0))
    assert not list(observe_hacking(downwards, sign=-1.0, solved=-20.0))


def test_a_rise_within_the_noise_of_returns_is_none() -> None:
    evaluation = trained([0.0] * 10, RISING, returns=RISING)
    noisy = {**evaluation.curves, "evaluation/return_error": (1.0,) * 10}
    assert rises(Evaluation("search", 0, 0, 0.0, (), 0, 0.0, 0, noisy)) == {}


def test_curves_of_earlier_versions_and_odd_numbers_accuse_nobody() -> None:
    empty = Evaluation("search", 0, 0, 0.0, (), 0, 0.0, 0, {})
    assert kinds(empty) == set()
    bare = Evaluation("search", 0, 0, 0.0, (0.0, 0.0), 0, 0.0, 0, {"fitness": tuple(UP_AND_DOWN)})
    assert falls(bare, sign=1.0) is not None
    assert kinds(bare) == set()
    assert kinds(trained(UP_AND_DOWN, [math.nan] * 10)) == set()
    assert kinds(trained(UP_AND_DOWN, RISING[:3])) == set()


def test_a_rise_is_a_share_of_the_largest_size() -> None:
    assert rose(RISING) == pytest.approx(0.7 / 0.9)
    assert [rose(values) for values in (FALLING, [0.0] * 10, RISING[:3], [math.inf] * 9)] == [0.0] * 4
