"""A training's score beside what was earned, for and against each accusation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis_fakes import trained

from eureka_agent.analysis.behaviours import RANDOM_PLAY, PaidEpisodes, Score
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.verdicts import Yardstick, observe_verdict
from eureka_agent.archive.candidate import Evaluation

RISING = [0.1 * k for k in range(10)]
RANDOM = Score(0.0, 0.0)
Span = tuple[float, float] | None


def kinds(
    evaluation: Evaluation, *, sign: float = 1.0, at_random: Score | None = None, span: Span = None
) -> set[str]:
    return {str(seen.kind) for seen in observe_verdict(evaluation, Yardstick(sign, at_random, span))}


def paid(name: str, an_episode: float, fitness: float | None) -> PaidEpisodes:
    score = None if fitness is None else Score(fitness, 0.0)
    return PaidEpisodes(name, Score(an_episode / 100, 0.0), Score(an_episode, 0.0), score)


def said(returns: Sequence[float], others: Sequence[PaidEpisodes], fitness: float = 0.0) -> list[Observation]:
    """Return what is said of a training that scored like random play, in a run whose best scored 1."""
    evaluation = trained([fitness] * 10, [0.0] * 10, returns=returns)
    by = Yardstick(1.0, RANDOM, (min(fitness, 0.0), 1.0), others=others)
    return list(observe_verdict(evaluation, by))


def test_a_reward_that_pays_more_for_less_is_accused_even_if_it_never_rose() -> None:
    (seen,) = said([5.0] * 10, [paid(RANDOM_PLAY, 1.0, 0.0), paid("candidate 0-02", 3.0, 1.0)])
    assert seen.kind is ObservationKind.REWARD_WITHOUT_FITNESS
    assert "ended with 5 an episode, candidate 0-02 3; the scores are 0 and 1" in seen.text


def test_who_did_not_get_to_what_the_reward_pays_for_is_not_accused() -> None:
    (seen,) = said([r * 5 for r in RISING], [paid(RANDOM_PLAY, 0.0, 0.0), paid("candidate 0-02", 9.0, 1.0)])
    assert seen.kind is ObservationKind.NO_PROGRESS
    assert "was not learned" in seen.text


def test_within_the_noise_the_side_of_the_difference_decides_whether_a_rise_is_accused() -> None:
    """Paid alike on average, what scores better may be what the reward wants; paid less, it is not."""
    for better, kind in ((1.2, ObservationKind.NO_PROGRESS), (0.8, ObservationKind.REWARD_WITHOUT_FITNESS)):
        unsure = replace(paid("candidate 0-02", better, 1.0), episode=Score(better, 5.0))
        (seen,) = said([*RISING[:7], 1.0, 1.0, 1.0], [paid(RANDOM_PLAY, 0.0, 0.0), unsure])
        assert seen.kind is kind
        assert ("hardly tells the two apart" in seen.text) is (kind is ObservationKind.NO_PROGRESS)


def test_where_nothing_in_the_run_scored_nobody_is_accused_of_a_reward_that_rose() -> None:
    (seen,) = said(RISING, [paid(RANDOM_PLAY, 0.0, 0.0), paid("candidate 0-02", 9.0, 0.0)])
    assert seen.kind is ObservationKind.NO_PROGRESS
    assert "Nothing in the run scored that could tell why" in seen.text


def test_who_does_worse_than_random_play_is_accused_only_where_more_is_earned() -> None:
    at_random = paid(RANDOM_PLAY, 1.0, 0.0)
    (seen,) = said([2.0] * 10, [at_random], fitness=-1.0)
    assert seen.kind is ObservationKind.WORSE_THAN_RANDOM
    (seen,) = said([0.5] * 10, [at_random], fitness=-1.0)
    assert seen.kind is ObservationKind.NO_PROGRESS


def test_the_opposite_is_paid_for_where_worse_than_random_earns_more_than_random() -> None:
    """Both ways are paid: the best earns still more, and yet the score is below random play."""
    others = [paid(RANDOM_PLAY, 1.0, 0.0), paid("candidate 0-02", 9.0, 1.0)]
    assert [s.kind for s in said([4.0] * 10, others, fitness=-1.0)] == [ObservationKind.WORSE_THAN_RANDOM]


def test_a_success_is_a_share_of_the_way_to_a_solved_task() -> None:
    """Where the best of a run is hardly better, what it is paid says nothing of what is wanted."""
    others = [paid(RANDOM_PLAY, 1.0, 0.0), paid("candidate 0-02", 3.0, 1.0)]
    evaluation = trained([0.0] * 10, [0.0] * 10, returns=[5.0] * 10)
    for solved, kind in ((9.0, ObservationKind.REWARD_WITHOUT_FITNESS), (14.0, ObservationKind.NO_PROGRESS)):
        by = Yardstick(1.0, RANDOM, (0.0, 1.0), solved=solved, others=others)
        (seen,) = observe_verdict(evaluation, by)
        assert seen.kind is kind


def test_a_fitness_among_the_better_ones_of_a_run_is_not_asked_about() -> None:
    assert said([5.0] * 10, [paid("candidate 0-02", 3.0, 1.0)], fitness=0.9) == []


def test_ending_pays_where_every_step_costs_and_episodes_are_cut_short() -> None:
    def early(reward: float, steps: float, fitness: float = 0.0, by: float | None = 20.0) -> bool:
        evaluation = trained([fitness] * 10, [reward] * 10, length=[steps] * 10)
        found = observe_verdict(evaluation, Yardstick(1.0, None, (0.0, 1.0), by))
        return any(seen.kind is ObservationKind.ENDING_PAYS for seen in found)

    assert early(-1.0, 10.0)
    assert not early(1.0, 10.0)
    assert not early(-1.0, 16.0)
    assert not early(-1.0, 10.0, fitness=1.0)  # the goal ends it
    assert not early(-1.0, 10.0, by=None)


def test_a_policy_below_random_actions_is_paid_against_the_fitness() -> None:
    bad = trained([-2.0] * 10, RISING, episodes=[-2.0, -1.9, -2.1])
    assert "worse than random" in kinds(bad, at_random=RANDOM)
    assert "worse than random" not in kinds(bad, at_random=Score(0.0, 2.0))
    assert "worse than random" in kinds(trained([2.0] * 10, RISING), sign=-1.0, at_random=RANDOM)


def test_a_reward_may_rise_and_leave_the_fitness_where_it_was() -> None:
    (seen,) = observe_verdict(trained([0.0] * 10, RISING), Yardstick(1.0, RANDOM))
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
