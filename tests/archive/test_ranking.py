from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive import Archive, Candidate, EarlyStop, Evaluation, Status, judge
from eureka_agent.archive.ranking import paired_difference


def candidate(
    index: int, *fitnesses: float, generation: int = 0, status: Status = Status.TRAINED
) -> Candidate:
    evaluations = tuple(
        Evaluation("search", replicate, replicate, fitness, (fitness,), 1, 0.0, 0)
        for replicate, fitness in enumerate(fitnesses)
    )
    return Candidate(generation, index, "seed", status=status, evaluations=evaluations)


def test_the_first_leader_is_the_best_of_what_is_known() -> None:
    archive = Archive.of([candidate(0, 1.0), candidate(1, 3.0), candidate(2, 2.0)], sign=1.0)
    assert judge(archive).incumbent == "0-01"


def test_minimised_fitness_is_ranked_the_other_way() -> None:
    archive = Archive.of([candidate(0, 1.0), candidate(1, 3.0)], sign=-1.0)
    assert [c.id for c in archive.ranked()] == ["0-00", "0-01"]


def test_one_lucky_seed_challenges_but_does_not_dethrone() -> None:
    archive = Archive.of([candidate(0, 2.0), candidate(1, 9.0, generation=1)], sign=1.0, incumbent_id="0-00")
    verdict = judge(archive)
    assert verdict.incumbent == "0-00"
    assert verdict.challenger == "1-01"
    assert verdict.reason == "1-01 scored 9 on one seed and is tried against it"


def test_a_challenger_leads_once_shared_seeds_agree() -> None:
    rivals = [candidate(0, 2.0, 2.1), candidate(1, 9.0, 8.0, generation=1)]
    verdict = judge(Archive.of(rivals, sign=1.0, incumbent_id="0-00"))
    assert verdict.incumbent == "1-01"
    assert "2 shared seeds" in verdict.reason


def test_a_challenger_whose_advantage_is_noise_does_not_lead() -> None:
    rivals = [candidate(0, 2.0, 2.0), candidate(1, 9.0, -3.0, generation=1)]
    verdict = judge(Archive.of(rivals, sign=1.0, incumbent_id="0-00"))
    assert verdict.incumbent == "0-00"
    assert verdict.reason == "1-01 scored 3 on 2 seeds, not surely better, and is tried against it"
    alone = Archive.of([rivals[0], candidate(1, 1.0, generation=1)], sign=1.0, incumbent_id="0-00")
    assert judge(alone).reason == "nobody scored better than 0-00"


@pytest.mark.parametrize("score", [7.099, 0.3, 1e-5])
def test_a_challenger_that_is_better_once_and_never_worse_leads(score: float) -> None:
    rivals = [candidate(0, 0.0, 0.0, 0.0), candidate(1, score, 0.0, generation=1)]
    assert judge(Archive.of(rivals, sign=1.0, incumbent_id="0-00")).incumbent == "1-01"


def test_a_challenger_that_is_as_good_everywhere_does_not_lead() -> None:
    rivals = [candidate(0, 2.0, 3.0), candidate(1, 2.0, 3.0, generation=1)]
    assert judge(Archive.of(rivals, sign=1.0, incumbent_id="0-00")).incumbent == "0-00"


def test_an_incumbent_that_fails_on_another_seed_is_replaced() -> None:
    fallen = candidate(0, 9.0, status=Status.FAILED)
    assert judge(Archive.of([fallen, candidate(1, 1.0)], sign=1.0, incumbent_id="0-00")).incumbent == "0-01"


def stopped(index: int, *fitnesses: float, generation: int = 0) -> Candidate:
    whole = candidate(index, *fitnesses, generation=generation, status=Status.STOPPED)
    first = replace(whole.evaluations[0], stopped=EarlyStop(2, 20, 100, 3.0, 1.0))
    return replace(whole, evaluations=(first, *whole.evaluations[1:]))


def test_scores_of_smaller_budgets_are_ranked_among_themselves_and_last() -> None:
    rivals = [stopped(0, 9.0), candidate(1, 1.0), stopped(2, 10.0), candidate(3, 2.0)]
    assert [c.index for c in Archive.of(rivals, sign=1.0).ranked()] == [3, 1, 2, 0]


def test_who_was_stopped_neither_leads_nor_challenges() -> None:
    rivals = [candidate(0, 2.0, 2.1), stopped(1, 9.0), stopped(2, 9.0, 8.0, generation=1)]
    verdict = judge(Archive.of(rivals, sign=1.0, incumbent_id="0-00"))
    assert (verdict.incumbent, verdict.challenger) == ("0-00", None)
    assert judge(Archive.of([stopped(1, 9.0)], sign=1.0)).incumbent is None


def test_scores_of_different_budgets_are_no_pair() -> None:
    assert paired_difference(stopped(1, 9.0, 8.0), candidate(0, 2.0, 2.1), 1.0) is None
    assert paired_difference(candidate(0, 2.0, 2.1), stopped(1, 9.0, 8.0), 1.0) is None


def test_nothing_trained_means_no_leader() -> None:
    assert judge(Archive.of([candidate(0, status=Status.REFUSED)], sign=1.0)).incumbent is None


@given(
    st.lists(st.lists(st.floats(-5, 5), min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from([1.0, -1.0]),
)
def test_whoever_dethrones_was_better_on_the_shared_seeds(scores: list[list[float]], sign: float) -> None:
    rivals = [candidate(index, *values) for index, values in enumerate(scores)]
    archive = Archive.of(rivals, sign=sign, incumbent_id="0-00")
    verdict = judge(archive)
    assert verdict.incumbent is not None
    if verdict.incumbent != "0-00":
        difference = paired_difference(archive.get(verdict.incumbent), archive.get("0-00"), sign)
        assert difference is not None
        assert difference.mean > 0
        assert difference.low > -1e-6
    assert verdict.challenger != verdict.incumbent


@given(st.permutations(range(6)))
def test_ranking_does_not_depend_on_the_order_of_arrival(order: list[int]) -> None:
    rivals = [candidate(index, float(index % 3)) for index in order]
    assert [c.index for c in Archive.of(rivals, sign=1.0).ranked()] == [2, 5, 1, 4, 0, 3]
