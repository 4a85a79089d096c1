"""How often answers are wrong by chance, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from annotator_fakes import ask
from hypothesis import example, given
from hypothesis import strategies as st

from eureka_agent.intrinsic.noise import Noise, RecentAgreement, Softened, Softening, noise_of, softened
from eureka_agent.intrinsic.questions import Label, Question
from eureka_agent.intrinsic.shares import Share

NONE = Share(0, 0)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_the_rate_is_found_from_repeated_answers(rate: float) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 4_000)
    answers = (truth[:, None] ^ (rng.random((4_000, 3)) < rate)).astype(float)
    assert noise_of(answers.tolist()).rate == pytest.approx(rate, abs=0.015)


def test_ties_and_single_answers_say_nothing_of_noise() -> None:
    assert noise_of([[1.0], [0.5, 0.5], [0.5, 1.0], []]) == Noise(0.0, Share(0, 0))
    assert noise_of([[1.0, 0.0, 0.5], [1.0, 1.0]]) == Noise(0.49, Share(1, 2))


def test_answers_that_contradict_each_other_all_the_time_leave_a_rate_below_one_half() -> None:
    assert noise_of([[1.0, 0.0]] * 5).rate == 0.49


def test_one_vote_is_as_sure_as_the_noise_allows_and_more_are_surer() -> None:
    labels = [Label(ask("a"), 1.0), Label(ask("b"), 0.0), Label(ask("c"), 1.0, votes=2), Label(ask("d"), 0.5)]
    soft = softened(labels, Noise(0.2, NONE))
    assert [label.value for label in soft] == pytest.approx([0.8, 0.2, 0.64 / 0.68, 0.5])
    assert [label.question for label in soft] == [label.question for label in labels]
    assert [label.votes for label in soft] == [1, 1, 2, 1]


def test_votes_of_three_to_one_count_as_two_more() -> None:
    (label,) = softened([Label(ask("a"), 0.75, votes=4)], Noise(0.1, NONE))
    assert label.value == pytest.approx(0.81 / 0.82)


@given(st.floats(0, 1), st.integers(1, 10_000), st.floats(0, 0.49))
@example(0.5, 1, 5e-324)
@example(1.0, 10_000, 5e-324)
def test_softened_labels_are_labels_and_keep_their_side(value: float, votes: int, rate: float) -> None:
    (label,) = softened([Label(ask("a"), value, votes)], Noise(rate, NONE))
    assert 0.0 <= label.value <= 1.0
    assert (label.value - 0.5) * (value - 0.5) >= 0.0


def test_agreement_with_the_newest_labels_forgets_the_old_ones() -> None:
    recent = RecentAgreement(window=4)
    assert recent.share == Share(0, 0)
    good = [Label(ask("a"), 1.0), Label(ask("b"), 0.0), Label(ask("c"), 0.5), Label(ask("d"), 1.0)]
    recent.add([0.9, 0.1, 0.9, 0.7], good)
    assert recent.share == Share(3, 3)
    recent.add([0.2, 0.2, 0.8], [good[0], good[3], good[1]])
    assert recent.share == Share(1, 4)


def test_expectations_and_labels_belong_together() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        RecentAgreement().add([1.0], [])


def voted(caption: str, *answers: float, variant: str = "") -> Label:
    return Label.of_answers(ask(caption, variant=variant), answers)


def test_labels_that_come_together_are_softened_by_what_all_their_votes_tell() -> None:
    labels = [voted("a", 1.0, 1.0, 1.0), voted("b", 0.0, 0.0, 1.0), voted("c", 0.0, 0.0, 0.0)]
    softening = Softening()
    noise = noise_of([label.answers for label in labels])
    assert softening(labels) == softened(labels, noise)
    assert 0.0 < noise.rate < 0.5
    assert softening.noise() == noise


def test_variants_have_noise_of_their_own() -> None:
    softening = Softening([voted("a", 1.0, 0.0, 0.0, variant="wavering")])
    steady = voted("b", 1.0, 1.0, variant="steady")
    assert softening([steady]) == [steady]
    assert softening.noise("steady").rate == 0.0
    assert softening.noise("wavering").differing == Share(2, 3)
    assert softening.noise("nobody").differing == NONE


def test_labels_without_several_answers_stay_and_none_counts_twice() -> None:
    known = [voted("a", 1.0, 0.0)]
    softening = Softening(known)
    person = Label(ask("b"), 0.7)
    assert softening([person]) == [person]
    values = [softening([voted("a", 1.0, 0.0, 1.0)])[0].value for _ in range(3)]
    assert softening.noise().differing == Share(1, 1)
    assert len(set(values)) == 1
    assert 0.5 < values[0] < 1.0


def test_an_annotators_answers_are_softened_once_on_their_way() -> None:
    class Asks:
        def __init__(self) -> None:
            self.asked: list[Question] = []
            self.answered = [voted("a", 1.0, 1.0, 0.0)]

        def submit(self, questions: Sequence[Question]) -> None:
            self.asked += questions

        def collect(self) -> list[Label]:
            answered, self.answered = self.answered, []
            return answered

    asks, softening = Asks(), Softening()
    softened_asks = Softened(asks, softening)
    softened_asks.submit([ask("a")])
    assert asks.asked == [ask("a")]
    (label,) = softened_asks.collect()
    assert (label,) == tuple(softened([voted("a", 1.0, 1.0, 0.0)], softening.noise()))
    assert softened_asks.collect() == []


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=5), max_size=8))
def test_what_comes_in_pieces_tells_the_same_noise_as_all_of_it(answers: list[list[float]]) -> None:
    softening = Softening()
    for place, given_answers in enumerate(answers):
        softening([voted(f"caption {place}", *given_answers)])
    assert softening.noise() == noise_of(answers)
