"""Whether an annotator means what it says."""

from __future__ import annotations

import math

import pytest
from annotator_fakes import Answering, Failing, ask
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.errors import ModelError
from eureka_agent.intrinsic.annotation.consistency import Consistency, consistency_of
from eureka_agent.intrinsic.annotation.questions import Question
from eureka_agent.intrinsic.shares import Share

CAPTIONS = [f"gold: {n}, turn {n % 3}" for n in range(1, 15)]
SINGLES = [ask(caption) for caption in CAPTIONS]
PAIRS = [ask(one, other) for one, other in zip(CAPTIONS, CAPTIONS[1:] + CAPTIONS[:1], strict=True)]


def gold(caption: str) -> int:
    return int(caption.split(":")[1].split(",")[0])


def honest(question: Question) -> float:
    values = [gold(caption) for caption in question.captions]
    if len(values) == 1:
        return float(values[0] > 7)
    return 0.5 if values[0] == values[1] else float(values[0] > values[1])


def test_an_honest_annotator_passes_everything() -> None:
    found = consistency_of(Answering(honest), PAIRS, seed=0, reworded=Answering(honest))
    for name in ("swapped", "repeated", "reworded", "answered"):
        share = found.shares[name]
        assert share.n > 0, name
        assert share.count == share.n, name
    assert found.transitive == Share(8, 8)
    assert found.passes(1.0)


def test_one_that_judges_single_captions_is_asked_no_pairs() -> None:
    annotator = Answering(honest)
    found = consistency_of(annotator, SINGLES, seed=0, most=10)
    assert found.repeated == Share(10, 10)
    assert (found.swapped.n, found.transitive.n, found.reworded.n) == (0, 0, 0)
    assert not any(question.is_pair for batch in annotator.batches for question in batch)
    assert 0 < found.noticed.count < found.noticed.n
    assert found.passes(1.0)


def test_captions_may_be_given_as_plain_texts() -> None:
    assert consistency_of(Answering(honest), CAPTIONS) == consistency_of(Answering(honest), SINGLES, seed=0)


def test_whatever_is_asked_keeps_its_variant() -> None:
    pairs = [Question(pair.captions, variant) for pair in PAIRS for variant in ("mild", "stern")]
    singles = [Question(single.captions, "stern") for single in SINGLES]
    for questions, variants in ((pairs, {"mild", "stern"}), (singles, {"stern"})):
        annotator = Answering(honest)
        found = consistency_of(annotator, questions, seed=0)
        assert {question.variant for batch in annotator.batches for question in batch} == variants
        assert found.noticed.n > 0
    assert consistency_of(Answering(honest), pairs, seed=0).transitive == Share(8, 8)


def test_one_that_always_takes_the_first_fails_the_swap_alone() -> None:
    found = consistency_of(Answering(lambda q: 1.0), PAIRS, seed=0)
    assert found.swapped == Share(0, 14)
    assert found.repeated.count == found.repeated.n
    assert found.transitive.count == 0
    assert not found.passes(0.5)


def test_one_that_answers_by_the_wording_is_found_out() -> None:
    found = consistency_of(Answering(honest), SINGLES, seed=0, reworded=Answering(lambda q: 1.0 - honest(q)))
    assert found.reworded == Share(0, 14)
    assert not found.passes()


def test_one_that_answers_by_the_place_in_the_request_does_not_repeat_itself() -> None:
    class ByPlace(Answering):
        def annotate(self, questions, stop):
            answers = {question: float(place % 2) for place, question in enumerate(questions)}
            self._value = lambda question: answers[question]
            return super().annotate(questions, stop)

    assert consistency_of(ByPlace(), SINGLES, seed=0).repeated.share < 0.8


def test_circles_are_found() -> None:
    rock = {("rock", "scissors"), ("scissors", "paper"), ("paper", "rock")}
    pairs = [ask(*pair) for pair in sorted(rock)]
    found = consistency_of(Answering(lambda q: float(q.captions in rock)), pairs, seed=1)
    assert found.transitive == Share(0, 1)
    assert found.swapped.share == 1.0


def test_numbers_that_are_not_read_are_told_and_decide_nothing() -> None:
    blind = consistency_of(Answering(lambda q: 0.5), PAIRS, seed=0)
    assert blind.noticed == Share(0, 14)
    assert blind.passes()
    assert consistency_of(Answering(honest), PAIRS, seed=3).noticed.count > 0


def test_one_that_says_the_same_of_everything_is_told_and_passes() -> None:
    found = consistency_of(Answering(lambda q: 0.5), SINGLES, seed=0)
    assert found.alike == Share(14, 14)
    assert found.passes()
    assert "alike 100% of 14" in str(found)
    assert consistency_of(Answering(honest), SINGLES, seed=0).alike == Share(7, 14)
    assert consistency_of(Answering(lambda q: None), SINGLES, seed=0).alike.n == 0


def test_shares_below_a_threshold_are_surely_below_where_their_whole_interval_is() -> None:
    found = Consistency(
        Share(24, 24), repeated=Share(6, 8), reworded=Share(2, 24), noticed=Share(0, 9), alike=Share(3, 9)
    )
    assert found.below(0.8) == {"repeated": Share(6, 8), "reworded": Share(2, 24)}
    assert found.below(0.8, surely=True) == {"reworded": Share(2, 24)}
    assert found.below(0.05) == {}


def test_one_that_seldom_answers_does_not_pass() -> None:
    found = consistency_of(Answering(lambda q: None), SINGLES, seed=0)
    assert found.answered.count == 0
    assert not found.passes()
    half = consistency_of(Answering(lambda q: 1.0 if gold(q.captions[0]) % 2 else None), SINGLES, seed=0)
    assert half.repeated.share == 1.0
    assert not half.passes()


def test_nothing_to_ask_is_no_consistency() -> None:
    assert not consistency_of(Answering(honest), [], seed=0).passes(0.0)
    assert not Consistency(Share(5, 5)).passes(0.0)


def test_the_same_seed_asks_the_same_and_never_more_than_was_said() -> None:
    asked = []
    for seed in (0, 0, 1):
        annotator = Answering(honest)
        consistency_of(annotator, PAIRS, seed=seed, most=6)
        asked.append(annotator.batches)
        assert all(len(batch) <= 6 for batch in annotator.batches)
    assert asked[0] == asked[1] != asked[2]


def test_an_annotator_that_cannot_be_asked_is_an_error() -> None:
    with pytest.raises(ModelError):
        consistency_of(Failing(ModelError("down")), SINGLES, seed=0)


@given(st.integers(0, 40), st.integers(0, 40))
def test_wilson_intervals_hold_the_share(one: int, other: int) -> None:
    share = Share(min(one, other), max(one, other))
    low, high = share.interval()
    assert 0.0 <= low <= high <= 1.0
    assert math.isnan(share.share) or low - 1e-12 <= share.share <= high + 1e-12


def test_a_wilson_interval_is_that_of_the_books() -> None:
    assert Share(8, 10).interval() == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert str(Share(8, 10)) == "80% of 10 [49%, 94%]"
    assert str(Share(0, 0)) == "nothing to count"
